"""Code that raises, swallows, shields, interrupts and nests what it should not: the runtime keeps its rules."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import ChildSpec, Context, Supervisor, SupervisorRef
from smarthealth.actors.errors import ActorFailed, AskCycle, AskTimeout, SupervisionError
from smarthealth.actors.events import EndReason, Instrument, RuntimeEvent
from smarthealth.actors.policy import Mailbox, Overflow, Restart
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import check_invariants, probe, run_virtual
from tests.actors.proofs.obedient import QUICKLY, Do, Failures, Obedient, child, doing, raising, sleeping


@pytest.fixture(autouse=True)
def invariants() -> Iterator[None]:
    """Hold after each of these."""
    with check_invariants():
        yield


# What is raised


async def test_causes_in_a_circle(autojump_clock: MockClock) -> None:
    """Errors that are each other's cause, and their own, go through every report."""
    one, two, self_made = OSError("one"), OSError("two"), OSError("three")
    one.__cause__, two.__cause__, self_made.__cause__ = two, one, self_made
    one.__context__, two.__context__ = two, one

    async def run() -> None:
        async with open_system("app", intensity=1, backoff=QUICKLY) as system:
            ref = await system.start_child(child())
            for error in (one, self_made):
                with pytest.raises(ActorFailed) as failed:
                    await ref.ask(raising(error))
                assert failed.value.__cause__ is error
            await trio.sleep_forever()

    with pytest.raises(SupervisionError) as caught:
        await run()
    assert caught.value.causes == (one, self_made)


async def test_a_group_of_the_handlers_own_nursery(autojump_clock: MockClock) -> None:
    """Is a crash like any other, and comes to the asker as it was raised."""
    failures = Failures()

    async def fail(actor: Obedient) -> None:
        async def crash(error: Exception) -> None:
            raise error

        async with trio.open_nursery() as nursery:
            nursery.start_soon(crash, OSError())
            nursery.start_soon(crash, ValueError())

    async with open_system("app", backoff=QUICKLY, instrument=failures) as system:
        ref = await system.start_child(child())
        with pytest.raises(ActorFailed) as failed:
            await ref.ask(Do(fail))
        assert isinstance(failed.value.__cause__, ExceptionGroup)
        assert await ref.ask(doing(lambda actor: 1)) == 1
    assert failures.errors == [failed.value.__cause__]


async def test_a_group_of_cancellations_and_an_error_at_a_cut(autojump_clock: MockClock) -> None:
    """Only the error counts."""
    failures = Failures()

    async def fail_when_cut(actor: Obedient) -> None:
        async def sleep(error: Exception | None) -> None:
            try:
                await trio.sleep_forever()
            finally:
                if error is not None:
                    raise error

        async with trio.open_nursery() as nursery:
            for error in (None, OSError("at the cut"), None):
                nursery.start_soon(sleep, error)

    async with open_system("app", instrument=failures) as system:
        ref = await system.start_child(child(stop_timeout=1))
        await ref.tell(Do(fail_when_cut))
        await trio.sleep(1)
        ref.stop()
        down = await ref.wait_stopped()
        assert down.reason is EndReason.FAILED
    assert len(failures.errors) == 1


def test_a_stale_cancellation_is_a_failure_alone_or_in_a_group() -> None:
    """Kept and raised again, it is no cancellation of anything: the actor fails and is restarted, the system goes on."""
    # pytest-trio would take a cancellation that leaves the test for the end of the test.
    run_virtual(restarted_by_stale_cancellations)


async def restarted_by_stale_cancellations() -> None:
    """Raise one alone, then one in a group."""

    async def keep(actor: Obedient, *, grouped: bool) -> None:
        with trio.CancelScope() as scope:
            scope.cancel()
            try:
                await trio.lowlevel.checkpoint()
            except trio.Cancelled as cancelled:
                stale: BaseException = cancelled
                raise
        raise BaseExceptionGroup("stale", [stale]) if grouped else stale

    async with open_system("app", backoff=QUICKLY) as system:
        ref = await system.start_child(child())
        for grouped in (False, True):
            with pytest.raises(ActorFailed):
                await ref.ask(Do(partial(keep, grouped=grouped)))
        assert await ref.ask(doing(lambda actor: actor.context.restarts)) == 2


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit, BaseException])
async def test_what_is_no_exception_ends_the_system(autojump_clock: MockClock, kind: type[BaseException]) -> None:
    """And leaves it as itself; everything is stopped in order first."""
    ended: list[str] = []

    async def note(actor: Obedient) -> None:
        ended.append(actor.context.name)

    async def run() -> None:
        async with open_system("app") as system:
            for name in "ab":
                await system.start_child(ChildSpec(name=name, start=partial(Obedient, ending=note)))
            b = system.child("b")
            assert b is not None
            await b.tell(raising(error))
            await trio.sleep_forever()

    error = kind()
    with pytest.raises(kind) as caught:
        await run()
    assert caught.value is error
    assert ended == ["b", "a"]


@pytest.mark.parametrize("kind", [StopIteration, StopAsyncIteration, trio.EndOfChannel, trio.TooSlowError, ValueError])
async def test_exceptions_with_a_meaning_elsewhere_are_crashes(
    autojump_clock: MockClock, kind: type[Exception]
) -> None:
    """Like any other."""
    async with open_system("app", backoff=QUICKLY) as system:
        ref = await system.start_child(child())
        with pytest.raises(ActorFailed):
            await ref.ask(raising(kind()))
        assert await ref.ask(doing(lambda actor: actor.context.restarts)) == 1


@pytest.mark.parametrize("kind", [StopAsyncIteration, ValueError, KeyboardInterrupt])
async def test_what_the_body_raises_leaves_as_itself(autojump_clock: MockClock, kind: type[BaseException]) -> None:
    """Whatever it means elsewhere."""
    error = kind("mine")

    async def run() -> None:
        async with open_system("app") as system:
            await system.start_child(child())
            raise error

    with pytest.raises(kind) as caught:
        await run()
    assert caught.value is error


@pytest.mark.parametrize("made", [lambda: None, lambda: object(), lambda: 1 / 0, Obedient.handle], ids=range(4))
async def test_factories_that_make_no_actor(autojump_clock: MockClock, made: Any) -> None:
    """Are starts that failed."""
    async with open_system("app") as system:
        with pytest.raises(ActorFailed):
            await system.start_child(ChildSpec(name="a", start=made))
        assert system.children() == ()


# Cancellation that is not let through


async def test_a_handler_that_swallows_its_cancellation(autojump_clock: MockClock) -> None:
    """Is cancelled again at its next await, and ends; its reply is delivered if somebody still waits."""

    async def swallow(actor: Obedient) -> str:
        for _ in range(3):
            with suppress(trio.Cancelled):
                await trio.sleep_forever()
        return "survived"

    async with open_system("app") as system:
        ref = await system.start_child(child(stop_timeout=1))
        async with trio.open_nursery() as nursery:
            replies: list[str] = []

            async def ask() -> None:
                replies.append(await ref.ask(Do(swallow), timeout=60))

            nursery.start_soon(ask)
            await trio.sleep(1)
            ref.stop()
            await ref.wait_stopped()
        assert replies == ["survived"]


async def test_an_actor_that_shields_itself(autojump_clock: MockClock) -> None:
    """Is reported as stuck; its siblings are stopped without it; the block is left when it has ended."""

    async def shield(actor: Obedient) -> None:
        with trio.CancelScope(shield=True):
            await trio.sleep(500)

    async with open_system("app", shutdown_timeout=10) as system:
        await system.start_child(child("a"))
        b = await system.start_child(child("b"))
        await b.tell(Do(shield))
        await trio.sleep(1)
        system.stop()
        await system.wait_stopped()
        assert trio.current_time() < 20
        a = system.child("a")
        assert a is None or a.snapshot().state is State.STOPPED
    assert trio.current_time() == pytest.approx(501, abs=1)


# Interrupts and threads


class InterruptAt(trio.abc.Instrument):
    """Presses Control-C before the step of that number."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.steps = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count, and press when it is time."""
        self.steps += 1
        if self.steps == self.at:
            signal.raise_signal(signal.SIGINT)


async def small_life(started: list[str], stopped: list[str]) -> None:
    """A system with two actors that do something."""

    async def start(actor: Obedient) -> None:
        started.append(actor.context.name)

    async def end(actor: Obedient) -> None:
        stopped.append(actor.context.name)

    make = partial(Obedient, start, end)
    policy = Supervisor(children=tuple(ChildSpec(name=name, start=make) for name in "ab"))
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        await sup.children()[0].ask(Do(sleeping(0.01)))
        await sup.children()[1].tell(doing(lambda actor: None))


def interrupted_at(step: int) -> int:
    """Press Control-C at that step of a life; the steps it took."""
    started: list[str] = []
    stopped: list[str] = []
    instrument = InterruptAt(step)
    main = partial(small_life, started, stopped)
    try:
        with check_invariants():
            trio.run(main, clock=MockClock(autojump_threshold=0), instruments=[instrument])
    except KeyboardInterrupt:
        assert step
    assert sorted(started) == sorted(stopped)
    return instrument.steps


def test_control_c_at_every_step() -> None:
    """Leaves as itself, with everything cleaned up."""
    steps = interrupted_at(0)
    assert steps > 20
    for step in range(1, steps + 1):
        interrupted_at(step)


async def test_threads() -> None:
    """May tell and ask through Trio's own way back."""
    async with open_system("app") as system:
        seen = await probe(system, answer=lambda request: "reply")
        stop = await system.start_child(child())

        def work() -> str:
            assert trio.from_thread.run_sync(seen.ref.tell_nowait, "told")
            trio.from_thread.run(seen.ref.tell, "told again")
            trio.from_thread.run_sync(stop.stop)
            reply: str = trio.from_thread.run(seen.ref.ask, doing(lambda actor: None))
            return reply

        assert await trio.to_thread.run_sync(work) == "reply"
        assert seen.messages[:2] == ["told", "told again"]
        await stop.wait_stopped()


async def test_a_circle_through_a_thread() -> None:
    """An actor whose thread asks the actor itself is told so, not left to hang."""

    async def through_thread(actor: Obedient) -> object:
        ask = partial(trio.from_thread.run, actor.context.self_ref.ask, doing(lambda actor: 1))
        try:
            return await trio.to_thread.run_sync(ask)
        except (AskCycle, AskTimeout) as error:
            return type(error)

    async with open_system("app") as system:
        ref = await system.start_child(child())
        assert await ref.ask(Do(through_thread), timeout=60) in (AskCycle, AskTimeout)


# Shapes


async def test_deep_trees(autojump_clock: MockClock) -> None:
    """Supervisors in supervisors, a hundred deep, start and stop, and one that fails at the bottom takes all with it."""
    spec = child()
    for level in range(100):
        spec = ChildSpec(name=f"level-{level}", start=Supervisor(children=(spec,), intensity=0))

    async def run() -> None:
        async with open_system("app", intensity=0) as system:
            await system.start_child(spec)
            bottom = system.children()[0]
            while isinstance(bottom, SupervisorRef):
                bottom = bottom.children()[0]
            await bottom.tell(raising(OSError("deep")))
            await trio.sleep_forever()

    with pytest.raises(SupervisionError) as caught:
        await run()
    assert [type(cause) for cause in caught.value.causes] == [OSError]


async def test_wide_trees(autojump_clock: MockClock) -> None:
    """Two thousand children of one supervisor, actors and supervisors, are started in order and stopped in reverse."""
    order: list[str] = []

    async def note(actor: Obedient) -> None:
        order.append(actor.context.name)

    make = partial(Obedient, note, note)
    specs = tuple(ChildSpec(name=str(number), start=make if number % 2 else Supervisor()) for number in range(2000))
    async with open_system("app") as system:
        await system.start_supervisor(ChildSpec(name="wide", start=Supervisor(children=specs)))
    actors = [str(number) for number in range(2000) if number % 2]
    assert order == actors + actors[::-1]


async def test_a_system_in_an_actor(autojump_clock: MockClock) -> None:
    """What leaves the inner one is a failure of the actor that opened it, no more."""

    async def open_inner(actor: Obedient) -> None:
        async with open_system("inner", intensity=0) as inner:
            ref = await inner.start_child(child())
            await ref.tell(raising(OSError("inside")))
            await trio.sleep_forever()

    async with open_system("outer", backoff=QUICKLY) as system:
        ref = await system.start_child(child())
        with pytest.raises(ActorFailed) as failed:
            await ref.ask(Do(open_inner))
        assert isinstance(failed.value.__cause__, SupervisionError)
        assert await ref.ask(doing(lambda actor: "alive")) == "alive"


async def test_keys_that_fail(autojump_clock: MockClock) -> None:
    """A mailbox whose key function fails refuses the message; neither sender nor receiver is harmed."""

    def key(message: object) -> str:
        raise ZeroDivisionError

    async with open_system("app") as system:
        ref = await system.start_child(child(mailbox=Mailbox(overflow=Overflow.KEEP_LATEST, key=key)))
        try:
            await ref.tell(doing(lambda actor: 1))
        except ZeroDivisionError:
            pytest.fail("the receiver's key function failed in the sender")


async def test_observers_that_fail_or_call_back(autojump_clock: MockClock) -> None:
    """Are taken off; what they watch goes on."""

    class Bad(Instrument):
        heard = 0

        def on_event(self, event: RuntimeEvent) -> None:
            self.heard += 1
            raise LookupError

    bad = Bad()
    async with open_system("app", instrument=bad) as system:
        await system.start_child(child("a"))
        await system.start_child(child("b"))
    assert bad.heard == 1


async def test_a_stop_at_once_after_everything(autojump_clock: MockClock) -> None:
    """A system with a budget of nothing still ends, and still runs each clean-up up to its first await."""
    ended: list[str] = []

    async def note(actor: Obedient) -> None:
        ended.append(actor.context.name)
        await trio.sleep(1)
        ended.append("never")

    async with open_system("app", shutdown_timeout=0) as system:
        for name in "abc":
            await system.start_child(ChildSpec(name=name, start=partial(Obedient, ending=note)))
    assert sorted(ended) == ["a", "b", "c"]


async def service_that_never_starts(context: Context) -> None:
    """Returns without a word."""


async def test_a_service_that_returns_without_a_word(autojump_clock: MockClock) -> None:
    """Has failed to start."""
    async with open_system("app") as system:
        with pytest.raises(ActorFailed):
            await system.start_child(ChildSpec(name="mute", start=service_that_never_starts, restart=Restart.TEMPORARY))
