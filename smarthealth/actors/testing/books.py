"""The books kept about one system while its invariants are watched: what went in, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import attrs

from smarthealth.actors.cell import Cell
from smarthealth.actors.core import Core
from smarthealth.actors.events import DeadLetterReason, MessageInstrument, Outcome, Receiver
from smarthealth.actors.snapshot import State
from smarthealth.actors.worker import WorkerCell

NOT_OF_THE_BOOKS = frozenset(
    {DeadLetterReason.LATE_REPLY, DeadLetterReason.UNCLAIMED_ERROR, DeadLetterReason.NO_MAILBOX}
)
"""Dead letters of messages that have been handled, or were never sent to a mailbox."""


@attrs.frozen(eq=False)
class Entry:
    """One message sent."""

    books: Books
    path: str
    message: object


class Books(MessageInstrument):
    """One system's."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.cells: list[Cell] = []
        """All that were ever made, the topmost first."""
        self.up: Counter[str] = Counter()
        """By path, incarnations that started and have not been cleaned up."""
        self.closed = False
        self._open: dict[tuple[str, int], list[Entry]] = {}
        """By receiver and identity of the message."""
        self._paths: set[str] = set()
        self._ticks_aside: list[object] = []
        self._wrong: list[str] = []

    def add(self, cell: Cell) -> None:
        """A cell was made."""
        self.cells.append(cell)
        self._paths.add(cell.path)

    # Messages

    def on_send(self, receiver: Receiver, message: object) -> Entry:
        """Open an entry."""
        entry = Entry(self, receiver.path, message)
        self._open.setdefault((receiver.path, id(message)), []).append(entry)
        return entry

    def on_withdrawn(self, receiver: Receiver, message: object, token: object) -> None:
        """Close it: it was not sent after all."""
        self._close(receiver.path, message, "withdrawn")

    def on_handle(self, receiver: Receiver, message: object, token: object) -> object:
        """Know it again when it has been handled."""
        return token

    def on_handled(
        self, receiver: Receiver, message: object, state: object, outcome: Outcome, error: BaseException | None
    ) -> None:
        """Close it, unless it was set aside; timers' messages have no entry, but may be lost from aside."""
        if outcome is not Outcome.STASHED:
            if state is not None:
                self._close(receiver.path, message, "handled")
        elif state is None:
            self._ticks_aside.append(message)

    def lost(self, path: str, reason: DeadLetterReason, message: object) -> None:
        """Close one: it is a dead letter. What the stream of a topic loses was sent to no actor."""
        known = path in self._paths and not any(message is tick for tick in self._ticks_aside)
        if known and reason not in NOT_OF_THE_BOOKS:
            self._close(path, message, f"lost ({reason.value})")

    def _close(self, path: str, message: object, outcome: str) -> None:
        # Of the same object sent twice to the same actor, nobody can say which was lost and which was handled.
        waiting = self._open.get((path, id(message)))
        if not waiting:
            self._wrong.append(f"{path}: {outcome} once too often: {message!r}")
            return
        waiting.pop()
        if not waiting:
            del self._open[path, id(message)]

    # The end

    def note(self, violation: str) -> None:
        """Something is wrong."""
        self._wrong.append(violation)

    def closing(self) -> None:
        """The system has ended: no timer may be left but those of its own budget."""
        self.closed = True
        budget = (self.core.cut_at, self.core.final_at)
        left = [entry for entry in self.core.timers._heap if entry[2].callback and entry[0] not in budget]
        if left:
            self.note(f"{len(left)} timers are left")

    def violations(self) -> Iterator[str]:
        """All rules broken by a system that should have closed."""
        if not self.closed:
            yield f"{self.cells[0].path if self.cells else 'a system'} has not closed"
            return
        yield from self._wrong
        for entries in self._open.values():
            yield from (f"{entry.path}: neither handled nor lost: {entry.message!r}" for entry in entries)
        for path, number in self.up.items():
            if number:
                yield f"{path}: started {number} times more than cleaned up"
        for cell in self.cells:
            yield from _remains(cell)
        yield from (f"task {task.name} lives" for task in self.core._nursery.child_tasks)


def _remains(cell: Cell) -> Iterator[str]:
    """What a cell holds on to that it should have let go."""
    if cell.live or cell.state is not State.STOPPED or not cell.over:
        yield f"{cell.path} is {cell.state.value}"
    if isinstance(cell, WorkerCell) and cell.task is not None:
        yield f"{cell.path} has a task"
    if cell.timer is not None:
        yield f"{cell.path} has a timer"
    if cell.waiting_for is not None:
        yield f"{cell.path} waits for {cell.waiting_for.path}"
    if cell.starter is not None:
        yield f"someone waits for the start of {cell.path}"
    inbox = cell.inbox
    if inbox is not None and (inbox.depth or inbox.lane or inbox.parked is not None):
        yield f"the mailbox of {cell.path} is in use"
