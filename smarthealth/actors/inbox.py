"""A mailbox at work: bounded queue, overflow, senders that wait, and the receiver that parks.

Nothing here awaits but a sender that must wait for room. A message is appended and its receiver, if parked, made
runnable, in one synchronous step; so is every way of losing one, which always ends in a dead letter or a failed ask.
Messages are queued bare; only asks and the ticks of timers are wrapped, and told messages when an instrument follows them.

Beside the queue there is the system's lane: what it holds waits for the message in hand and for nothing else, takes no
room, and is never dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Protocol

import trio

from .asking import Ask
from .core import Core
from .envelopes import Tick, content
from .errors import ActorFailed, ActorStopped, MailboxFull
from .events import DeadLetterReason
from .policy import Mailbox, Overflow

FAIRNESS = 32
"""Messages that may be sent to or handled by one actor between two real checkpoints."""


class Owner(Protocol):
    """What a mailbox needs of its actor."""

    @property
    def path(self) -> str:
        """The path of the actor."""

    @property
    def core(self) -> Core:
        """What the system shares."""

    def stop(self) -> None:
        """Begin to stop the actor."""


class Sender:
    """A message in line for room, and the task that may wait until it is let in."""

    __slots__ = ("_inbox", "_parked", "in_line", "message", "taken", "task")

    def __init__(self, inbox: Inbox, message: object, task: trio.lowlevel.Task) -> None:
        self._inbox = inbox
        self._parked = False
        self.in_line = True
        self.taken = False
        self.message = message
        self.task = task

    def leave_line(self) -> None:
        """The message was taken, or lost."""
        self.in_line = False
        if self._parked:
            self._parked = False
            trio.lowlevel.reschedule(self.task)

    async def wait(self) -> None:
        """Wait until the message has left the line.

        Cancellation: It leaves the line, and has not been sent.
        """
        if self.in_line:
            self._parked = True
            await trio.lowlevel.wait_task_rescheduled(self._abort)

    def _abort(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self._parked = False
        self._inbox.forget(self)
        return trio.lowlevel.Abort.SUCCEEDED


class _Slot:
    """The place of one key in a mailbox that keeps the latest message of each."""

    __slots__ = ("key", "message")

    def __init__(self, key: Hashable, message: object) -> None:
        self.key = key
        self.message = message


class Inbox:
    """The mailbox of one actor, over all its incarnations."""

    __slots__ = ("_index", "_key", "_overflow", "_owner", "_senders", "capacity", "closed", "lane", "parked", "queue")

    def __init__(self, owner: Owner, settings: Mailbox) -> None:
        self._owner = owner
        self.capacity = settings.capacity
        self._overflow = settings.overflow
        self._key: Callable[[object], Hashable] = settings.key
        self._index: dict[Hashable, _Slot] | None = {} if settings.overflow is Overflow.KEEP_LATEST else None
        self._senders: dict[Sender | Ask, None] | None = None
        self.lane: deque[Ask] | None = None
        """The system's own requests."""
        # Made when the first message comes and given back when the receiver parks: an empty deque takes 760 bytes.
        self.queue: deque[object] | None = None
        self.parked: trio.lowlevel.Task | None = None
        self.closed = False

    @property
    def depth(self) -> int:
        """Messages queued, and those of senders that wait."""
        return len(self.queue or ()) + len(self._senders or ())

    # Sending

    def offer(self, message: object) -> bool | None:
        """Take a message without waiting.

        Returns:
            True when it was taken (kept, or dropped by policy), False when it was refused, None when its sender must
            wait for room; it has not been taken then.
        """
        queue = self.queue
        if self.closed:
            self._lose(message, DeadLetterReason.STOPPED)
            return False
        if queue is None:
            queue = self.queue = deque()
        if self._index is not None:
            if not self._conflate(queue, self._index, message):
                return False
        elif len(queue) < self.capacity:
            queue.append(message)
        else:
            return self._overflowed(queue, message)
        if self.parked is not None:
            self.wake()
        return True

    def _conflate(self, queue: deque[object], index: dict[Hashable, _Slot], message: object) -> bool:
        try:
            key = self._key(content(message))
            slot = index.get(key)
        except Exception as error:  # of the receiver's making: no matter of the sender's
            self._lose_keyless(message, error)
            return False
        if slot is not None:
            slot.message, old = message, slot.message
            self._lose(old, DeadLetterReason.SUPERSEDED)
            return True
        if len(queue) >= self.capacity:
            self._drop_oldest(queue)
        slot = index[key] = _Slot(key, message)
        queue.append(slot)
        return True

    def _lose_keyless(self, message: object, error: Exception) -> None:
        if isinstance(message, Ask):
            failed = ActorFailed(self._owner.path)
            failed.__cause__ = error
            message.fail(failed)
        self._owner.core.dead_letter(self._owner.path, DeadLetterReason.NO_KEY, content(message))

    def _overflowed(self, queue: deque[object], message: object) -> bool | None:
        if self._overflow is Overflow.WAIT:
            return None
        if self._overflow is Overflow.DROP_OLDEST:
            self._drop_oldest(queue)
            queue.append(message)
            return True
        if self._overflow is Overflow.DROP_NEWEST:
            self._lose(message, DeadLetterReason.DROPPED)
            return True
        self._lose(message, DeadLetterReason.FULL)
        if self._overflow is Overflow.STOP:
            self._owner.stop()
        return False

    def _drop_oldest(self, queue: deque[object]) -> None:
        for at, queued in enumerate(queue):
            if type(queued) is _Slot:
                del queue[at], self._index[queued.key]  # type: ignore[index]  # slots are made where there is an index
                self._lose(queued.message, DeadLetterReason.DROPPED)
                return
            if not isinstance(queued, Tick):
                del queue[at]
                self._lose(queued, DeadLetterReason.DROPPED)
                return

    def refuse(self, message: object, reason: DeadLetterReason) -> None:
        """Lose a message that was not taken."""
        self._lose(message, reason)

    def _lose(self, message: object, reason: DeadLetterReason) -> None:
        if isinstance(message, Tick):  # void with its timer, and nobody's loss
            message.queued = False
            return
        if isinstance(message, Ask):
            path = self._owner.path
            stopped = reason is DeadLetterReason.STOPPED
            if not message.fail(ActorStopped(path) if stopped else MailboxFull(path)):
                reason = DeadLetterReason.EXPIRED
        self._owner.core.dead_letter(self._owner.path, reason, content(message))

    async def wait_for_room(self, message: object) -> None:
        """Wait in line until the message was taken, or lost because the mailbox was closed."""
        sender = Sender(self, message, trio.lowlevel.current_task())
        self.queue_sender(sender)
        await sender.wait()

    def queue_sender(self, sender: Sender | Ask) -> None:
        """Put a sender, or an ask that waits for its reply anyway, in line for room."""
        if self._senders is None:
            self._senders = {}
        self._senders[sender] = None

    def forget(self, sender: Sender | Ask) -> None:
        """Take one out of the line, if it is in it."""
        if self._senders is not None:
            self._senders.pop(sender, None)

    # Receiving

    def take(self, queue: deque[object]) -> object:
        """Take the oldest message of the queue, which is not empty, and let the next sender in."""
        message = self._pop(queue) if self._index is not None else queue.popleft()
        if self._senders:
            self._admit(queue, self._senders)
        return message

    def _pop(self, queue: deque[object]) -> object:
        slot = queue.popleft()
        if self._index is None or not isinstance(slot, _Slot):
            return slot
        del self._index[slot.key]
        return slot.message

    def _admit(self, queue: deque[object], senders: dict[Sender | Ask, None]) -> None:
        while senders and len(queue) < self.capacity:
            sender = next(iter(senders))
            del senders[sender]
            if isinstance(sender, Ask):
                queue.append(sender)
            else:
                queue.append(sender.message)
                sender.taken = True
                sender.leave_line()

    def put_tick(self, tick: Tick) -> None:
        """Queue a timer's message, whatever the capacity; not twice."""
        if tick.queued or self.closed:
            return
        tick.queued = True
        self._queue().append(tick)
        self.wake()

    def put_back(self, messages: Iterable[object]) -> None:
        """Queue again, before all others and whatever the capacity, what had been taken."""
        self._queue().extendleft(reversed(tuple(messages)))

    def _queue(self) -> deque[object]:
        if self.queue is None:
            self.queue = deque()
        return self.queue

    def put_in_lane(self, ask: Ask) -> None:
        """Take a request of the system's own; those whose askers have gone make way."""
        self.lane = deque(waiting for waiting in self.lane or () if waiting.pending)
        self.lane.append(ask)
        self.wake()

    def wake(self) -> None:
        """Make the parked receiver runnable."""
        task, self.parked = self.parked, None
        if task is not None:
            trio.lowlevel.reschedule(task)

    async def park(self) -> None:
        """Wait until something is queued, or `wake` is called for another reason."""
        self.queue = None
        self.parked = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._unpark)

    async def pause(self) -> None:
        """The same for a receiver that leaves what is queued where it is."""
        self.parked = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._unpark)

    def _unpark(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self.parked = None
        return trio.lowlevel.Abort.SUCCEEDED

    # Ending

    def close(self, *, keep_queued: bool = False) -> None:
        """Refuse all new messages; lose those queued, unless they are to be handled yet, and those of waiting senders."""
        self.closed = True
        if self._senders is not None:
            senders, self._senders = self._senders, None
            for sender in senders:
                if isinstance(sender, Ask):
                    self._lose(sender, DeadLetterReason.STOPPED)
                else:
                    self._lose(sender.message, DeadLetterReason.STOPPED)
                    sender.leave_line()
        if self.lane is not None:
            lane, self.lane = self.lane, None
            for ask in lane:
                ask.fail(ActorStopped(self._owner.path))
        queue = self.queue
        while queue and not keep_queued:
            self._lose(self._pop(queue), DeadLetterReason.STOPPED)

    def reopen(self) -> None:
        """Take messages again."""
        self.closed = False
