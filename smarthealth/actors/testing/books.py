"""The books kept about one system while its invariants are watched: what went in, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import attrs

from smarthealth.actors.asking import Ask
from smarthealth.actors.cell import Cell
from smarthealth.actors.core import Core
from smarthealth.actors.events import DeadLetterReason
from smarthealth.actors.snapshot import State
from smarthealth.actors.worker import WorkerCell

NOT_ABOUT_A_MESSAGE = frozenset({DeadLetterReason.LATE_REPLY, DeadLetterReason.UNCLAIMED_ERROR})
"""Dead letters of messages that have been handled."""


def content(message: object) -> object:
    """The message itself, of an ask its request."""
    return message.request if isinstance(message, Ask) else message


@attrs.define(eq=False)
class Asker:
    """Someone who waits for the reply to an ask."""

    ask: Ask
    books: Books
    settled: int = 0
    """How often the ask was settled."""

    def __attrs_post_init__(self) -> None:
        self.books.asking.add(self)

    def leave(self, due: int) -> None:
        """The asker goes on; its ask should have been settled so often."""
        self.books.asking.discard(self)
        if self.settled != due:
            self.books.wrong.append(f"{self.ask.request!r} was settled {self.settled} times, not {due}")


@attrs.define(eq=False)
class Books:
    """One system's."""

    core: Core
    cells: list[Cell] = attrs.Factory(list)
    open: dict[tuple[str, int], list[object]] = attrs.Factory(dict)
    """Messages by receiver and identity of which nothing has been seen but their sending."""
    counts: Counter[str] = attrs.Factory(Counter)
    asking: set[Asker] = attrs.Factory(set)
    """Asks whose askers wait."""
    up: Counter[str] = attrs.Factory(Counter)
    """By path, incarnations that started and have not been cleaned up."""
    wrong: list[str] = attrs.Factory(list)
    """What was seen to be wrong on the way."""
    closed: bool = False

    def sent(self, path: str, message: object) -> None:
        """A message was offered to a mailbox."""
        self.counts["sent"] += 1
        message = content(message)
        self.open.setdefault((path, id(message)), []).append(message)

    def done(self, path: str, message: object, how: str) -> None:
        """A message was handled, lost or taken back."""
        key = path, id(message)
        waiting = self.open.get(key)
        if not waiting:
            self.wrong.append(f"{path}: {how} twice or never sent: {message!r}")
            return
        self.counts[how] += 1
        waiting.pop()
        if not waiting:
            del self.open[key]

    def dead_letter(self, path: str, reason: DeadLetterReason, message: object) -> None:
        """A message was lost, or a reply."""
        if reason is DeadLetterReason.NO_MAILBOX:
            self.counts["sent"] += 1
            self.counts["lost"] += 1
        elif reason not in NOT_ABOUT_A_MESSAGE:
            self.done(path, message, "lost")

    def closing(self) -> None:
        """The system has ended; from now on nothing may come, and nobody may wait."""
        self.closed = True
        self.wrong.extend(f"{asker.ask.request!r} waits for its reply" for asker in self.asking if asker.ask.pending)
        budget = (self.core.cut_at, self.core.final_at)
        left = [entry for entry in self.core.timers._heap if entry[2].callback and entry[0] not in budget]
        if left:
            self.wrong.append(f"{len(left)} timers are left")

    def violations(self) -> Iterator[str]:
        """All rules broken by a system that should have closed."""
        root = self.cells[0].path if self.cells else "a system"
        if not self.closed:
            yield f"{root} has not closed"
            return
        yield from self.wrong
        yield from self._unbalanced(root)
        for cell in self.cells:
            yield from _remains(cell)
        yield from (f"task {task.name} lives" for task in self.core._nursery.child_tasks)

    def _unbalanced(self, root: str) -> Iterator[str]:
        for (path, _), messages in self.open.items():
            yield from (f"{path}: neither handled nor lost: {message!r}" for message in messages)
        counts = self.counts
        if counts["sent"] != counts["handled"] + counts["lost"] + counts["taken back"]:
            yield f"{root}: the books are not even: {dict(counts)}"
        for path, number in self.up.items():
            if number:
                yield f"{path}: started {number} times more than it was cleaned up"


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
    if cell.inbox is not None and (cell.inbox.depth or cell.inbox.parked is not None):
        yield f"the mailbox of {cell.path} is in use"
