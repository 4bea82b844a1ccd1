"""Each message of a followed system is told once when it is sent, and once when it has come to its end."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorError
from smarthealth.actors.events import (
    DeadLetter,
    DeadLetterReason,
    MessageInstrument,
    Outcome,
    Receiver,
    RuntimeEvent,
)
from smarthealth.actors.policy import Backoff, Mailbox, Overflow
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system

HANDLED_ALL_THE_SAME = {DeadLetterReason.LATE_REPLY, DeadLetterReason.UNCLAIMED_ERROR}


class Refused(Exception):
    """What `Work` declares."""


@attrs.frozen
class Work(Request[int]):
    """Takes some time; then ends in some way."""

    errors = (Refused,)
    number: int
    seconds: float = 0


class Books(MessageInstrument):
    """Counts what is told."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.open: set[object] = set()

    def on_event(self, event: RuntimeEvent) -> None:
        """Count what is lost."""
        if isinstance(event, DeadLetter) and event.reason not in HANDLED_ALL_THE_SAME:
            self.counts["lost"] += 1

    def on_send(self, receiver: Receiver, message: object) -> object:
        """Count."""
        self.counts["sent"] += 1
        return self.counts["sent"]

    def on_withdrawn(self, receiver: Receiver, message: object, token: object) -> None:
        """Count."""
        assert isinstance(token, int)
        self.counts["withdrawn"] += 1

    def on_handle(self, receiver: Receiver, message: object, token: object) -> object:
        """Count."""
        self.counts["begun"] += 1
        return token

    def on_handled(
        self, receiver: Receiver, message: object, state: object, outcome: Outcome, error: BaseException | None
    ) -> None:
        """Count by outcome."""
        self.counts["ended"] += 1
        self.counts[outcome.value] += 1
        if state is not None and outcome is not Outcome.STASHED:
            self.counts["handled"] += 1

    def on_ask_over(self, receiver: Receiver, request: object, token: object, error: BaseException | None) -> None:
        """Count by kind."""
        self.counts["asks"] += 1
        self.counts[f"ask: {type(error).__name__}"] += 1


class Worker(Actor[Any]):
    """Works, fails, sets aside."""

    async def handle(self, message: Any) -> object:
        """Do what the number says."""
        assert isinstance(message, Work)
        await trio.sleep(message.seconds)
        match message.number % 10:
            case 1:
                raise Refused
            case 2:
                raise LookupError
            case 3 if random.random() < 0.5:
                self.context.stash()
            case 4:
                self.context.unstash_all()
            case 5:
                self.context.timers.once("a", 0.01, Work(0))
            case _:
                pass
        return message.number


def remainder(message: object) -> int:
    """A key."""
    assert isinstance(message, Work)
    return message.number % 4


@pytest.mark.parametrize("overflow", list(Overflow))
async def test_books_are_even(autojump_clock: MockClock, overflow: Overflow) -> None:
    """Whatever happens, what was sent was handled, lost or withdrawn, and each ask that was sent is over once."""
    books, asked, chance = Books(), 0, random.Random(7)

    async def send(ref: ActorRef[Any]) -> None:
        nonlocal asked
        for _ in range(20):
            work = Work(chance.randrange(30), chance.choice([0, 0.05]))
            with trio.move_on_after(chance.choice([0.01, 0.1, 1])):
                match chance.randrange(3):
                    case 0:
                        await ref.tell(work)
                    case 1:
                        ref.tell_nowait(work)
                    case _:
                        asked += 1
                        with suppress(Refused, ActorError):
                            await ref.ask(work, chance.choice([None, 0.02, 1]))

    mailbox = Mailbox(capacity=3, overflow=overflow, key=remainder)
    async with open_system("app", intensity=10000, instrument=books, backoff=Backoff(initial=0.01)) as system:
        spec = ChildSpec(name="worker", start=Worker, mailbox=mailbox, stash_capacity=100)
        ref = await system.start_child(spec)
        async with trio.open_nursery() as nursery:
            for _ in range(8):
                nursery.start_soon(send, ref)
            await trio.sleep(3)
    counts = books.counts
    assert counts["begun"] == counts["ended"]
    assert counts["sent"] == counts["handled"] + counts["lost"] + counts["withdrawn"]
    assert counts["sent"] > 50
    assert 0 < counts["asks"] <= asked


async def test_message_is_told_of_once(autojump_clock: MockClock) -> None:
    """Also when it waited in line, was withdrawn from it, or refused in the end."""
    books = Books()
    async with open_system("app", instrument=[books]) as system:
        ref = await system.start_child(ChildSpec(name="worker", start=Worker, mailbox=Mailbox(capacity=1)))
        await ref.tell(Work(0, 5))
        await wait_all_tasks_blocked()
        await ref.tell(Work(0))
        assert books.counts["sent"] == 2
        assert not ref.tell_nowait(Work(0))
        with trio.move_on_after(1):
            await ref.tell(Work(0))
        with trio.move_on_after(1):
            await ref.ask(Work(0))
        assert books.counts == {
            "sent": 5,
            "lost": 1,
            "withdrawn": 2,
            "begun": 1,
            "asks": 1,
            "ask: Cancelled": 1,
        }
        assert await ref.ask(Work(0)) == 0
        await ref.get_state()
    assert books.counts["ask: NoneType"] == 1
    assert books.counts["sent"] == 6


async def test_message_cut_off_says_so(autojump_clock: MockClock) -> None:
    """A handler that the stop cancelled has neither failed nor done its work."""
    books = Books()
    async with open_system("app", instrument=books) as system:
        ref = await system.start_child(ChildSpec(name="worker", start=Worker, stop_timeout=1))
        await ref.tell(Work(0, 50))
        await wait_all_tasks_blocked()
    assert books.counts["cut"] == 1
