"""Timers of an actor: by key, in time, through the mailbox, for one incarnation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from math import nan
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context
from smarthealth.actors.errors import ActorFailed
from smarthealth.actors.keyed_timers import KeyedTimers
from smarthealth.actors.policy import Backoff, Mailbox, Overflow
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import System, open_system


class Timed(Actor[Any]):
    """Writes down when it hears what; calls what can be called."""

    def __init__(self, heard: list[tuple[float, object]]) -> None:
        self.heard = heard

    async def handle(self, message: Any) -> None:
        """Write, call or crash."""
        if isinstance(message, Exception):
            raise message
        if isinstance(message, float):
            await trio.sleep(message)
        elif callable(message):
            message(self.context.timers)
        else:
            self.heard.append((trio.current_time(), message))


@pytest.fixture
async def system() -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app", backoff=Backoff(initial=0.0)) as system:
        yield system


async def start(system: System, **spec: Any) -> tuple[list[tuple[float, object]], ActorRef[Any]]:
    """An actor's diary and its reference; the clock shows what it shows."""
    heard: list[tuple[float, object]] = []
    base = ChildSpec(name="timed", start=lambda: Timed(heard))
    return heard, await system.start_child(attrs.evolve(base, **spec))


Setting = Callable[[KeyedTimers], object]


async def have(ref: ActorRef[Any], setting: Setting) -> None:
    """Have the actor set its timers."""
    await ref.tell(setting)
    await wait_all_tasks_blocked()


def both(*settings: Setting) -> Setting:
    """One setting after the other."""

    def set_all(timers: KeyedTimers) -> None:
        for setting in settings:
            setting(timers)

    return set_all


async def test_timer_fires_once(autojump_clock: MockClock, system: System) -> None:
    """A message comes when it is due, and once; the key is free then."""
    heard, ref = await start(system)
    begun = trio.current_time()
    there: list[bool] = []

    def set_one(timers: KeyedTimers) -> None:
        timers.once("a", 2, "tick")
        there.append("a" in timers)

    await have(ref, set_one)
    await trio.sleep(10)
    await have(ref, lambda timers: there.append("a" in timers))
    ((at, message),) = heard
    assert (at - begun, message) == (2, "tick")
    assert there == [True, False]


async def test_timer_fires_at_once(autojump_clock: MockClock, system: System) -> None:
    """No delay is a delay too; delays below, or none at all, are mistakes."""
    heard, ref = await start(system)
    await have(ref, lambda timers: timers.once("a", 0, "tick"))
    assert [message for _, message in heard] == ["tick"]
    for mistake in (
        lambda timers: timers.once("a", -1, "tick"),
        lambda timers: timers.once("a", nan, "tick"),
        lambda timers: timers.every("a", 0, "tick"),
    ):
        down: list[BaseException] = []

        def attempt(timers: KeyedTimers, mistake: Setting = mistake, down: list[BaseException] = down) -> None:
            try:
                mistake(timers)
            except ValueError as error:
                down.append(error)

        await have(ref, attempt)
        assert len(down) == 1


async def test_periodic_timer_does_not_drift(autojump_clock: MockClock, system: System) -> None:
    """Ticks come at multiples of the interval, also when handling one takes a while."""
    heard, ref = await start(system)
    begun = trio.current_time()
    await have(ref, lambda timers: timers.every("a", 2, "tick"))
    await ref.tell(0.5)
    await trio.sleep(9)
    assert [at - begun for at, _ in heard] == pytest.approx([2, 4, 6, 8])


async def test_missed_ticks_are_missed(autojump_clock: MockClock, system: System) -> None:
    """An actor that is behind finds one tick, not a backlog, and then goes on in step."""
    heard, ref = await start(system)
    begun = trio.current_time()
    await have(ref, lambda timers: timers.every("a", 1, "tick"))
    await ref.tell(5.5)
    await trio.sleep(8.1)
    assert [at - begun for at, _ in heard] == pytest.approx([5.5, 6, 7, 8])


async def test_interval_counts_from_the_due_time_of_a_late_heap(autojump_clock: MockClock, system: System) -> None:
    """When the program itself was held up over several intervals, one tick comes, and the next on the beat."""
    heard, ref = await start(system)
    begun = trio.current_time()
    await have(ref, lambda timers: timers.every("a", 1, "tick"))
    autojump_clock.jump(3.5)
    await trio.sleep(1)
    assert [at - begun for at, _ in heard] == pytest.approx([3.5, 4], abs=0.01)


async def test_timer_is_replaced_by_its_key(autojump_clock: MockClock, system: System) -> None:
    """A timer set again under its key is another timer; what was queued of the first is void."""
    heard, ref = await start(system)
    await have(ref, both(lambda t: t.once("a", 1, "first"), lambda t: t.once("a", 3, "second")))
    await trio.sleep(4)
    await have(ref, lambda timers: timers.once("a", 1, "queued"))
    await ref.tell(2.0)
    await ref.tell(lambda timers: timers.once("a", 1, "instead"))
    await trio.sleep(5)
    assert [message for _, message in heard] == ["second", "instead"]


async def test_queued_tick_of_a_cancelled_timer_is_void(autojump_clock: MockClock, system: System) -> None:
    """A handler that cancels a timer never hears of it again, not even of what fired meanwhile."""
    heard, ref = await start(system)
    cancelled: list[bool] = []

    def cancel(timers: KeyedTimers) -> None:
        timers.once("other", 0, "other")
        cancelled.extend([timers.cancel("a"), timers.cancel("a"), timers.cancel("b")])

    await have(ref, both(lambda t: t.every("a", 1, "tick"), lambda t: t.once("b", 1, "tick")))
    for message in (cancel, 3.0):
        ref.tell_nowait(message)
    await trio.sleep(9)
    assert [message for _, message in heard] == ["other"]
    assert cancelled == [True, False, True]


async def test_handler_may_cancel_what_fired_while_it_ran(autojump_clock: MockClock, system: System) -> None:
    """A tick queued behind the message in hand is void when that message cancels its timer."""
    heard: list[object] = []

    class Slow(Actor[str]):
        async def handle(self, message: str) -> None:
            heard.append(message)
            self.context.timers.once("a", 1, "tick")
            self.context.timers.every("b", 1, "tock")
            await trio.sleep(2)
            assert self.context.timers.cancel("a")
            assert self.context.timers.cancel("b")

    ref = await system.start_child(ChildSpec(name="slow", start=Slow))
    await ref.tell("go")
    await trio.sleep(5)
    assert heard == ["go"]
    assert ref.snapshot().mailbox_depth == 0


async def test_timers_end_with_their_incarnation(autojump_clock: MockClock, system: System) -> None:
    """After a crash the next incarnation hears nothing of timers that the last one set, queued ticks included."""
    heard, ref = await start(system)
    await have(ref, both(lambda t: t.every("a", 1, "tick"), lambda t: t.once("b", 1, "tock")))
    await ref.tell(1.5)
    await ref.tell(LookupError())
    await trio.sleep(20)
    assert heard == []
    await have(ref, lambda timers: timers.once("b", 1, "new"))
    await trio.sleep(2)
    assert [message for _, message in heard] == ["new"]


async def test_stopping_actor_starts_no_timer(autojump_clock: MockClock, system: System) -> None:
    """Once told to stop, an actor's timers are cancelled, and setting one does nothing."""
    left: list[int] = []

    class Last(Actor[str]):
        async def handle(self, message: str) -> None:
            if message == "look first":
                self.context.timers.once("early", 1, "tick")
            await trio.sleep(2)
            self.context.timers.once("late", 0, "tick")
            left.append(len(self.context.timers))

    for message in ("look first", "look later"):
        ref: ActorRef[str] = await system.start_child(ChildSpec(name="last", start=Last, drain=True))
        await ref.tell(message)
        await wait_all_tasks_blocked()
        ref.stop()
        await ref.wait_stopped()
    assert left == [0, 0]
    assert system.dead_letters == {}


@pytest.mark.parametrize("overflow", list(Overflow))
async def test_tick_is_never_refused(autojump_clock: MockClock, system: System, overflow: Overflow) -> None:
    """A tick finds its way into a full mailbox, and is not what a full mailbox sheds."""
    heard, ref = await start(system, mailbox=Mailbox(capacity=1, overflow=overflow))
    await have(ref, both(lambda t: t.once("a", 1, "tick"), lambda t: t.once("b", 1.5, "tock")))
    await ref.tell(2.0)
    await wait_all_tasks_blocked()
    ref.tell_nowait("told")
    await trio.sleep(1.7)
    with trio.move_on_after(0.1):
        if overflow is not Overflow.STOP:
            await ref.tell("one too many")
    await trio.sleep(5)
    told = [message for _, message in heard]
    assert told.count("tick") == told.count("tock") == 1


async def test_mailbox_of_ticks_alone_sheds_none(autojump_clock: MockClock, system: System) -> None:
    """Where there is nothing to shed but ticks, the message is taken."""
    heard, ref = await start(system, mailbox=Mailbox(capacity=1, overflow=Overflow.DROP_OLDEST))
    await have(ref, lambda timers: timers.once("a", 1, "tick"))
    await ref.tell(2.0)
    await trio.sleep(1.5)
    await ref.tell("told")
    await trio.sleep(1)
    assert [message for _, message in heard] == ["tick", "told"]
    assert system.dead_letters == {}


async def test_services_have_no_timers(autojump_clock: MockClock, system: System) -> None:
    """A service has no mailbox for a timer's message, nothing to set aside and nothing to take up again."""
    for attempt in (
        lambda context: context.timers,
        lambda context: context.stash(),
        lambda context: context.unstash_all(),
    ):

        async def serve(context: Context, attempt: Callable[[Context], object] = attempt) -> None:
            attempt(context)

        with pytest.raises(ActorFailed) as caught:
            await system.start_child(ChildSpec(name="service", start=serve))
        assert isinstance(caught.value.__cause__, RuntimeError)


def test_interval_below_the_clocks_precision_lets_others_run() -> None:
    """A timer is due once at a moment, however often its interval would fit into none."""
    clock = MockClock()
    clock.jump(1e6)

    async def main() -> None:
        async with open_system("app") as system:
            heard, ref = await start(system)
            await have(ref, lambda timers: timers.every("tick", 1e-12, "tick"))
            assert heard == [(1e6, "tick")]
            clock.jump(1.0)
            await wait_all_tasks_blocked()
            assert heard == [(1e6, "tick"), (1e6 + 1, "tick")]

    trio.run(main, clock=clock)
