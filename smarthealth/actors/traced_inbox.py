"""Mailboxes of a system whose messages are followed by instruments."""

from __future__ import annotations

from .asking import Ask
from .envelopes import Envelope, content
from .events import DeadLetterReason, Receiver
from .inbox import Inbox, Owner, Sender
from .policy import Mailbox, Overflow
from .tracers import Tracers


class TracedInbox(Inbox):
    """A mailbox that gives each message its tokens."""

    __slots__ = ("_receiver", "_tracers")

    def __init__(self, owner: Owner, receiver: Receiver, settings: Mailbox, tracers: Tracers) -> None:
        super().__init__(owner, settings)
        self._receiver = receiver
        self._tracers = tracers

    def _stamped(self, message: object) -> Ask | Envelope:
        """The message with its tokens."""
        if not isinstance(message, Ask):
            return Envelope(message, self._tracers.send(self._receiver, message))
        message.token = self._tracers.send(self._receiver, message.request)
        return message

    def offer(self, message: object) -> bool | None:
        """Take a message without waiting, as any mailbox; one that must wait is stamped when it gets into line."""
        must_wait = self._overflow is Overflow.WAIT and len(self.queue or ()) >= self.capacity and not self.closed
        return None if must_wait else super().offer(self._stamped(message))

    def queue_sender(self, sender: Sender | Ask) -> None:
        """Put a sender in line."""
        if isinstance(sender, Ask):
            self._stamped(sender)
        else:
            sender.message = self._stamped(sender.message)
        super().queue_sender(sender)

    def forget(self, sender: Sender | Ask) -> None:
        """Take one out of the line; if it was in it, its message is withdrawn."""
        before = len(self._senders or ())
        super().forget(sender)
        if len(self._senders or ()) < before:
            stamped = sender if isinstance(sender, Ask) else sender.message
            assert isinstance(stamped, (Ask, Envelope))
            self._tracers.withdraw(self._receiver, content(stamped), stamped.token)

    def refuse(self, message: object, reason: DeadLetterReason) -> None:
        """Lose a message that was not taken."""
        super().refuse(self._stamped(message), reason)
