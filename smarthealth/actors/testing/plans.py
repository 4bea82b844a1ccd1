"""Fault plans: faults put into actors that know nothing of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from functools import partial
from types import TracebackType
from typing import Any, TypeVar, cast

import attrs
import trio

from smarthealth.actors.actor import Actor, ChildSpec, Context, Service
from smarthealth.actors.core import Core

from .faults import (
    CrashMessage,
    CrashService,
    FailStart,
    FailStop,
    Fault,
    HangMessage,
    SlowStart,
    SlowStop,
)
from .seams import Overrides, adapted, is_actor, overriding

A = TypeVar("A", bound=Fault)
B = TypeVar("B", bound=Fault)


class FaultPlan:
    """Faults for the actors and services of all systems that are opened while the plan is entered.

    Use it as `with FaultPlan(CrashMessage(path="app/worker", nth=3)): ...`. Each entry starts counting anew.

    Args:
        *faults: Those of one actor that are due at the same time happen in this order.
    """

    def __init__(self, *faults: Fault) -> None:
        self._faults = faults
        self._counts: Counter[tuple[str, str]] = Counter()
        self._happened: list[Fault] = []
        self._within: AbstractContextManager[None] | None = None

    def __enter__(self) -> FaultPlan:
        self._counts.clear()
        self._happened.clear()
        self._within = adapted(self._adapt)
        self._within.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._within is not None
        self._within.__exit__(kind, error, traceback)

    @property
    def missed(self) -> tuple[Fault, ...]:
        """Faults that have not happened since the plan was entered; a test that counts on them asserts that none is."""
        return tuple(fault for fault in self._faults if fault not in self._happened)

    def _adapt(self, core: Core, path: str, spec: ChildSpec) -> ChildSpec:
        faults = tuple(fault for fault in self._faults if fnmatchcase(path, fault.path))
        if not faults:
            return spec
        mine = Faults(path, faults, self._counts, self._happened)
        if is_actor(spec):
            start = cast(Callable[[], Actor[Any]], spec.start)
            return attrs.evolve(spec, start=overriding(start, partial(_faulty_actor, mine)))
        return attrs.evolve(spec, start=_faulty_service(mine, cast(Service, spec.start)))


@attrs.frozen
class Faults:
    """Those of one actor or service."""

    path: str
    faults: tuple[Fault, ...]
    counts: Counter[tuple[str, str]]
    happened: list[Fault]

    def due(self, moment: str, one: type[A], other: type[B]) -> list[A | B]:
        """Count one more of these moments; the faults that are to happen now."""
        self.counts[self.path, moment] += 1
        now = self.counts[self.path, moment]
        due = [fault for fault in self.faults if isinstance(fault, (one, other)) and fault.nth in (None, now)]
        self.happened.extend(due)
        return due

    async def start(self) -> None:
        """What goes wrong before a start."""
        for fault in self.due("start", SlowStart, FailStart):
            if isinstance(fault, SlowStart):
                await trio.sleep(fault.seconds)
            else:
                raise fault.error()

    async def message(self) -> None:
        """What goes wrong before a message is handled."""
        for fault in self.due("message", HangMessage, CrashMessage):
            if isinstance(fault, CrashMessage):
                raise fault.error()
            with trio.CancelScope(shield=fault.shielded):
                await trio.sleep(fault.seconds)


def _faulty_actor(faults: Faults, own: type[Actor[Any]]) -> Overrides:
    async def started(actor: Actor[Any]) -> None:
        await faults.start()
        await own.started(actor)

    async def handle(actor: Actor[Any], message: object) -> object:
        await faults.message()
        return await own.handle(actor, message)

    async def stopped(actor: Actor[Any]) -> None:
        due = faults.due("stop", SlowStop, FailStop)
        for fault in due:
            if isinstance(fault, SlowStop):
                await trio.sleep(fault.seconds)
        await own.stopped(actor)
        for fault in due:
            if isinstance(fault, FailStop):
                raise fault.error()

    return {"started": started, "handle": handle, "stopped": stopped}


def _faulty_service(faults: Faults, own: Service) -> Service:
    async def serve(context: Context) -> None:
        await faults.start()
        try:
            await _serve_until(faults.due("run", CrashService, CrashService), partial(own, context))
        finally:
            await _end(faults.due("stop", SlowStop, FailStop))  # noqa: ASYNC102 - it is shielded as long as ordered

    return serve


async def _serve_until(crashes: list[CrashService], serve: Callable[[], Any]) -> None:
    if not crashes:
        await serve()
        return
    with trio.move_on_after(crashes[0].after) as scope:
        await serve()
    if scope.cancelled_caught:
        raise crashes[0].error()


async def _end(due: list[SlowStop | FailStop]) -> None:
    for fault in due:
        if isinstance(fault, FailStop):
            raise fault.error()
        with trio.CancelScope(shield=True):
            await trio.sleep(fault.seconds)
