"""An actor with work to do, for the scenarios of the edge table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import attrs
import trio

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Request
from smarthealth.actors.events import ChildFailed, Instrument, RuntimeEvent
from smarthealth.actors.policy import Backoff

QUICKLY = Backoff(initial=0.1, jitter=0.5)


@attrs.frozen
class Do(Request[Any]):
    """Has the actor do something and reply with what comes of it."""

    errors = (LookupError,)
    action: Callable[[Worker], Awaitable[object]]


@attrs.frozen
class Sum(Request[int]):
    """Two numbers to add; negative ones are an error, big ones too much."""

    errors = (LookupError,)
    one: int
    other: int


@attrs.frozen
class Note:
    """Something to remember."""

    number: int


class Worker(Actor[object]):
    """Does what it is asked to, and remembers what it is told."""

    def __init__(self, notes: list[int] | None = None) -> None:
        self.notes = [] if notes is None else notes

    async def started(self) -> None:
        """Take a step."""
        await trio.lowlevel.checkpoint()

    async def handle(self, message: object) -> object:
        """Work."""
        match message:
            case Do():
                return await message.action(self)
            case Sum() if message.one < 0:
                raise LookupError
            case Sum():
                await trio.sleep(0.1)
                return message.one + message.other
            case Note():
                await trio.lowlevel.checkpoint()
                self.notes.append(message.number)
            case _:
                pass  # nothing to do
        return None

    async def stopped(self) -> None:
        """Take a step."""
        await trio.lowlevel.checkpoint()


def worker(name: str = "worker", notes: list[int] | None = None, **settings: Any) -> ChildSpec:
    """A worker."""
    return ChildSpec(name=name, start=partial(Worker, notes), **settings)


async def step(actor: Worker) -> None:
    """Take one."""
    await trio.lowlevel.checkpoint()


class Failures(Instrument):
    """Counts what is reported as a crash."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def on_event(self, event: RuntimeEvent) -> None:
        """Count."""
        if isinstance(event, ChildFailed):
            self.paths.append(event.path)
