"""How actors and services start, run and end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from math import inf
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, Asleep, ChildSpec, Context
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed, ActorStopped, AskTimeout
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.events import EndReason
from smarthealth.actors.policy import Mailbox, Restart
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import System, open_system


class Refused(Exception):
    """An error that `Sleep` declares."""


@attrs.frozen(kw_only=True)
class Sleep(Request[str]):
    """Takes its time."""

    errors = (Refused,)
    seconds: float = 0
    error: BaseException | None = None


class Recorder(Actor[object]):
    """Writes down what happens to it."""

    def __init__(self, diary: list[str]) -> None:
        self.diary = diary

    async def started(self) -> None:
        """Write."""
        self.diary.append("started")

    async def handle(self, message: object) -> object:
        """Sleep, finish, or write the message down."""
        match message:
            case Sleep(seconds=seconds, error=error):
                try:
                    await trio.sleep(seconds)
                except trio.Cancelled:
                    self.diary.append("cut")
                    raise
                if error is not None:
                    raise error
            case "finish":
                self.context.finish()
            case "wait for the stop":
                await self.context.stopping.wait()
                self.diary.append("saw the stop")
            case _:
                pass
        self.diary.append(message if isinstance(message, str) else type(message).__name__)
        return "reply"

    async def stopped(self) -> None:
        """Write."""
        self.diary.append("stopped")


class Plain(Actor[object]):
    """Overrides nothing but what it must."""

    async def handle(self, message: object) -> None:
        """Ignore."""


@pytest.fixture
async def system() -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app") as system:
        yield system


@pytest.fixture
def diary() -> list[str]:
    """What happened, in order."""
    return []


async def start(system: System, diary: list[str], **spec: Any) -> ActorRef[object]:
    """A recorder's reference."""
    base = ChildSpec(name="recorder", start=lambda: Recorder(diary))
    ref: ActorRef[object] = await system.start_child(attrs.evolve(base, **spec))
    return ref


@pytest.mark.parametrize("start", [lambda: 5, lambda: serve_nothing()], ids=["number", "coroutine"])
async def test_start_that_makes_no_actor_has_failed(autojump_clock: MockClock, system: System, start: Any) -> None:
    """A callable that turns out to make no actor, such as a lambda around an async function, is a failed start."""
    with pytest.raises(ActorFailed) as caught:
        await system.start_child(ChildSpec(name="a", start=start))
    assert isinstance(caught.value.__cause__, TypeError)
    assert "made no actor but" in str(caught.value.__cause__)


async def serve_nothing() -> None:
    """Not wrapped in `functools.partial`, as it should be."""


async def test_actor_lives_from_started_to_stopped(autojump_clock: MockClock, system: System, diary: list[str]) -> None:
    """`started` comes before any message, `stopped` after the last, and it is over when `wait_stopped` returns."""
    ref = await start(system, diary)
    assert diary == ["started"]
    await ref.tell("a")
    await ref.ask(Sleep())
    ref.stop()
    down = await ref.wait_stopped()
    assert diary == ["started", "a", "Sleep", "stopped"]
    assert down.reason is EndReason.STOPPED
    assert system.children() == ()


async def test_stop_finishes_the_message_in_hand_and_no_other(
    autojump_clock: MockClock, system: System, diary: list[str]
) -> None:
    """The current message is handled to its end; those queued are dead letters."""
    ref = await start(system, diary)
    await ref.tell(Sleep(seconds=3))
    await ref.tell("queued")
    await wait_all_tasks_blocked()
    ref.stop()
    ref.stop()
    await ref.tell("too late")
    await ref.wait_stopped()
    assert diary == ["started", "Sleep", "stopped"]
    assert system.dead_letters == {Reason.STOPPED: 2}


async def test_stop_may_drain_the_mailbox(autojump_clock: MockClock, system: System, diary: list[str]) -> None:
    """With `drain`, what was queued at the stop is handled, and what comes later refused."""
    ref = await start(system, diary, drain=True)
    await ref.tell(Sleep(seconds=1))
    await ref.tell("queued")
    await wait_all_tasks_blocked()
    ref.stop()
    await ref.tell("too late")
    await ref.wait_stopped()
    assert diary == ["started", "Sleep", "queued", "stopped"]
    assert system.dead_letters == {Reason.STOPPED: 1}


async def test_stop_cuts_what_takes_too_long(autojump_clock: MockClock, system: System, diary: list[str]) -> None:
    """A message that takes longer than `stop_timeout` is cancelled; its asker is told, and clean-up still runs."""
    ref = await start(system, diary, stop_timeout=2)
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            with pytest.raises(ActorStopped):
                await ref.ask(Sleep(seconds=100), timeout=50)

        nursery.start_soon(ask)
        await wait_all_tasks_blocked()
        begun = trio.current_time()
        ref.stop()
        down = await ref.wait_stopped()
    assert trio.current_time() - begun == pytest.approx(2)
    assert diary == ["started", "cut", "stopped"]
    assert down.reason is EndReason.KILLED


async def test_handler_can_see_the_stop_coming(autojump_clock: MockClock, system: System, diary: list[str]) -> None:
    """`context.stopping` is set at the stop, also when first looked at after it."""
    ref = await start(system, diary)
    await ref.tell("wait for the stop")
    await wait_all_tasks_blocked()
    ref.stop()
    await ref.wait_stopped()
    assert diary == ["started", "saw the stop", "wait for the stop", "stopped"]
    again = await start(system, diary)
    await again.tell(Sleep(seconds=1))
    await wait_all_tasks_blocked()
    again.stop()
    await again.wait_stopped()


async def test_actor_can_finish(autojump_clock: MockClock, system: System, diary: list[str]) -> None:
    """`context.finish` ends the actor after the current message, as finished; the rest is dead letters."""
    ref = await start(system, diary, restart=Restart.TRANSIENT)
    await ref.tell("finish")
    await ref.tell("queued")
    down = await ref.wait_stopped()
    assert down.reason is EndReason.FINISHED
    assert diary == ["started", "finish", "stopped"]
    assert system.dead_letters == {Reason.STOPPED: 1}


async def test_actor_can_finish_from_a_helper_task(autojump_clock: MockClock, system: System) -> None:
    """`context.finish` wakes an actor that waits for messages."""
    helpers = trio.CancelScope()

    class Helped(Actor[object]):
        async def handle(self, message: object) -> None:
            assert isinstance(message, trio.Nursery)
            message.start_soon(self.help)

        async def help(self) -> None:
            await trio.sleep(1)
            self.context.finish()

    async with trio.open_nursery() as nursery:
        with helpers:
            ref = await system.start_child(ChildSpec(name="helped", start=Helped, restart=Restart.TEMPORARY))
            await ref.tell(nursery)
            down = await ref.wait_stopped()
    assert down.reason is EndReason.FINISHED


async def test_crash_keeps_the_mailbox(autojump_clock: MockClock, system: System, diary: list[str]) -> None:
    """After a crash the next incarnation goes on with what is queued, but not with the message that crashed."""
    ref = await start(system, diary)
    await ref.tell(Sleep(error=LookupError()))
    await ref.tell("a")
    await trio.sleep(1)
    await ref.tell("b")
    await wait_all_tasks_blocked()
    assert diary == ["started", "stopped", "started", "a", "b"]


async def test_queued_asks_survive_a_restart(autojump_clock: MockClock, system: System, diary: list[str]) -> None:
    """An ask behind a message that crashes the actor is answered by the next incarnation."""
    ref = await start(system, diary)
    await ref.tell(Sleep(error=LookupError()))
    assert await ref.ask(Sleep()) == "reply"
    assert ref.snapshot().restarts == 1


async def test_told_request_does_not_crash_by_its_declared_errors(
    autojump_clock: MockClock, system: System, diary: list[str]
) -> None:
    """A declared error of a request that nobody asked is counted and dropped."""
    ref = await start(system, diary)
    await ref.tell(Sleep(error=Refused()))
    await ref.tell("a")
    await wait_all_tasks_blocked()
    assert diary == ["started", "a"]
    assert system.dead_letters == {Reason.UNCLAIMED_ERROR: 1}


async def test_failed_start_leaves_no_trace(autojump_clock: MockClock, system: System) -> None:
    """An actor whose constructor or `started` raises was never there; the starter gets the error as the cause."""

    class Unready(Plain):
        async def started(self) -> None:
            raise LookupError

    def unmakeable() -> Plain:
        raise LookupError

    for make in (Unready, unmakeable):
        with pytest.raises(ActorFailed) as caught:
            await system.start_child(ChildSpec(name="unready", start=make))
        assert isinstance(caught.value.__cause__, LookupError)
        assert system.children() == ()


async def test_start_that_takes_too_long_has_failed(autojump_clock: MockClock, system: System) -> None:
    """An actor or service that is not ready within `start_timeout` is cancelled and has failed."""

    class Slow(Plain):
        async def started(self) -> None:
            await trio.sleep(100)

    async def slow(_context: Context) -> None:
        await trio.sleep(100)

    begun = trio.current_time()
    for make in (Slow, slow):
        with pytest.raises(ActorFailed) as caught:
            await system.start_child(ChildSpec(name="slow", start=make, start_timeout=2))
        assert isinstance(caught.value.__cause__, trio.TooSlowError)
    assert trio.current_time() - begun == pytest.approx(4)


async def test_actor_that_starts_too_late_handles_nothing(autojump_clock: MockClock, system: System) -> None:
    """A `started` that returns after its time, since it cannot be cancelled, is followed by the clean-up alone."""
    diary: list[str] = []

    class Late(Actor[str]):
        async def started(self) -> None:
            self.context.self_ref.tell_nowait("hello")
            with trio.move_on_after(1.5, shield=True):
                await trio.sleep_forever()

        async def handle(self, message: str) -> None:
            diary.append(message)

        async def stopped(self) -> None:
            diary.append("stopped")

    with pytest.raises(ActorFailed):
        await system.start_child(ChildSpec(name="late", start=Late, start_timeout=1))
    assert system.children() == ()
    assert diary == ["stopped"]


async def test_stop_during_the_start_ends_it(autojump_clock: MockClock, system: System) -> None:
    """An actor or service that is told to stop while it starts is given its time, and has not failed."""
    ended: list[str] = []

    class Slow(Plain):
        async def started(self) -> None:
            await trio.sleep(2)
            ended.append("actor")

    async def slow(context: Context) -> None:
        await context.stopping.wait()
        ended.append("service")

    async with trio.open_nursery() as nursery:
        for name, make in (("actor", Slow), ("service", slow)):

            async def begin(spec: ChildSpec) -> None:
                with pytest.raises(ActorStopped):
                    await system.start_child(spec)

            nursery.start_soon(begin, ChildSpec(name=name, start=make))
        await wait_all_tasks_blocked()
        for ref in system.children():
            ref.stop()
    assert ended == ["service", "actor"]


async def test_stop_before_the_first_step_runs_nothing(
    autojump_clock: MockClock, system: System, diary: list[str]
) -> None:
    """A child stopped in the very moment of its start does not run at all."""

    async def serve(_context: Context) -> None:
        diary.append("served")

    for spec in (ChildSpec(name="actor", start=lambda: Recorder(diary)), ChildSpec(name="service", start=serve)):
        child = system._supervisor.adopt(spec)
        child.launch()
        child.stop()
        assert (await child.wait_ended()).reason is EndReason.STOPPED
    assert diary == []


async def test_service_runs_until_it_returns(autojump_clock: MockClock, system: System) -> None:
    """A service is ready when it says so, and finished when it returns."""
    gate = trio.Event()

    async def serve(context: Context) -> None:
        context.started()
        context.started()
        await gate.wait()

    ref = await system.start_child(ChildSpec(name="service", start=serve, restart=Restart.TRANSIENT))
    gate.set()
    assert (await ref.wait_stopped()).reason is EndReason.FINISHED


async def test_service_must_say_that_it_is_ready(autojump_clock: MockClock, system: System) -> None:
    """A service that returns without `context.started()` has failed to start."""

    async def serve(_context: Context) -> None:
        pass

    with pytest.raises(ActorFailed) as caught:
        await system.start_child(ChildSpec(name="service", start=serve))
    assert "context.started()" in str(caught.value.__cause__)


async def test_service_that_never_looks_is_cancelled_at_the_stop(autojump_clock: MockClock, system: System) -> None:
    """A service that does not watch `context.stopping` is cancelled at once; that is an orderly stop."""

    async def serve(context: Context) -> None:
        context.started()
        await trio.sleep_forever()

    ref = await system.start_child(ChildSpec(name="service", start=serve))
    begun = trio.current_time()
    ref.stop()
    assert (await ref.wait_stopped()).reason is EndReason.STOPPED
    assert trio.current_time() - begun == pytest.approx(0)


@pytest.mark.parametrize(("seconds", "reason"), [(1, EndReason.STOPPED), (9, EndReason.KILLED)])
async def test_service_that_looks_is_given_time(
    autojump_clock: MockClock, system: System, seconds: float, reason: EndReason
) -> None:
    """A service that watches `context.stopping` has `stop_timeout` to end by itself, then it is cancelled."""

    async def serve(context: Context) -> None:
        stopping = context.stopping
        context.started()
        await stopping.wait()
        await trio.sleep(seconds)

    ref = await system.start_child(ChildSpec(name="service", start=serve, stop_timeout=3))
    begun = trio.current_time()
    ref.stop()
    assert (await ref.wait_stopped()).reason is reason
    assert trio.current_time() - begun == pytest.approx(min(seconds, 3))


class Sleeper:
    """A service that sleeps after each call, as it is told to."""

    def __init__(self, until: float = inf, *, looks: bool = False) -> None:
        self.until = until
        self.looks = looks
        self.context: Context
        self.calls: list[tuple[float, bool]] = []
        """When it was called, and whether it was to stop."""

    async def __call__(self, context: Context) -> Asleep | None:
        """Do what there is to do."""
        self.context = context
        context.started()
        self.calls.append((trio.current_time(), self.looks and context.stopping.is_set()))
        return Asleep(until=self.until)


async def test_a_service_sleeps_without_a_task(autojump_clock: MockClock, system: System) -> None:
    """What returns `Asleep` keeps its place in the tree, and is called again when it is woken or its time has come."""
    sleeper = Sleeper()
    ref = await system.start_child(ChildSpec(name="sleeper", start=sleeper))
    await wait_all_tasks_blocked()
    assert (ref.snapshot().state, ref.stack()) == (State.RUNNING, "")
    await trio.sleep(5)
    sleeper.until = trio.current_time() + 10
    sleeper.context.wake()
    await trio.sleep(9)
    assert [at for at, _ in sleeper.calls] == [0, 5]
    sleeper.until = inf
    await trio.sleep(100)
    assert [at for at, _ in sleeper.calls] == [0, 5, 15]
    ref.stop()
    assert (await ref.wait_stopped()).reason is EndReason.STOPPED
    sleeper.context.wake()
    await wait_all_tasks_blocked()
    assert len(sleeper.calls) == 3


async def test_a_service_woken_before_it_sleeps_does_not(autojump_clock: MockClock, system: System) -> None:
    """Being woken while it runs has it called once more, however often."""
    calls = 0

    async def serve(context: Context) -> Asleep:
        nonlocal calls
        calls += 1
        context.started()
        if calls == 1:
            context.wake()
            context.wake()
        return Asleep(until=100)

    ref = await system.start_child(ChildSpec(name="service", start=serve))
    await trio.sleep(50)
    assert calls == 2
    ref.stop()
    await trio.sleep(100)
    assert calls == 2


async def test_a_sleeping_service_that_looks_is_woken_at_the_stop(autojump_clock: MockClock, system: System) -> None:
    """It has `stop_timeout` to return for good; sleeping on does not help it."""
    sleeper = Sleeper(looks=True)
    ref = await system.start_child(ChildSpec(name="sleeper", start=sleeper, stop_timeout=3))
    await trio.sleep(1)
    ref.stop()
    assert (await ref.wait_stopped()).reason is EndReason.KILLED
    assert trio.current_time() == 4
    assert sleeper.calls == [(0, False), (1, True)]


async def test_a_sleeping_service_is_restarted_like_any_other(autojump_clock: MockClock, system: System) -> None:
    """A call that fails is a crash; one that never said it was ready, or was cancelled, does not sleep."""
    calls = 0

    async def serve(context: Context) -> Asleep:
        nonlocal calls
        calls += 1
        context.started()
        if calls == 2:
            raise LookupError
        return Asleep(until=trio.current_time() + 10 if calls == 1 else inf)

    ref = await system.start_child(ChildSpec(name="service", start=serve, restart=Restart.TRANSIENT))
    await trio.sleep(20)
    assert (calls, ref.snapshot().restarts, ref.snapshot().last_failure) == (3, 1, "LookupError")

    async def early(_context: Context) -> Asleep:
        return Asleep()

    with pytest.raises(ActorFailed):
        await system.start_child(ChildSpec(name="early", start=early))

    async def deaf(context: Context) -> Asleep:
        context.started()
        with trio.CancelScope(shield=True):
            await trio.sleep(2)
        return Asleep()

    other = await system.start_child(ChildSpec(name="deaf", start=deaf))
    other.stop()
    assert (await other.wait_stopped()).reason is EndReason.STOPPED


async def test_readiness_and_finishing_belong_to_their_kinds(autojump_clock: MockClock, system: System) -> None:
    """Actors do not call `context.started` or `context.wake`, services do not call `context.finish`."""

    class Confused(Plain):
        async def started(self) -> None:
            self.context.started()

    class Sleepy(Plain):
        async def started(self) -> None:
            self.context.wake()

    async def confused(context: Context) -> None:
        context.finish()

    for make in (Confused, Sleepy, confused):
        with pytest.raises(ActorFailed) as caught:
            await system.start_child(ChildSpec(name="confused", start=make))
        assert isinstance(caught.value.__cause__, RuntimeError)


async def test_busy_actor_lets_others_run(autojump_clock: MockClock, system: System) -> None:
    """An actor whose handler never waits gives way at least every 32 messages."""
    handled = 0

    class Busy(Actor[int]):
        async def handle(self, message: int) -> None:
            nonlocal handled
            handled += 1

    ref = await system.start_child(ChildSpec(name="busy", start=Busy, mailbox=Mailbox(capacity=1000)))
    for number in range(1000):
        ref.tell_nowait(number)
    seen = []
    while handled < 1000:
        await trio.lowlevel.checkpoint()
        seen.append(handled)
    assert max(b - a for a, b in pairwise(seen)) <= 32 * 2


async def test_error_in_the_hands_of_a_stopping_actor_reaches_its_asker(
    autojump_clock: MockClock, system: System, diary: list[str]
) -> None:
    """A crash while the actor stops still fails the ask in hand, and no restart follows."""
    ref = await start(system, diary)
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            with pytest.raises(ActorFailed):
                await ref.ask(Sleep(seconds=1, error=LookupError()))

        nursery.start_soon(ask)
        await wait_all_tasks_blocked()
        ref.stop()
        down = await ref.wait_stopped()
    assert down.reason is EndReason.FAILED
    assert isinstance(down.error, LookupError)


async def test_request_without_asker_is_skipped_and_its_reply_dropped(
    autojump_clock: MockClock, system: System, diary: list[str]
) -> None:
    """A request that timed out in the mailbox is not handled; a reply or declared error too late is dropped."""
    ref = await start(system, diary)
    for request in (Sleep(seconds=2), Sleep(seconds=2, error=Refused())):
        with pytest.raises(AskTimeout):
            await ref.ask(request, timeout=1)
        with pytest.raises(AskTimeout):
            await ref.ask(Sleep(), timeout=0.5)
    with pytest.raises(Refused):
        await ref.ask(Sleep(error=Refused()))
    assert diary == ["started", "Sleep"]
    assert system.dead_letters == {Reason.LATE_REPLY: 2, Reason.EXPIRED: 2}
