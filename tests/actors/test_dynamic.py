"""Children that come and go."""

from __future__ import annotations

import sys

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.errors import ActorFailed, ActorStopped, NameTaken, SupervisorFull
from smarthealth.actors.events import EndReason
from smarthealth.actors.policy import Backoff, Restart
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import System, open_system


class Slow(Actor[object]):
    """Takes its time to stop; raises what it is told."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    async def handle(self, message: object) -> None:
        """Raise errors."""
        if isinstance(message, BaseException):
            raise message

    async def stopped(self) -> None:
        """Sleep."""
        await trio.sleep(self.seconds)


async def idle(context: Context) -> None:
    """Wait."""
    context.started()
    await trio.sleep_forever()


async def stand(context: Context) -> None:
    """Do not notice the stop for a while."""
    context.started()
    with trio.move_on_after(30, shield=True):
        await trio.sleep_forever()


async def start(system: System, max_children: int = 1000, stop_timeout: float | None = None) -> SupervisorRef:
    """A dynamic supervisor named `many`."""
    policy = DynamicSupervisor(max_children=max_children, backoff=Backoff(initial=0))
    return await system.start_supervisor(ChildSpec(name="many", start=policy, stop_timeout=stop_timeout))


async def test_children_are_bounded_and_named(autojump_clock: MockClock) -> None:
    """There are no more children than allowed, no two of a name, and room again when one has ended."""
    async with open_system("app") as system:
        many = await start(system, max_children=2)
        first = await many.start_child(ChildSpec(name="1", start=Slow))
        with pytest.raises(NameTaken):
            await many.start_child(ChildSpec(name="1", start=Slow))
        await many.start_child(ChildSpec(name="2", start=Slow))
        with pytest.raises(SupervisorFull):
            await many.start_child(ChildSpec(name="3", start=Slow))
        first.stop()
        await first.wait_stopped()
        await many.start_child(ChildSpec(name="1", start=Slow))
        assert {child.name for child in many.children()} == {"1", "2"}


async def test_children_are_temporary_unless_they_say_otherwise(autojump_clock: MockClock) -> None:
    """A child that ends leaves the tree; one that is declared transient is restarted when it fails."""
    async with open_system("app") as system:
        many = await start(system)
        passing = await many.start_child(ChildSpec(name="passing", start=Slow))
        staying = await many.start_child(ChildSpec(name="staying", start=Slow, restart=Restart.TRANSIENT))
        for ref in (passing, staying):
            await ref.tell(LookupError())
        await trio.sleep(1)
        assert many.children() == (staying,)
        assert staying.snapshot().restarts == 1
        assert (await passing.wait_stopped()).reason is EndReason.FAILED


async def test_children_start_at_once(autojump_clock: MockClock) -> None:
    """A child that takes long to start does not hold up the next."""

    async def slow(context: Context) -> None:
        await trio.sleep(5)
        context.started()
        await trio.sleep_forever()

    async with open_system("app") as system:
        many = await start(system)
        begun = trio.current_time()
        async with trio.open_nursery() as nursery:
            for number in range(10):
                nursery.start_soon(many.start_child, ChildSpec(name=str(number), start=slow))
        assert trio.current_time() - begun == pytest.approx(5)


async def test_children_stop_at_once(autojump_clock: MockClock) -> None:
    """A hundred children that take a second each to stop are gone in a second."""
    async with open_system("app") as system:
        many = await start(system)
        for number in range(100):
            await many.start_child(ChildSpec(name=str(number), start=lambda: Slow(seconds=1)))
        begun = trio.current_time()
        many.stop()
        with pytest.raises(ActorStopped):
            await many.start_child(ChildSpec(name="late", start=Slow))
        await many.wait_stopped()
        assert trio.current_time() - begun == pytest.approx(1)


async def test_one_deadline_bounds_the_stop_of_all(autojump_clock: MockClock) -> None:
    """A dynamic supervisor with a `stop_timeout` cuts whatever of its children still works then."""
    async with open_system("app") as system:
        many = await start(system, stop_timeout=2)
        child = Supervisor(children=(ChildSpec(name="stand", start=drain, stop_timeout=60),))
        await many.start_child(ChildSpec(name="1", start=child))
        begun = trio.current_time()
        many.stop()
        await many.wait_stopped()
        assert trio.current_time() - begun == pytest.approx(2)


async def drain(context: Context) -> None:
    """Watch for the stop, then take very long."""
    stopping = context.stopping
    context.started()
    await stopping.wait()
    await trio.sleep(100)


async def test_stop_of_nobody_is_immediate(autojump_clock: MockClock) -> None:
    """A dynamic supervisor without children ends at once."""
    async with open_system("app") as system:
        many = await start(system)
        many.stop()
        await many.wait_stopped()
        assert system.children() == ()


async def test_child_that_waits_for_its_restart_is_let_go_at_the_stop(autojump_clock: MockClock) -> None:
    """A child whose restart is due later ends with its supervisor and does not come back."""
    policy = DynamicSupervisor(max_children=3, backoff=Backoff(initial=10))
    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=policy))
        flapping = await many.start_child(ChildSpec(name="1", start=Slow, restart=Restart.PERMANENT))
        await flapping.tell(LookupError())
        await trio.sleep(1)
        assert flapping.snapshot().state is State.WAITING
        many.stop()
        await many.wait_stopped()
        assert (await flapping.wait_stopped()).reason is EndReason.STOPPED
        await trio.sleep(20)
        assert flapping.snapshot().state is State.STOPPED


async def test_stuck_child_does_not_hold_up_the_stop(autojump_clock: MockClock) -> None:
    """The others' end is the supervisor's end; the place of a stuck child is free when it has ended."""
    async with open_system("app") as system:
        many = await start(system, max_children=2)
        stuck = await many.start_child(ChildSpec(name="stuck", start=stand))
        stuck.stop()
        await trio.sleep(2)
        assert stuck.snapshot().state is State.STUCK
        await many.start_child(ChildSpec(name="other", start=Slow))
        with pytest.raises(SupervisorFull):
            await many.start_child(ChildSpec(name="third", start=Slow))
        await trio.sleep(30)
        await many.start_child(ChildSpec(name="stuck", start=stand))
        begun = trio.current_time()
        many.stop()
        await many.wait_stopped()
        assert trio.current_time() - begun == pytest.approx(1)


async def test_cancelled_start_leaves_nothing_behind(autojump_clock: MockClock) -> None:
    """When the one who starts a child is cancelled, the child is stopped before the cancellation goes on."""
    ended: list[str] = []

    async def slow(_context: Context) -> None:
        try:
            await trio.sleep_forever()
        finally:
            ended.append("slow")

    async with open_system("app") as system:
        many = await start(system)
        with trio.move_on_after(1):
            await many.start_child(ChildSpec(name="slow", start=slow))
        assert ended == ["slow"]
        assert many.children() == ()


async def test_start_refused_at_once_raises(autojump_clock: MockClock) -> None:
    """A nested supervisor whose child cannot start fails as a whole."""

    def unmakeable() -> Slow:
        raise LookupError

    nested = Supervisor(children=(ChildSpec(name="a", start=Slow), ChildSpec(name="b", start=unmakeable)))
    async with open_system("app") as system:
        many = await start(system)
        with pytest.raises(ActorFailed) as caught:
            await many.start_child(ChildSpec(name="nested", start=nested))
        assert isinstance(caught.value.__cause__, LookupError)
        assert many.children() == ()


async def test_cost_of_a_child_does_not_grow_with_their_number(autojump_clock: MockClock) -> None:
    """Starting and stopping a child beside 1,000 others takes as many calls as beside ten."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    async def churn(many: SupervisorRef) -> int:
        nonlocal calls
        await wait_all_tasks_blocked()
        calls = 0
        sys.setprofile(count)
        try:
            for number in range(10):
                ref = await many.start_child(ChildSpec(name=f"new-{number}", start=Slow))
                ref.stop()
                await ref.wait_stopped()
        finally:
            sys.setprofile(None)
        return calls

    async with open_system("app") as system:
        many = await start(system, max_children=2000)
        for number in range(10):
            await many.start_child(ChildSpec(name=str(number), start=Slow))
        beside_few = await churn(many)
        for number in range(10, 1000):
            await many.start_child(ChildSpec(name=str(number), start=Slow))
        beside_many = await churn(many)
    assert beside_many < beside_few * 1.2


async def test_children_share_a_pattern(autojump_clock: MockClock) -> None:
    """A child of a dynamic supervisor is one of many: its pattern does not name it."""
    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=5)))
        assert many._cell.label("anybody") == "*"
