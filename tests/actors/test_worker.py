"""Limits on what an actor's task may take, and what becomes of the strange things it may raise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from math import inf

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context
from smarthealth.actors.errors import ActorFailed
from smarthealth.actors.events import (
    ChildEnded,
    ChildFailed,
    ChildStarted,
    EndReason,
    Instrument,
    RuntimeEvent,
    TaskStuck,
)
from smarthealth.actors.policy import Restart
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import System, open_system


class Recorder(Instrument):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[RuntimeEvent] = []

    def on_event(self, event: RuntimeEvent) -> None:
        """Keep it."""
        self.events.append(event)


class Cleaner(Actor[object]):
    """Cleans up as long as it is told to; messages say what to do before."""

    def __init__(self, seconds: float = 0, error: BaseException | None = None) -> None:
        self.seconds = seconds
        self.error = error
        self.cleaned = False

    async def handle(self, message: object) -> None:
        """Raise errors, sleep numbers."""
        if isinstance(message, BaseException):
            raise message
        if isinstance(message, float):
            await trio.sleep(message)

    async def stopped(self) -> None:
        """Take the time, then raise the error."""
        await trio.sleep(self.seconds)
        self.cleaned = True
        if self.error is not None:
            raise self.error


@pytest.fixture
def recorder() -> Recorder:
    """Hears the system's events."""
    return Recorder()


@pytest.fixture
async def system(recorder: Recorder) -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app", instrument=recorder) as system:
        yield system


def failures(recorder: Recorder) -> list[type[BaseException]]:
    """Classes of the crashes that were reported."""
    return [type(event.error) for event in recorder.events if isinstance(event, ChildFailed)]


@pytest.mark.parametrize(("seconds", "reason"), [(2, EndReason.STOPPED), (9, EndReason.KILLED)])
async def test_clean_up_is_limited(
    autojump_clock: MockClock, system: System, seconds: float, reason: EndReason
) -> None:
    """`stopped` has `stop_timeout` of its own, after that of the message in hand, and is then cancelled."""
    cleaner = Cleaner(seconds)
    ref = await system.start_child(ChildSpec(name="cleaner", start=lambda: cleaner, stop_timeout=3))
    await ref.tell(2.5)
    await wait_all_tasks_blocked()
    begun = trio.current_time()
    ref.stop()
    assert (await ref.wait_stopped()).reason is reason
    assert trio.current_time() - begun == pytest.approx(2.5 + min(seconds, 3))


async def test_clean_up_is_shielded(autojump_clock: MockClock) -> None:
    """Cancelling what is around the system does not cancel its clean-up."""
    cleaner = Cleaner(seconds=2)
    with trio.move_on_after(1):
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="cleaner", start=lambda: cleaner))
            await trio.sleep_forever()
    assert cleaner.cleaned


async def test_failed_clean_up_is_a_failure(autojump_clock: MockClock, system: System, recorder: Recorder) -> None:
    """An error in `stopped` is reported; after a crash, the crash is what counts."""
    ref = await system.start_child(ChildSpec(name="cleaner", start=lambda: Cleaner(error=LookupError())))
    ref.stop()
    down = await ref.wait_stopped()
    assert down.reason is EndReason.FAILED
    assert isinstance(down.error, LookupError)
    spec = ChildSpec(name="cleaner", start=lambda: Cleaner(error=LookupError()), restart=Restart.TEMPORARY)
    again = await system.start_child(spec)
    await again.tell(KeyError())
    assert isinstance((await again.wait_stopped()).error, KeyError)
    assert failures(recorder) == [LookupError, KeyError]


async def test_stop_during_the_clean_up_of_a_crash_ends_it_for_good(
    autojump_clock: MockClock, system: System, recorder: Recorder
) -> None:
    """A stop that comes while a crashed incarnation cleans up leaves it its time, and no restart follows."""
    ref = await system.start_child(ChildSpec(name="cleaner", start=lambda: Cleaner(seconds=2)))
    begun = trio.current_time()
    await ref.tell(KeyError())
    await trio.sleep(1)
    assert ref.snapshot().state is State.STOPPING
    ref.stop()
    assert isinstance((await ref.wait_stopped()).error, KeyError)
    assert trio.current_time() - begun == pytest.approx(2)


async def test_stuck_task_is_reported_with_its_stack(
    autojump_clock: MockClock, system: System, recorder: Recorder
) -> None:
    """A task that does not end when it is cancelled is reported with where it stands, once; when it ends, it is gone."""
    release = trio.Event()

    async def stand_here(context: Context) -> None:
        context.started()
        with trio.CancelScope(shield=True):
            await release.wait()

    ref = await system.start_child(ChildSpec(name="stuck", start=stand_here))
    ref.stop()
    await trio.sleep(5)
    assert ref.snapshot().state is State.STUCK
    system.stop()
    await trio.sleep(20)
    assert ref.snapshot().state is State.STUCK, "its system has ended, but not its task"
    release.set()
    await wait_all_tasks_blocked()
    assert ref.snapshot().state is State.STOPPED
    assert (await ref.wait_stopped()).reason is EndReason.KILLED
    stuck = [event for event in recorder.events if isinstance(event, TaskStuck)]
    assert [event.path for event in stuck] == ["app/stuck"]
    assert "stand_here" in stuck[0].stack


async def test_stuck_task_needs_no_observer(autojump_clock: MockClock) -> None:
    """Without observers a stuck task is no different, only unreported."""

    async def stand_here(context: Context) -> None:
        context.started()
        with trio.move_on_after(5, shield=True):
            await trio.sleep_forever()

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="stuck", start=stand_here))
        ref.stop()
        await trio.sleep(2)
        assert ref.snapshot().state is State.STUCK
        system.stop()
        await system.wait_stopped()
    assert ref.snapshot().state is State.STOPPED


async def test_start_that_is_stuck_has_failed(autojump_clock: MockClock, system: System) -> None:
    """One who waits for a start does not wait for a task that cannot be cancelled."""

    async def stand_here(_context: Context) -> None:
        with trio.move_on_after(20, shield=True):
            await trio.sleep_forever()

    begun = trio.current_time()
    with pytest.raises(ActorFailed):
        await system.start_child(ChildSpec(name="stuck", start=stand_here, start_timeout=2))
    assert trio.current_time() - begun == pytest.approx(3)


@pytest.mark.parametrize("late", [0.5, 20])
@pytest.mark.parametrize("kind", ["actor", "service", "service that returns"])
async def test_start_that_comes_late_is_no_start(
    autojump_clock: MockClock, system: System, recorder: Recorder, kind: str, late: float
) -> None:
    """What cannot be cancelled and becomes ready after its time, stuck or not, has failed, and leaves no trace."""
    diary: list[object] = []

    class Late(Actor[object]):
        async def started(self) -> None:
            self.context.self_ref.tell_nowait("hello")
            with trio.move_on_after(2 + late, shield=True):
                await trio.sleep_forever()

        async def handle(self, message: object) -> None:
            diary.append(message)

        async def stopped(self) -> None:
            diary.append("stopped")

    async def serve(context: Context) -> None:
        with trio.move_on_after(2 + late, shield=True):
            await trio.sleep_forever()
        context.started()
        if kind == "service":
            await trio.sleep_forever()

    with pytest.raises(ActorFailed) as caught:
        await system.start_child(
            ChildSpec(name="late", start=Late if kind == "actor" else serve, restart=Restart.PERMANENT, start_timeout=2)
        )
    assert isinstance(caught.value.__cause__, trio.TooSlowError)
    await trio.sleep(60)
    assert system.children() == ()
    assert diary == (["stopped"] if kind == "actor" else [])
    assert [(event.path, event.reason) for event in recorder.events if isinstance(event, ChildEnded)] == [
        ("app/late", EndReason.FAILED)
    ]
    assert not [event for event in recorder.events if isinstance(event, ChildStarted)]


async def test_stale_cancellation_is_a_failure_of_the_actor(
    autojump_clock: MockClock, system: System, recorder: Recorder
) -> None:
    """A `Cancelled` that an actor kept and raises again outside of its scope harms nobody else."""
    kept: list[BaseException] = []

    async def keep() -> None:
        with trio.move_on_after(1):
            try:
                await trio.sleep_forever()
            except trio.Cancelled as error:
                kept.append(error)
                raise

    await keep()
    ref = await system.start_child(ChildSpec(name="cleaner", start=Cleaner))
    await ref.tell(kept[0])
    await trio.sleep(1)
    assert failures(recorder) == [trio.Cancelled]
    assert ref.snapshot().state is State.RUNNING


@pytest.mark.parametrize("where", ["handle", "stopped"])
async def test_interrupt_in_an_actor_leaves_the_system_as_itself(autojump_clock: MockClock, where: str) -> None:
    """`KeyboardInterrupt` raised in an actor stops the system in order and leaves it as itself."""
    interrupt = KeyboardInterrupt()
    other = Cleaner()
    cleaner = Cleaner(error=interrupt if where == "stopped" else None)
    with pytest.raises(KeyboardInterrupt) as caught:  # noqa: PT012 - the system is part of it
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="other", start=lambda: other))
            ref = await system.start_child(ChildSpec(name="cleaner", start=lambda: cleaner))
            await ref.tell(interrupt if where == "handle" else LookupError())
            await trio.sleep_forever()
    assert caught.value is interrupt
    assert other.cleaned


async def test_actor_without_pipelines_shows_no_tasks(autojump_clock: MockClock, system: System) -> None:
    """An actor in which no pipeline runs has no tasks to show."""
    ref = await system.start_child(ChildSpec(name="cleaner", start=Cleaner))
    assert ref.snapshot().tasks == ()


async def test_budget_of_the_system_cuts_messages_before_clean_up(autojump_clock: MockClock) -> None:
    """Nine tenths of the budget are for the work in hand; clean-up may use what is left, and no more."""
    begun = trio.current_time()
    slow, endless = Cleaner(seconds=9.5), Cleaner(seconds=100)
    async with open_system("app", shutdown_timeout=10) as system:
        spec = ChildSpec(name="endless", start=lambda: endless, stop_timeout=100)
        await (await system.start_child(spec)).tell(1000.0)
        await system.start_child(ChildSpec(name="slow", start=lambda: slow, stop_timeout=100))
        await wait_all_tasks_blocked()
    assert trio.current_time() - begun == pytest.approx(10)
    assert slow.cleaned
    assert not endless.cleaned


async def test_readiness_counts_once_and_not_while_stopping(autojump_clock: MockClock, system: System) -> None:
    """`context.started` again is no matter; said after the stop, it makes nothing ready; and the stop can be seen."""
    seen: list[bool] = []

    async def serve(context: Context) -> None:
        context.started()
        context.started()
        assert not context.stopping.is_set()
        await context.stopping.wait()

    async def late(context: Context) -> None:
        with trio.CancelScope(shield=True):
            await trio.sleep(0.5)
        seen.append(context.stopping.is_set())
        context.started()

    ref = await system.start_child(ChildSpec(name="service", start=serve))
    ref.stop()
    assert (await ref.wait_stopped()).reason is EndReason.STOPPED
    with trio.move_on_after(0.1):
        await system.start_child(ChildSpec(name="late", start=late))
    assert seen == [True]
    assert system.children() == ()


async def test_services_have_no_messages(autojump_clock: MockClock) -> None:
    """A service has no mailbox for a timer's message, nothing to set aside and nothing to take up again."""

    async def serve(context: Context) -> None:
        for attempt in (lambda: context.timers, context.stash, context.unstash_all):
            with pytest.raises(RuntimeError):
                attempt()
        assert context.deadline == inf
        context.started()
        await trio.sleep_forever()

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="service", start=serve))
        assert "sleep_forever" in ref.stack()


async def test_interrupt_in_an_actors_nursery_leaves_as_itself(autojump_clock: MockClock) -> None:
    """Whatever group the actor's own nursery makes of it, what ends the system is the interrupt."""

    async def interrupt() -> None:
        raise KeyboardInterrupt

    async def serve(context: Context) -> None:
        context.started()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(interrupt)
            nursery.start_soon(interrupt)

    async def run() -> None:
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="service", start=serve))
            await trio.sleep_forever()

    with pytest.raises(KeyboardInterrupt):
        await run()
