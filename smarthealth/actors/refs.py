"""References: all that one actor holds of another."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isnan
from types import TracebackType
from typing import Any, Generic, TypeVar

import trio

from .asking import Ask, GetState, Request, Suspend, Urgent
from .cell import Cell
from .errors import ActorStopped, AskCycle
from .events import DeadLetterReason, Down
from .inbox import FAIRNESS
from .snapshot import ActorSnapshot, WaitReason
from .waiting import Waiter, Waiting, circle, waiter_of

M_contra = TypeVar("M_contra", contravariant=True)
R = TypeVar("R")


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
        # One count for all senders: whoever tells so many messages without giving way finds its own to be the last.
        core = cell.core
        core.burst += 1
        if core.burst >= FAIRNESS:
            core.burst = 0
            await trio.lowlevel.checkpoint()
        if inbox.offer(message) is not None:
            return
        try:
            with Waiting(cell, WaitReason.ROOM):
                await inbox.wait_for_room(message)
        except AskCycle:
            inbox.refuse(message, DeadLetterReason.CYCLE)

    async def ask(self, request: Request[R], timeout: float | None = None) -> R:  # noqa: ASYNC109 - the deadline of a conversation, not of a call
        """Send a request and wait for the reply.

        Args:
            request: What is asked; its class declares the errors that may come back.
            timeout: Seconds until `AskTimeout`. None means as long as the caller's own cancel scopes allow, and, for an
                actor that handles a request, as long as the asker of that waits; when none of these sets a deadline,
                the system's `ask_timeout`.

        Raises:
            ActorFailed: The actor raised something undeclared; it is the cause.
            ActorStopped: The actor is stopped or stops before it replies.
            AskTimeout: Time is up.
            AskCycle: The actor asked waits for the asker.
            MailboxFull: The mailbox refused the request or dropped it.
            TypeError: The message is no `Request`.
            ValueError: The timeout is no number.
            Exception: Any error that the request's class declares.

        Backpressure: Waits, within the deadline, while the mailbox is full and its policy is to wait.

        Cancellation: The request is skipped when its turn comes; a reply under way is dropped and counted.
        """
        if not isinstance(request, Request):
            raise TypeError(f"{type(request).__name__} is no Request, and wants no reply")
        cell = self._cell
        inbox = cell.inbox
        if inbox is None or inbox.closed:
            raise ActorStopped(cell.path)
        task = trio.lowlevel.current_task()
        asker = waiter_of(task)
        if asker is not None and (paths := circle(asker, cell)) is not None:
            raise AskCycle(paths)
        ask = Ask(request, task)
        _set_deadline(ask, cell, timeout, asker)
        if isinstance(request, Urgent):
            cell.take_urgent(ask)
        elif inbox.offer(ask) is None:
            inbox.queue_sender(ask)
        if asker is not None:
            asker.waiting_for = cell
        try:
            reply: R = await (ask.reply() if ask.token is None else _followed_reply(ask, cell))
            return reply
        except BaseException:
            inbox.forget(ask)  # which may be in line yet
            raise
        finally:
            if asker is not None:
                asker.waiting_for = None

    def stop(self) -> None:
        """Begin an ordered stop, for good: no restart follows. Again is no matter."""
        self._cell.stop()

    async def wait_stopped(self) -> Down:
        """Wait until the actor has ended and will not come back."""
        with Waiting(self._cell, WaitReason.STOP):
            return await self._cell.wait_ended()

    def call_when_stopped(self, call: Callable[[Down], object]) -> None:
        """Have a function called when the actor has ended and will not come back, or at once if it has.

        For those who would keep a task only to wait for that. It is called within the runtime: it neither raises nor waits.
        """
        self._cell.listen(call)

    def monitor(self) -> Monitor:
        """Watch for the actor's end: `async with ref.monitor() as monitor: down = await monitor.receive()`."""
        return Monitor(self._cell)

    def snapshot(self, depth: int | None = None, *, stacks: bool = False) -> ActorSnapshot:
        """A picture of this actor and those below it.

        Args:
            depth: How many levels below it to show; None shows all. Each actor shown costs microseconds.
            stacks: Whether to show where the actors' tasks stand, which costs far more.
        """
        return self._cell.snapshot(depth, stacks=stacks)

    def stack(self) -> str:
        """Where the actor's task, and the tasks in its nurseries, stand now; empty when it has none."""
        return self._cell.stack()

    async def get_state(self, timeout: float | None = None) -> object:  # noqa: ASYNC109 - as in `ask`
        """What the actor's `get_state` shows, taken between two messages; it waits for the one in hand, but for no other.

        Args:
            timeout: As in `ask`.

        Raises:
            ActorFailed: The actor's `get_state` raised; the actor lives.
            ActorStopped: The actor is stopped, or is no actor but a service or a supervisor.
            AskTimeout: Time is up.
            AskCycle: The actor waits for the caller.
        """
        return await self.ask(GetState(), timeout)

    async def suspend(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as in `ask`
        """Have the actor handle no messages until `resume`; returns when the one in hand is finished.

        Messages wait in the mailbox, as its policy says. The actor can be stopped, shows its state, and stays suspended when
        it is restarted with its siblings.

        Args:
            timeout: As in `ask`.

        Raises:
            ActorStopped: The actor is stopped, or is no actor but a service or a supervisor.
            AskTimeout: Time is up; it will not be suspended.
            AskCycle: The actor waits for the caller.
        """
        await self.ask(Suspend(), timeout)

    def resume(self) -> None:
        """Have a suspended actor go on; for others, this is no matter."""
        self._cell.resume()


async def _followed_reply(ask: Ask, cell: Cell) -> Any:
    """Wait for the reply and tell the instruments how the ask ended."""
    tracers = cell.core.tracers
    assert tracers is not None
    try:
        reply = await ask.reply()
    except BaseException as error:
        tracers.ask_over(cell, ask.request, ask.token, error)
        raise
    tracers.ask_over(cell, ask.request, ask.token, None)
    return reply


def _set_deadline(ask: Ask, cell: Cell, timeout: float | None, asker: Waiter | None) -> None:
    """Say when the ask fails, or when its asker will be cancelled by its own scopes, whichever it is."""
    timers = cell.core.timers
    if timeout is None:
        ask.deadline = trio.current_effective_deadline()
        until = inf if asker is None else asker.asked_until
        if until < ask.deadline:
            ask.expire_at(until, until - timers.now(), timers, cell.path, inherited=True)
            return
        if ask.deadline < inf:
            return  # Trio sees to it
        timeout = cell.core.ask_timeout
    elif isnan(timeout):
        raise ValueError("a timeout of nan s would never come")
    ask.expire_at(timers.now() + timeout, timeout, timers, cell.path)
