"""Rules that hold for every system, checked when it has closed.

* It has closed, and no task of its actors lives.
* Each ask was settled exactly once, or its asker was cancelled; no asker waits.
* Each message sent was handled once, or is a dead letter, or was withdrawn by a sender that was cancelled while it waited
  for room. So accepted = handled + dead letters, those that expired among them, and of each message it is known which.
* Each `started` that returned was followed by its `stopped`.
* No timer is left, no mailbox in use, nobody waits for a start.

The books are kept by an instrument for messages, so the systems watched wrap their messages as those do that are traced.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, cast

import attrs

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Ask
from smarthealth.actors.cell import Cell
from smarthealth.actors.core import Core
from smarthealth.actors.events import DeadLetterReason, Instrument
from smarthealth.actors.timers import Timers
from smarthealth.actors.worker import WorkerCell

from .books import Books, Entry
from .seams import Overrides, adapted, heard, is_actor, overriding, wrapped


class InvariantsBroken(AssertionError):
    """A system that closed, or should have, broke rules of the runtime."""

    def __init__(self, violations: list[str]) -> None:
        super().__init__("\n".join(violations))
        self.violations = violations
        """One sentence each."""


@contextmanager
def check_invariants() -> Iterator[None]:
    """Watch all systems that are opened within, and check at the end that they closed and kept the rules.

    Use it around `trio.run`, in a fixture around a test, or inside a program. When the block itself raises, that is what
    leaves; what was broken is added to it as a note.

    Raises:
        InvariantsBroken: A rule was broken, or a system has not closed.
    """
    watcher = Watcher()
    try:
        with watcher.watching():
            yield
    except BaseException as error:
        for violation in watcher.violations():
            error.add_note(f"invariant broken: {violation}")
        raise
    violations = watcher.violations()
    if violations:
        raise InvariantsBroken(violations)


@attrs.define(eq=False)
class Asker:
    """Someone who waits for the reply to an ask."""

    ask: Ask
    settled: int = 0
    """How often the ask was settled."""


class Watcher:
    """Keeps the books of all systems of some time."""

    def __init__(self) -> None:
        self._books: dict[int, Books] = {}
        self._askers: dict[int, Asker] = {}
        self._wrong: list[str] = []

    def violations(self) -> list[str]:
        """All that was broken."""
        return self._wrong + [violation for books in self._books.values() for violation in books.violations()]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep books within."""
        with ExitStack() as stack:
            for owner, name, wrap in (
                (Core, "__init__", heard(self._made)),
                (Core, "instrument", self._with_books),
                (Core, "dead_letter", heard(self._lost)),
                (Timers, "close", heard(self._closing)),
                (Cell, "__init__", self._with_cell),
                (WorkerCell, "now_ready", heard(self._ready)),
                (Ask, "__init__", heard(self._asked)),
                (Ask, "settle", self._count_settled),
                (Ask, "fail", self._count_settled),
                (Ask, "reply", self._until_reply),
            ):
                stack.enter_context(wrapped(owner, name, wrap))
            stack.enter_context(adapted(self._adapt))
            yield

    # Systems, messages, actors

    def _made(self, core: Core, *_: object) -> None:
        self._books[id(core)] = Books(core)

    def _with_books(self, original: Callable[..., None]) -> Callable[..., None]:
        def method(core: Core, instruments: Iterable[Instrument]) -> None:
            books = self._books.get(id(core))
            original(core, [*instruments, *([books] if books else [])])

        return method

    def _lost(self, core: Core, path: str, reason: DeadLetterReason, message: object) -> None:
        if books := self._books.get(id(core)):
            books.lost(path, reason, message)

    def _closing(self, timers: Timers) -> None:
        books = next((books for books in self._books.values() if books.core.timers is timers), None)
        if books is None:
            return
        books.closing()
        for asker in self._askers.values():
            mine = any(isinstance(token, Entry) and token.books is books for token in asker.ask.token or ())
            if mine and asker.ask.pending:
                books.note(f"{asker.ask.request!r} waits for its reply")

    def _with_cell(self, original: Callable[..., None]) -> Callable[..., None]:
        def method(cell: Cell, core: Core, *rest: object) -> None:
            original(cell, core, *rest)
            if books := self._books.get(id(core)):
                books.add(cell)

        return method

    def _ready(self, cell: WorkerCell) -> None:
        books = self._books.get(id(cell.core))
        if books is not None and not cell._ready and cell._has_clean_up():
            books.up[cell.path] += 1

    def _adapt(self, core: Core, path: str, spec: ChildSpec) -> ChildSpec:
        books = self._books.get(id(core))
        if books is None or not is_actor(spec):
            return spec
        start = cast(Callable[[], Actor[Any]], spec.start)
        return attrs.evolve(spec, start=overriding(start, partial(_count_clean_ups, books, path)))

    # Asks

    def _asked(self, ask: Ask, *_: object) -> None:
        self._askers[id(ask)] = Asker(ask)

    def _count_settled(self, original: Callable[[Ask, Any], bool]) -> Callable[[Ask, Any], bool]:
        def method(ask: Ask, outcome: Any) -> bool:
            in_time = original(ask, outcome)
            if asker := self._askers.get(id(ask)):
                asker.settled += in_time
            return in_time

        return method

    def _until_reply(self, original: Callable[[Ask], Awaitable[object]]) -> Callable[[Ask], Awaitable[object]]:
        async def method(ask: Ask) -> object:
            due = 1
            try:
                return await original(ask)
            except BaseException as error:
                due = isinstance(error, Exception)  # a cancellation or an interrupt came first
                raise
            finally:
                asker = self._askers.pop(id(ask), None)
                if asker is not None and asker.settled != due:
                    self._wrong.append(f"{ask.request!r} was settled {asker.settled} times, not {int(due)}")

        return method


def _count_clean_ups(books: Books, path: str, own: type[Actor[Any]]) -> Overrides:
    async def stopped(actor: Actor[Any]) -> None:
        books.up[path] -= 1
        await own.stopped(actor)

    # The runtime skips a clean-up that does nothing; it shall go on to.
    return {} if own.stopped is Actor.stopped else {"stopped": stopped}
