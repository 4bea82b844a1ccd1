"""Requests and the asks that wait for their replies."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, ClassVar, Generic, TypeVar

import trio

from .errors import AskTimeout
from .timers import Timer, Timers

R_co = TypeVar("R_co", covariant=True)


class Request(Generic[R_co]):
    """Base class of messages that want a reply of type `R_co`.

    Attributes:
        errors: Exceptions that `handle` may raise as a reply. They go to the asker and the actor lives on.
    """

    __slots__ = ()

    errors: ClassVar[tuple[type[Exception], ...]] = ()


class Urgent(Request[R_co]):
    """Base class of the runtime's own requests, which travel in the system's lane."""

    __slots__ = ()


class GetState(Urgent[object]):
    """Asks the runtime for an actor's own view of its state."""

    __slots__ = ()


class Suspend(Urgent[None]):
    """Asks the runtime to have an actor handle no messages."""

    __slots__ = ()


class Ask:
    """One request under way, in its receiver's mailbox or in its hands, and the task that waits for the reply."""

    __slots__ = (
        "_expiry",
        "_parked",
        "deadline",
        "error",
        "pending",
        "request",
        "task",
        "timer",
        "token",
        "value",
    )

    def __init__(self, request: Request[object], task: trio.lowlevel.Task) -> None:
        self.request = request
        self.task = task
        self.pending = True
        self._parked = False
        self.value: object = None
        self.error: Exception | None = None
        self.timer: Timer | None = None
        self._expiry: tuple[str, float, bool] | None = None
        self.deadline = inf
        """When the ask fails; or, without a timeout, when its asker would be cancelled; or, once that was, when it was."""
        self.token: tuple[object, ...] | None = None
        """What instruments gave it when it was sent."""

    def settle(self, value: object) -> bool:
        """Reply; False when nobody waits any more."""
        if not self.pending:
            return False
        self.value = value
        self._end()
        return True

    def fail(self, error: Exception) -> bool:
        """Reply with an error; False when nobody waits any more."""
        if not self.pending:
            return False
        self.error = error
        self._end()
        return True

    def _end(self) -> None:
        self.pending = False
        if self.timer is not None:
            self.timer.cancel()
        if self._parked:
            self._parked = False
            trio.lowlevel.reschedule(self.task)

    def _abort(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        # From now on a reply comes too late, though the asker's task has not run on yet.
        self._parked = self.pending = False
        self.deadline = min(self.deadline, trio.current_time())
        if self.timer is not None:
            self.timer.cancel()
        return trio.lowlevel.Abort.SUCCEEDED

    def expire_at(self, deadline: float, limit: float, timers: Timers, path: str, *, inherited: bool = False) -> None:
        """Fail at that time, with an error that says so."""
        self.deadline = deadline
        self._expiry = path, limit, inherited
        self.timer = timers.at(deadline, self._expire)

    def given_up_at(self) -> float:
        """When the asker gives up: at the deadline, or before, when its own cancel scopes end before."""
        return min(self.deadline, _deadline_of(self.task)) if self.pending else self.deadline

    def _expire(self) -> None:
        assert self._expiry is not None
        path, limit, inherited = self._expiry
        self.fail(AskTimeout(path, limit, inherited=inherited))

    async def reply(self) -> Any:
        """Wait for the reply.

        Cancellation: The request is skipped when its turn comes, its reply is dropped if it is being made.
        """
        if self.pending:
            self._parked = True
            await trio.lowlevel.wait_task_rescheduled(self._abort)
        if self.error is not None:
            try:
                raise self.error
            finally:
                self.error = None  # else the error, its traceback and this ask would keep each other alive
        return self.value


def _deadline_of(task: trio.lowlevel.Task) -> float:
    """When the task will be cancelled by its scopes.

    Trio tells this to none but the task itself, where it would cost each ask a sixth more. So its private attribute is read when a
    receiver looks, which few do; in a Trio that has none, scopes that end before an ask's timeout are not handed on.
    """
    effective: Callable[[], float] | None = getattr(getattr(task, "_cancel_status", None), "effective_deadline", None)
    return inf if effective is None else effective()
