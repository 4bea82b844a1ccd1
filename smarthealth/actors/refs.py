"""References: all that one actor holds of another."""

from __future__ import annotations

from types import TracebackType
from typing import Generic, TypeVar, cast

import trio

from .asking import Ask, Request
from .cell import CURRENT, Cell, circle
from .errors import ActorStopped, AskCycle, AskTimeout
from .events import DeadLetterReason, Down
from .inbox import FAIRNESS
from .snapshot import ActorSnapshot

M_contra = TypeVar("M_contra", contravariant=True)
R = TypeVar("R")


def _asker(task: trio.lowlevel.Task) -> Cell | None:
    """The cell which cannot go on while this task waits; a helper task of an actor does not count."""
    cell = CURRENT.get()
    return cell if cell is not None and getattr(cell, "task", None) is task else None


class Monitor:
    """Hears of the end of one actor. Use it as an async context manager."""

    __slots__ = ("_cell", "_down", "_event")

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._event = trio.Event()
        self._down: Down | None = None

    async def __aenter__(self) -> Monitor:
        self._cell.listen(self._heard)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cell.unlisten(self._heard)

    def _heard(self, down: Down) -> None:
        self._down = down
        self._event.set()

    def receive_nowait(self) -> Down | None:
        """The end, if it has come."""
        return self._down

    async def receive(self) -> Down:
        """Wait for the end: the one that will not be followed by a restart."""
        await self._event.wait()
        assert self._down is not None
        return self._down


class ActorRef(Generic[M_contra]):
    """The address of an actor that takes messages of type `M_contra`.

    It stays good when the actor is restarted: messages queue meanwhile. References to one actor are equal.
    """

    __slots__ = ("__weakref__", "_cell")

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ActorRef) and other._cell is self._cell

    def __hash__(self) -> int:
        return hash(self._cell)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._cell.path} {self._cell.state.value}>"

    @property
    def path(self) -> str:
        """Names from the system down to this actor, joined by slashes."""
        return self._cell.path

    @property
    def name(self) -> str:
        """Its name among its siblings."""
        return self._cell.name

    def tell_nowait(self, message: M_contra) -> bool:
        """Send a message without waiting and without a reply.

        Returns:
            False when it was refused: the actor has stopped, has no mailbox, or its mailbox is full and refuses or
            would wait. A message refused or dropped is a dead letter.
        """
        inbox = self._cell.inbox
        if inbox is None:
            self._cell.core.dead_letter(self._cell.path, DeadLetterReason.NO_MAILBOX, message)
            return False
        taken = inbox.offer(message)
        if taken is None:
            inbox.refuse(message, DeadLetterReason.FULL)
            return False
        return taken

    async def tell(self, message: M_contra) -> None:
        """Send a message without a reply; whatever the receiver's state, this does not raise.

        Backpressure: With `Overflow.WAIT`, waits in line while the mailbox is full.

        Cancellation: The message has not been sent then.
        """
        cell = self._cell
        inbox = cell.inbox
        if inbox is None:
            cell.core.dead_letter(cell.path, DeadLetterReason.NO_MAILBOX, message)
            return
        # Lest a sender that never has to wait starves the rest; and before the message is sent, for it can be cancelled.
        inbox.burst += 1
        if inbox.burst >= FAIRNESS:
            inbox.burst = 0
            await trio.lowlevel.checkpoint()
        if inbox.offer(message) is not None:
            return
        sender = _asker(trio.lowlevel.current_task())
        if sender is None:
            await inbox.wait_for_room(message)
        elif circle(sender, cell) is not None:
            inbox.refuse(message, DeadLetterReason.CYCLE)
        else:
            sender.waiting_for = cell
            try:
                await inbox.wait_for_room(message)
            finally:
                sender.waiting_for = None

    async def ask(self, request: Request[R], timeout: float | None = None) -> R:  # noqa: ASYNC109 - the deadline of a conversation, not of a call
        """Send a request and wait for the reply.

        Args:
            request: What is asked; its class declares the errors that may come back.
            timeout: Seconds until `AskTimeout`. None means as long as the caller's own cancel scopes allow, or, when
                those set no deadline, the system's `ask_timeout`.

        Raises:
            ActorFailed: The actor raised something undeclared; it is the cause.
            ActorStopped: The actor is stopped or stops before it replies.
            AskTimeout: Time is up.
            AskCycle: The actor asked waits for the asker.
            MailboxFull: The mailbox refused the request or dropped it.
            Exception: Any error that the request's class declares.

        Backpressure: Waits, within the deadline, while the mailbox is full and its policy is to wait.

        Cancellation: The request is skipped when its turn comes; a reply under way is dropped and counted.
        """
        cell = self._cell
        inbox = cell.inbox
        if inbox is None or inbox.closed:
            raise ActorStopped(cell.path)
        task = trio.lowlevel.current_task()
        asker = _asker(task)
        if asker is not None and (paths := circle(asker, cell)) is not None:
            raise AskCycle(paths)
        if timeout is None and trio.current_effective_deadline() == float("inf"):
            timeout = cell.core.ask_timeout
        ask = Ask(request, task)
        if timeout is not None:
            ask.timer = cell.core.timers.after(timeout, lambda: ask.fail(AskTimeout(cell.path, timeout)))
        if inbox.offer(ask) is None:
            inbox.queue_sender(ask)
        if asker is not None:
            asker.waiting_for = cell
        try:
            return cast(R, await ask.reply())
        finally:
            inbox.forget(ask)
            if asker is not None:
                asker.waiting_for = None

    def stop(self) -> None:
        """Begin an ordered stop, for good: no restart follows. Again is no matter."""
        self._cell.stop()

    async def wait_stopped(self) -> Down:
        """Wait until the actor has ended and will not come back."""
        return await self._cell.wait_ended()

    def monitor(self) -> Monitor:
        """Watch for the actor's end: `async with ref.monitor() as monitor: down = await monitor.receive()`."""
        return Monitor(self._cell)

    def snapshot(self, depth: int | None = None) -> ActorSnapshot:
        """A picture of this actor and those below it.

        Args:
            depth: How many levels below it to show; None shows all. Each actor shown costs microseconds.
        """
        return self._cell.snapshot(depth)
