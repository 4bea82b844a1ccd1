"""How a system opens and closes, and what leaves it."""

from __future__ import annotations

import signal

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context, Supervisor
from smarthealth.actors.errors import ActorFailed, ActorStopped, SupervisionError
from smarthealth.actors.events import (
    ChildEnded,
    ChildFailed,
    ChildStarted,
    DeadLetter,
    EndReason,
    Instrument,
    RuntimeEvent,
)
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.system import open_system


class Recorder(Actor[object]):
    """Writes down its end; raises what it is told."""

    def __init__(self, diary: list[str], seconds: float = 0) -> None:
        self.diary = diary
        self.seconds = seconds

    async def handle(self, message: object) -> None:
        """Raise errors."""
        if isinstance(message, BaseException):
            raise message

    async def stopped(self) -> None:
        """Take some time, then write."""
        await trio.sleep(self.seconds)
        self.diary.append(self.context.name)


async def crash(context: Context) -> None:
    """Fail after a second."""
    context.started()
    await trio.sleep(1)
    raise LookupError(context.restarts)


async def stand(context: Context) -> None:
    """Do nothing, and do not notice the stop for a while."""
    context.started()
    with trio.move_on_after(30, shield=True):
        await trio.sleep_forever()


async def test_leaving_the_block_stops_all_in_reverse(autojump_clock: MockClock) -> None:
    """When the body is left, children are stopped one by one, the last one started first."""
    diary: list[str] = []
    begun = trio.current_time()
    async with open_system("app") as system:
        for name in "abc":
            await system.start_child(ChildSpec(name=name, start=lambda: Recorder(diary, seconds=1)))
    assert diary == ["c", "b", "a"]
    assert trio.current_time() - begun == pytest.approx(3)
    with pytest.raises(ActorStopped):
        await system.start_child(ChildSpec(name="d", start=lambda: Recorder(diary)))


async def test_stop_leaves_the_body_alone(autojump_clock: MockClock) -> None:
    """`System.stop` ends the actors; the body waits for that if it wants to, and goes on."""
    diary: list[str] = []
    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="a", start=lambda: Recorder(diary)))
        system.stop()
        system.stop()
        down = await system.wait_stopped()
        await trio.sleep(1)
        diary.append("body")
    assert diary == ["a", "body"]
    assert down.reason is EndReason.STOPPED


async def test_errors_of_the_body_leave_as_themselves(autojump_clock: MockClock) -> None:
    """What the body raises, be it a group, leaves unchanged, after the ordered stop."""
    diary: list[str] = []
    for error in (KeyError("body"), ExceptionGroup("body", [KeyError()]), StopIteration(), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught:  # noqa: PT012 - the system is part of it
            async with open_system("app") as system:
                await system.start_child(ChildSpec(name="a", start=lambda: Recorder(diary)))
                raise error
        assert caught.value is error
    assert diary == ["a"] * 4


async def test_outer_cancellation_stops_in_order_and_goes_on(autojump_clock: MockClock) -> None:
    """Cancelled from outside, the system stops in order, nothing fails or restarts, and `Cancelled` goes on."""
    diary: list[str] = []
    events: list[RuntimeEvent] = []
    with trio.move_on_after(1) as scope:
        async with open_system("app") as system, system.open_events() as stream:
            for name in "ab":
                await system.start_child(ChildSpec(name=name, start=lambda: Recorder(diary, seconds=1)))
            try:
                await trio.sleep_forever()
            finally:
                while (event := stream.receive_nowait()) is not None:
                    events.append(event)
    assert scope.cancelled_caught
    assert diary == ["b", "a"]
    assert not any(isinstance(event, ChildFailed) for event in events)


async def test_giving_up_is_one_error_with_its_causes(autojump_clock: MockClock) -> None:
    """When failures pass the limit the body is cancelled, and one `SupervisionError` with the failures leaves."""
    diary: list[str] = []
    with pytest.raises(SupervisionError) as caught:  # noqa: PT012 - the system is part of it
        async with open_system("app", intensity=2, period=60, backoff=Backoff(initial=0)) as system:
            await system.start_child(ChildSpec(name="a", start=lambda: Recorder(diary)))
            await system.start_child(ChildSpec(name="crash", start=crash))
            try:
                await trio.sleep_forever()
            finally:
                diary.append("body")
    assert caught.value.path == "app"
    assert [(type(cause), *cause.args) for cause in caught.value.causes] == [
        (LookupError, 0),
        (LookupError, 1),
        (LookupError, 2),
    ]
    assert sorted(diary) == ["a", "body"]


async def test_error_of_a_body_that_was_cancelled_is_a_cause_more(autojump_clock: MockClock) -> None:
    """If the cancelled body raises, that is added to the causes of the error that leaves."""
    error = KeyError()
    with pytest.raises(SupervisionError) as caught:  # noqa: PT012 - the system is part of it
        async with open_system("app", intensity=0) as system:
            await system.start_child(ChildSpec(name="crash", start=crash))
            try:
                await trio.sleep_forever()
            finally:
                raise error
    assert [type(cause) for cause in caught.value.causes] == [LookupError, KeyError]


async def test_cancellation_wins_over_giving_up(autojump_clock: MockClock) -> None:
    """If the system gives up while it is cancelled from outside, the cancellation goes on."""
    with trio.CancelScope() as scope:
        async with open_system("app", intensity=0) as system:
            await system.start_child(ChildSpec(name="crash", start=crash))
            try:
                await trio.sleep_forever()
            finally:
                scope.cancel()
                await trio.lowlevel.checkpoint()
    assert scope.cancelled_caught


async def test_cancellation_wins_over_giving_up_in_a_group_too(autojump_clock: MockClock) -> None:
    """A nursery in the body makes a group of the cancellation, which goes on all the same."""
    with trio.CancelScope() as scope:
        async with open_system("app", intensity=0) as system:
            await system.start_child(ChildSpec(name="crash", start=crash))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(trio.sleep_forever)
                try:
                    await trio.sleep_forever()
                finally:
                    scope.cancel()
    assert scope.cancelled_caught


async def test_interrupt_wins_over_giving_up(autojump_clock: MockClock) -> None:
    """`KeyboardInterrupt` is no cause among others, and leaves as itself."""
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the system is part of it
        async with open_system("app", intensity=0) as system:
            await system.start_child(ChildSpec(name="crash", start=crash))
            try:
                await trio.sleep_forever()
            finally:
                raise KeyboardInterrupt


async def test_failed_start_is_the_bodys_error(autojump_clock: MockClock) -> None:
    """A start that fails raises where it was asked for, and leaves as itself unless the body handles it."""

    def unmakeable() -> Recorder:
        raise LookupError

    with pytest.raises(ActorFailed):
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="unmakeable", start=unmakeable))


async def test_one_budget_limits_the_stop(autojump_clock: MockClock) -> None:
    """However many children take too long, the whole stop takes no longer than `shutdown_timeout`."""
    begun = trio.current_time()
    async with open_system("app", shutdown_timeout=4) as system:
        for number in range(10):
            spec = ChildSpec(name=str(number), start=lambda: Recorder([], seconds=3), stop_timeout=100)
            await system.start_child(spec)
    assert trio.current_time() - begun == pytest.approx(4)


async def test_stuck_task_does_not_hold_up_the_others(autojump_clock: MockClock) -> None:
    """The stop goes on past a task that does not end; the block itself can only be left when that has ended."""
    diary: list[str] = []
    begun = trio.current_time()
    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="a", start=lambda: Recorder(diary)))
        await system.start_child(ChildSpec(name="stand", start=stand))
        system.stop()
        await system.wait_stopped()
        assert diary == ["a"]
        assert trio.current_time() - begun == pytest.approx(1)
    assert trio.current_time() - begun == pytest.approx(30)


def test_interrupt_stops_in_order_and_leaves_as_itself() -> None:
    """Control-C while the body waits stops the system in order."""
    diary: list[str] = []

    async def main() -> None:
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="a", start=lambda: Recorder(diary)))
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        trio.run(main, clock=MockClock(autojump_threshold=0))
    assert diary == ["a"]


def test_second_interrupt_ends_at_once() -> None:
    """Control-C again, while all ends in order, cancels what still runs."""
    diary: list[str] = []
    times: list[float] = []

    @trio.lowlevel.enable_ki_protection
    async def press_again() -> None:
        await trio.sleep(2)
        signal.raise_signal(signal.SIGINT)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(press_again)
            begun = trio.current_time()
            try:
                async with open_system("app") as system:
                    spec = ChildSpec(name="a", start=lambda: Recorder(diary, seconds=100), stop_timeout=100)
                    await system.start_child(spec)
                    raise KeyboardInterrupt
            finally:
                times.append(trio.current_time() - begun)

    with pytest.raises(BaseExceptionGroup) as caught:
        trio.run(main, clock=MockClock(autojump_threshold=0))
    assert caught.group_contains(KeyboardInterrupt, depth=1)
    assert diary == []
    assert times == [pytest.approx(2)]


def test_interrupt_while_only_a_stuck_task_is_left() -> None:
    """Control-C while the block waits for a stuck task leaves as itself when that has ended."""

    @trio.lowlevel.enable_ki_protection
    async def press() -> None:
        await trio.sleep(10)
        signal.raise_signal(signal.SIGINT)

    caught: list[BaseException] = []

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(press)
            try:
                async with open_system("app") as system:
                    await system.start_child(ChildSpec(name="stand", start=stand))
            except BaseException as error:
                caught.append(error)
                raise

    with pytest.raises(BaseExceptionGroup):
        trio.run(main, clock=MockClock(autojump_threshold=0))
    assert [type(error) for error in caught] == [KeyboardInterrupt]


async def test_systems_live_side_by_side_in_a_foreign_nursery(autojump_clock: MockClock) -> None:
    """Several systems run in one process, in tasks of an app that knows nothing of them, and end independently."""
    ended: list[str] = []

    async def run(name: str, seconds: float) -> None:
        async with open_system(name) as system:
            await system.start_child(ChildSpec(name="a", start=lambda: Recorder(ended)))
            await trio.sleep(seconds)
        ended.append(name)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run, "one", 1)
        nursery.start_soon(run, "two", 2)
        await trio.sleep(1.5)
        assert ended == ["a", "one"]
        nursery.cancel_scope.cancel()
    assert ended == ["a", "one", "a"]


async def test_system_may_be_opened_in_a_cancelled_scope(autojump_clock: MockClock) -> None:
    """A scope that is cancelled already cancels the body at its first checkpoint, and the system closes."""
    with trio.CancelScope() as scope:
        scope.cancel()
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="a", start=lambda: Recorder([])))
    assert scope.cancelled_caught


async def test_event_stream_tells_what_happens(autojump_clock: MockClock) -> None:
    """Starts, failures with the delay of the restart, ends and dead letters come as events, in order."""
    events: list[RuntimeEvent] = []
    async with open_system("app", backoff=Backoff(initial=0.5, jitter=0)) as system:
        async with system.open_events() as stream:
            ref = await system.start_child(ChildSpec(name="a", start=lambda: Recorder([])))
            error = LookupError()
            await ref.tell(error)
            await trio.sleep(1)
            ref.stop()
            await ref.tell("late")
            with trio.move_on_after(1):
                while True:
                    events.append(await anext(stream))
        assert not system._core.observed
    assert events == [
        ChildStarted(path="app/a", restarts=0),
        ChildFailed(path="app/a", error=error, restart_in=0.5),
        ChildStarted(path="app/a", restarts=1),
        DeadLetter(path="app/a", reason=Reason.STOPPED, message_type="str"),
        ChildEnded(path="app/a", reason=EndReason.STOPPED),
    ]
    assert system.dead_letters == {Reason.STOPPED: 1}


async def test_instrument_hears_from_the_start(autojump_clock: MockClock) -> None:
    """An instrument given to the system hears of everything up to the system's own end."""
    heard: list[RuntimeEvent] = []

    class Hearer(Instrument):
        def on_event(self, event: RuntimeEvent) -> None:
            heard.append(event)

    async with open_system("app", instrument=Hearer()):
        pass
    assert heard == [ChildEnded(path="app", reason=EndReason.STOPPED)]


async def test_events_can_be_iterated(autojump_clock: MockClock) -> None:
    """A stream of events is an async iterator."""
    async with open_system("app") as system, system.open_events() as stream:
        await system.start_child(ChildSpec(name="a", start=lambda: Recorder([])))
        async for event in stream:
            assert event == ChildStarted(path="app/a", restarts=0)
            break


async def test_slow_reader_of_events_misses_the_oldest(autojump_clock: MockClock) -> None:
    """A stream keeps so many events and counts those that its reader missed."""
    async with open_system("app") as system, system.open_events(capacity=2) as stream:
        assert stream.receive_nowait() is None
        for name in "abc":
            await system.start_child(ChildSpec(name=name, start=lambda: Recorder([])))
        assert stream.missed == 1
        assert stream.receive_nowait() == ChildStarted(path="app/b", restarts=0)
        assert await anext(stream) == ChildStarted(path="app/c", restarts=0)


async def test_waiting_reader_of_events_wakes(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """A reader that waits for the next event gets it when it happens."""
    heard: list[RuntimeEvent] = []
    async with open_system("app") as system, system.open_events() as stream:

        async def read() -> None:
            heard.append(await anext(stream))

        nursery.start_soon(read)
        await wait_all_tasks_blocked()
        await system.start_child(ChildSpec(name="a", start=lambda: Recorder([])))
        await wait_all_tasks_blocked()
    assert heard == [ChildStarted(path="app/a", restarts=0)]


async def test_nested_supervisor_that_gives_up_is_shown_by_its_leaves(autojump_clock: MockClock) -> None:
    """The causes of the error that leaves are the failures of actors, not the surrender of supervisors between."""
    inner = Supervisor(children=(ChildSpec(name="crash", start=crash),), intensity=0)
    with pytest.raises(SupervisionError) as caught:  # noqa: PT012 - the system is part of it
        async with open_system("app", intensity=0) as system:
            await system.start_child(ChildSpec(name="inner", start=inner))
            await trio.sleep_forever()
    assert [type(cause) for cause in caught.value.causes] == [LookupError]


async def test_child_that_stays_away_is_no_failure(autojump_clock: MockClock) -> None:
    """A temporary child that crashes is reported and forgotten; the system goes on."""
    async with open_system("app", intensity=0) as system:
        await system.start_child(ChildSpec(name="crash", start=crash, restart=Restart.TEMPORARY))
        await trio.sleep(5)
        assert system.children() == ()


async def test_system_may_restart_what_comes_after(autojump_clock: MockClock) -> None:
    """With another strategy than one for one, children started after the one that failed are restarted with it."""
    diary: list[str] = []
    async with open_system("app", strategy=Strategy.REST_FOR_ONE, backoff=Backoff(initial=0)) as system:
        for name in "abc":
            await system.start_child(ChildSpec(name=name, start=lambda: Recorder(diary)))
        b = system.child("b")
        assert b is not None
        await b.tell(LookupError())
        await trio.sleep(1)
        assert diary == ["b", "c"]
        assert [child.snapshot().restarts for child in system.children()] == [0, 1, 1]


async def test_system_has_a_registry() -> None:
    """Its own, the same each time."""
    async with open_system("app") as system:
        assert system.registry is system.registry


@pytest.mark.parametrize("name", ["shutdown_timeout", "ask_timeout"])
@pytest.mark.parametrize("seconds", [-1.0, float("nan")])
async def test_settings_without_sense_are_refused(name: str, seconds: float) -> None:
    """What is negative, or no number, would never come or come too early."""
    with pytest.raises(ValueError, match=f"{name} must be >= 0"):
        async with open_system("app", **{name: seconds}):  # type: ignore[arg-type]  # the names are those of floats
            pass
