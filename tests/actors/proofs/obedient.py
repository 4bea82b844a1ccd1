"""An actor that does what it is told, for those who attack the runtime."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import trio

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Request
from smarthealth.actors.events import ChildFailed, Instrument, RuntimeEvent
from smarthealth.actors.policy import Backoff

QUICKLY = Backoff(initial=0.1, jitter=0)
SLOWLY = Backoff(initial=10, jitter=0)


@attrs.frozen
class Do(Request[Any]):
    """Has the actor do something and reply with what comes of it."""

    errors = (LookupError,)
    action: Callable[[Obedient], Awaitable[object]]


class Obedient(Actor[Do]):
    """Does what it is told; in its start and clean-up, too."""

    def __init__(
        self,
        starting: Callable[[Obedient], Awaitable[object]] | None = None,
        ending: Callable[[Obedient], Awaitable[object]] | None = None,
    ) -> None:
        self._starting = starting
        self._ending = ending

    async def started(self) -> None:
        """As told."""
        if self._starting is not None:
            await self._starting(self)

    async def handle(self, message: Do) -> object:
        """As told."""
        return await message.action(self)

    async def stopped(self) -> None:
        """As told."""
        if self._ending is not None:
            await self._ending(self)


def child(name: str = "a", **settings: Any) -> ChildSpec:
    """An obedient one."""
    return ChildSpec(name=name, start=Obedient, **settings)


def doing(action: Callable[[Obedient], object]) -> Do:
    """Something that is done at once."""

    async def run(actor: Obedient) -> object:
        return action(actor)

    return Do(run)


def raising(error: BaseException) -> Do:
    """Raise that."""

    async def run(actor: Obedient) -> None:
        raise error

    return Do(run)


def sleeping(seconds: float) -> Callable[[Obedient], Awaitable[object]]:
    """Take so long."""

    async def run(actor: Obedient) -> None:
        await trio.sleep(seconds)

    return run


class Failures(Instrument):
    """Keeps what was reported as a crash."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def on_event(self, event: RuntimeEvent) -> None:
        """Keep it."""
        if isinstance(event, ChildFailed):
            self.errors.append(event.error)
