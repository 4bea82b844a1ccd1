"""Rules that hold for every system, checked when it has closed.

* It has closed, and no task of its actors lives.
* Each ask was settled exactly once, and no asker waits.
* Each message sent was handled once, or is a dead letter, or was taken back by a sender that was cancelled while it
  waited for room: sent = handled + dead letters + taken back, and of each single message it is known which. A request
  that expired is a dead letter.
* Each `started` that returned was followed by its `stopped`.
* No timer is left, no mailbox in use, nobody waits for a start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, cast

import attrs
import trio

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Ask
from smarthealth.actors.cell import Cell
from smarthealth.actors.core import Core
from smarthealth.actors.events import DeadLetterReason
from smarthealth.actors.inbox import Inbox
from smarthealth.actors.timers import Timers
from smarthealth.actors.worker import WorkerCell

from .books import Asker, Books, content
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


class Watcher:
    """Keeps the books of all systems of some time."""

    def __init__(self) -> None:
        self._books: dict[int, Books] = {}
        self._askers: dict[int, Asker] = {}

    def violations(self) -> list[str]:
        """All that was broken."""
        return [violation for books in self._books.values() for violation in books.violations()]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep books within."""
        with ExitStack() as stack:
            for owner, name, wrap in (
                (Core, "__init__", heard(self._core_made)),
                (Core, "dead_letter", heard(self._dead_letter)),
                (Timers, "close", heard(self._closing)),
                (Cell, "__init__", heard(self._cell_made)),
                (WorkerCell, "now_ready", heard(self._ready)),
                (Inbox, "offer", heard(self._offered)),
                (Inbox, "forget", heard(self._forgotten)),
                (Ask, "settle", self._count_settled),
                (Ask, "fail", self._count_settled),
                (Ask, "reply", self._await_reply),
            ):
                stack.enter_context(wrapped(owner, name, wrap))
            stack.enter_context(adapted(self._adapt))
            yield

    # Systems, actors

    def _core_made(self, core: Core, *_: object) -> None:
        self._books[id(core)] = Books(core)

    def _closing(self, timers: Timers) -> None:
        for books in self._books.values():
            if books.core.timers is timers:
                books.closing()

    def _cell_made(self, cell: Cell, core: Core, *_: object) -> None:
        if books := self._books.get(id(core)):
            books.cells.append(cell)

    def _ready(self, cell: WorkerCell) -> None:
        books = self._books.get(id(cell.core))
        if books is not None and not cell._ready and cell._has_clean_up():
            books.up[cell.path] += 1

    def _adapt(self, core: Core, path: str, spec: ChildSpec) -> ChildSpec:
        books = self._books.get(id(core))
        if books is None or not is_actor(spec):
            return spec
        start = cast(Callable[[], Actor[Any]], spec.start)
        return attrs.evolve(spec, start=overriding(start, partial(_keep_books, books, path)))

    # Messages

    def _offered(self, inbox: Inbox, message: object) -> None:
        if books := self._books.get(id(inbox._owner.core)):
            books.sent(inbox._owner.path, message)
            if isinstance(message, Ask):
                self._askers[id(message)] = Asker(message, books)

    def _forgotten(self, inbox: Inbox, sender: Any) -> None:
        books = self._books.get(id(inbox._owner.core))
        if books is not None and sender in (inbox._senders or ()):
            message = sender if isinstance(sender, Ask) else sender.message
            books.done(inbox._owner.path, content(message), "taken back")

    def _dead_letter(self, core: Core, path: str, reason: DeadLetterReason, message: object) -> None:
        if books := self._books.get(id(core)):
            books.dead_letter(path, reason, message)

    # Asks

    def _count_settled(self, original: Callable[[Ask, Any], bool]) -> Callable[[Ask, Any], bool]:
        def method(ask: Ask, outcome: Any) -> bool:
            in_time = original(ask, outcome)
            asker = self._askers.get(id(ask))
            if asker is not None:
                asker.settled += in_time
            return in_time

        return method

    def _await_reply(
        self, original: Callable[[Ask], Awaitable[object]]
    ) -> Callable[[Ask], Coroutine[Any, Any, object]]:
        async def method(ask: Ask) -> object:
            due = 1
            try:
                return await original(ask)
            except trio.Cancelled:
                due = 0
                raise
            finally:
                asker = self._askers.pop(id(ask), None)
                if asker is not None:
                    asker.leave(due)

        return method


def _keep_books(books: Books, path: str, own: type[Actor[Any]]) -> Overrides:
    async def handle(actor: Actor[Any], message: object) -> object:
        books.done(path, message, "handled")
        return await own.handle(actor, message)

    async def stopped(actor: Actor[Any]) -> None:
        books.up[path] -= 1
        await own.stopped(actor)

    # The runtime skips a `stopped` that does nothing; it shall go on to.
    return {"handle": handle} if own.stopped is Actor.stopped else {"handle": handle, "stopped": stopped}
