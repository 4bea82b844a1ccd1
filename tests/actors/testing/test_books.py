"""The books of one system: of each message it is known what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.lowlevel
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Context
from smarthealth.actors.asking import Request
from smarthealth.actors.events import DeadLetterReason, Outcome
from smarthealth.actors.policy import Mailbox
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.starter import Starter
from smarthealth.actors.system import System, open_system
from smarthealth.actors.testing.books import Books


class Slow(Actor[Any]):
    """Takes a second for each message."""

    async def handle(self, message: object) -> None:
        """Take it."""
        if message == "aside" and "seen" not in vars(self):
            self.seen = True
            self.context.stash()
        elif message == "one":
            self.context.unstash_all()
        await trio.sleep(1)


class Opened:
    """A system whose books are kept."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.books = Books(system._core)
        self.books.add(system._cell)
        system._core.instrument([self.books])
        self.ref: ActorRef[Any]

    async def start(self, **settings: Any) -> ActorRef[Any]:
        """Start the slow one."""
        self.ref = await self.system.start_child(ChildSpec(name="slow", start=Slow, **settings))
        self.books.add(self.ref._cell)
        return self.ref

    def lose(self, message: object, reason: DeadLetterReason = DeadLetterReason.STOPPED) -> None:
        """A message is lost."""
        self.books.lost("app/slow", reason, message)

    def violations(self) -> list[str]:
        """What is found."""
        return list(self.books.violations())


async def test_messages_handled_set_aside_withdrawn_and_lost(autojump_clock: MockClock) -> None:
    """Are all accounted for, a timer's beside them."""
    async with open_system("app") as system:
        opened = Opened(system)
        ref = await opened.start(mailbox=Mailbox(capacity=1))
        await ref.ask(Request(), timeout=10)
        await ref.tell("aside")
        await trio.sleep(3)
        await ref.tell("one")
        await trio.lowlevel.checkpoint()
        await ref.tell("two")
        with trio.move_on_after(0.5):
            await ref.tell("withdrawn")
        assert not ref.tell_nowait("refused")
        opened.lose("refused", DeadLetterReason.FULL)
        await trio.sleep(9)
        assert list(opened.books.violations()) == ["app has not closed"]
    opened.books.closing()
    assert opened.violations() == []


async def test_a_message_without_an_end_is_found(autojump_clock: MockClock) -> None:
    """By its receiver and itself."""
    async with open_system("app") as system:
        opened = Opened(system)
        ref = await opened.start()
        opened.books.on_send(ref._cell, "forgotten")
    opened.books.closing()
    assert opened.violations() == ["app/slow: neither handled nor lost: 'forgotten'"]


async def test_a_message_with_two_ends_is_found(autojump_clock: MockClock) -> None:
    """Handled and lost, lost and handled, lost twice."""
    async with open_system("app") as system:
        opened = Opened(system)
        ref = await opened.start()
        cell = ref._cell
        entry = opened.books.on_send(cell, "twice")
        opened.books.on_handled(cell, "twice", opened.books.on_handle(cell, "twice", entry), Outcome.DONE, None)
        opened.books.on_withdrawn(cell, "twice", entry)
        opened.lose("twice")
        for reason in (DeadLetterReason.LATE_REPLY, DeadLetterReason.NO_MAILBOX, DeadLetterReason.UNCLAIMED_ERROR):
            opened.lose("no matter", reason)
        opened.books.on_handled(cell, "tick", None, Outcome.DONE, None)
        opened.books.on_handled(cell, "tick set aside", None, Outcome.STASHED, None)
        opened.lose("tick set aside")
        opened.books.lost("app/stream", DeadLetterReason.DROPPED, "of a topic's stream")
    opened.books.closing()
    assert opened.violations() == [
        "app/slow: withdrawn once too often: 'twice'",
        "app/slow: lost (stopped) once too often: 'twice'",
    ]


async def test_the_same_object_sent_twice_is_two_messages(autojump_clock: MockClock) -> None:
    """One handled and one lost is as it should be, whichever it was."""
    async with open_system("app") as system:
        opened = Opened(system)
        cell = (await opened.start())._cell
        first = opened.books.on_send(cell, "same")
        opened.books.on_send(cell, "same")
        opened.books.on_handled(cell, "same", first, Outcome.FAILED, OSError())
        opened.lose("same")
    opened.books.closing()
    assert opened.violations() == []


async def serve(context: Context) -> None:
    """A service."""
    context.started()
    await trio.sleep_forever()


def holding(name: str, value: Callable[[System], object]) -> Callable[[System], None]:
    """Have the cell of the slow one hold on to something."""

    def hold(system: System) -> None:
        ref = system.child("slow")
        assert ref is not None
        setattr(ref._cell, name, value(system))

    return hold


@pytest.mark.parametrize(
    ("name", "value", "violation"),
    [
        ("live", lambda system: True, "app/slow is stopped"),
        ("task", lambda system: trio.lowlevel.current_task(), "app/slow has a task"),
        ("timer", lambda system: system._core.timers.after(1.0, print), "app/slow has a timer"),
        ("waiting_for", lambda system: system._cell, "app/slow waits for app"),
        ("starter", lambda system: Starter(), "someone waits for the start of app/slow"),
    ],
)
async def test_what_is_held_on_to_is_found(
    autojump_clock: MockClock, name: str, value: Callable[[System], object], violation: str
) -> None:
    """A stopped actor holds nothing."""
    async with open_system("app") as system:
        opened = Opened(system)
        ref = await opened.start()
        ref.stop()
        await ref.wait_stopped()
        setattr(ref._cell, name, value(system))
    opened.books.closing()
    assert opened.violations() == [violation]


async def test_a_mailbox_in_use_a_timer_and_a_task_are_found(autojump_clock: MockClock) -> None:
    """And incarnations that were not cleaned up."""
    async with open_system("app") as system:
        opened = Opened(system)
        ref = await opened.start()
        service = await system.start_child(ChildSpec(name="serve", start=serve))
        opened.books.add(service._cell)
        opened.books.up["app/slow"] = 1
        opened.books.up["app/serve"] = 0
        system._core.timers.after(1e6, print)
        opened.books.closing()
        found = opened.violations()
        assert ref.path in str(found)
    assert "1 timers are left" in found
    assert "app/slow: started 1 times more than cleaned up" in found
    assert "app/slow is running" in found
    assert "the mailbox of app/slow is in use" in found
    assert "task app/serve lives" in found


async def test_books_of_nothing(autojump_clock: MockClock) -> None:
    """A system that was never used has not closed either."""
    async with open_system("app") as system:
        assert list(Books(system._core).violations()) == ["a system has not closed"]
