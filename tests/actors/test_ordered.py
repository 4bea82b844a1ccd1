"""Children start in order, stop in reverse, and are restarted by strategy."""

from __future__ import annotations

from collections import Counter

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context, Supervisor, SupervisorRef
from smarthealth.actors.errors import ActorFailed, ActorStopped, SupervisionError
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import State, WaitReason
from smarthealth.actors.system import System, open_system

AT_ONCE = Backoff(initial=0)


class Troupe:
    """Makes children that write down what happens to them and do what they are told."""

    def __init__(self) -> None:
        self.diary: list[str] = []
        self.starts: Counter[str] = Counter()
        self.fail_starts: Counter[str] = Counter()
        self.slow: dict[str, float] = {}

    def spec(self, name: str, restart: Restart | None = None) -> ChildSpec:
        """A member."""
        return ChildSpec(name=name, start=lambda: Member(self, name), restart=restart)

    def read(self) -> list[str]:
        """What was written since the last time."""
        page, self.diary = self.diary, []
        return page


class Member(Actor[object]):
    """One of the troupe."""

    def __init__(self, troupe: Troupe, name: str) -> None:
        self.troupe = troupe
        self.name = name

    async def started(self) -> None:
        """Take the time, fail if told to, write."""
        troupe = self.troupe
        await trio.sleep(troupe.slow.get(self.name, 0))
        troupe.starts[self.name] += 1
        if troupe.fail_starts[self.name]:
            troupe.fail_starts[self.name] -= 1
            troupe.diary.append(f"?{self.name}")
            raise OSError
        troupe.diary.append(f"+{self.name}")

    async def handle(self, message: object) -> object:
        """Raise, finish, or call."""
        if isinstance(message, Exception):
            raise message
        if message == "finish":
            self.context.finish()
        if message == "stand":
            with trio.move_on_after(20, shield=True):
                await trio.sleep_forever()
        return None

    async def stopped(self) -> None:
        """Write."""
        self.troupe.diary.append(f"-{self.name}")


@pytest.fixture
def troupe() -> Troupe:
    """A fresh troupe."""
    return Troupe()


async def start(system: System, policy: Supervisor, restart: Restart | None = None) -> SupervisorRef:
    """A supervisor named `sup`."""
    return await system.start_supervisor(ChildSpec(name="sup", start=policy, restart=restart))


def member(supervisor: SupervisorRef, name: str) -> ActorRef[object]:
    """The reference of a child that must be there."""
    ref = supervisor.child(name)
    assert ref is not None
    return ref


async def crash(supervisor: SupervisorRef, name: str) -> None:
    """Have a child fail, and wait for what comes of it."""
    await member(supervisor, name).tell(LookupError())
    await trio.sleep(1)


async def test_next_starts_when_the_one_before_is_ready(autojump_clock: MockClock, troupe: Troupe) -> None:
    """Children start one after the other; stopping goes the other way, one by one."""
    troupe.slow = {"a": 2, "b": 1}
    async with open_system("app") as system:
        sup = await start(system, Supervisor(children=tuple(map(troupe.spec, "abc"))))
        assert troupe.read() == ["+a", "+b", "+c"]
        sup.stop()
        await sup.wait_stopped()
        assert troupe.read() == ["-c", "-b", "-a"]
        assert system.children() == ()


async def test_references_to_siblings_are_good_before_they_start(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A child that starts first may look up, and tell, one that starts later; the message waits for it."""

    async def first(context: Context) -> None:
        later = context.parent.child("later")
        assert later is not None
        await later.tell("finish")
        context.started()
        await trio.sleep_forever()

    children = (ChildSpec(name="first", start=first), troupe.spec("later", Restart.TRANSIENT))
    async with open_system("app") as system:
        sup = await start(system, Supervisor(children=children))
        await trio.sleep(1)
        assert troupe.read() == ["+later", "-later"]
        assert member(sup, "later").snapshot().state is State.STOPPED


async def test_failed_start_rolls_back_in_reverse(autojump_clock: MockClock, troupe: Troupe) -> None:
    """When a child cannot start, those before it are stopped in reverse, and the supervisor's start has failed."""
    troupe.fail_starts["c"] = 1
    async with open_system("app") as system:
        with pytest.raises(ActorFailed) as caught:
            await start(system, Supervisor(children=tuple(map(troupe.spec, "abcd"))))
        assert isinstance(caught.value.__cause__, OSError)
        assert troupe.read() == ["+a", "+b", "?c", "-b", "-a"]
        assert system.children() == ()


async def test_stop_during_the_start_rolls_back(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A supervisor stopped while its children start stops those that have, and those after it never start."""
    troupe.slow = {"b": 1}
    async with open_system("app") as system, trio.open_nursery() as nursery:

        async def begin() -> None:
            with pytest.raises(ActorStopped):
                await start(system, Supervisor(children=tuple(map(troupe.spec, "abc"))))

        nursery.start_soon(begin)
        await trio.sleep(0.5)
        system.children()[0].stop()
        await trio.sleep(1)
        assert troupe.read() == ["+a", "+b", "-b", "-a"]


async def test_child_stopped_before_its_turn_never_starts(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A child that is stopped for good before its turn to start is passed over."""
    troupe.slow = {"a": 1}
    async with open_system("app") as system, trio.open_nursery() as nursery:
        nursery.start_soon(start, system, Supervisor(children=tuple(map(troupe.spec, "abc"))))
        await trio.sleep(0.5)
        sup = system.children()[0]
        assert isinstance(sup, SupervisorRef)
        member(sup, "b").stop()
        await trio.sleep(1)
        assert troupe.read() == ["+a", "+c"]
        assert [child.name for child in sup.children()] == ["a", "c"]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (Strategy.ONE_FOR_ONE, ["-b", "+b"]),
        (Strategy.ONE_FOR_ALL, ["-b", "-d", "-c", "-a", "+a", "+b", "+c", "+d"]),
        (Strategy.REST_FOR_ONE, ["-b", "-d", "-c", "+b", "+c", "+d"]),
    ],
)
async def test_strategy_says_who_is_restarted(
    autojump_clock: MockClock, troupe: Troupe, strategy: Strategy, expected: list[str]
) -> None:
    """The group of a child that failed is stopped in reverse before any of it is started again, in order."""
    async with open_system("app") as system:
        policy = Supervisor(children=tuple(map(troupe.spec, "abcd")), strategy=strategy, backoff=AT_ONCE)
        sup = await start(system, policy)
        troupe.read()
        refs = sup.children()
        await crash(sup, "b")
        assert troupe.read() == expected
        assert sup.children() == refs, "references stay good"


async def test_group_restart_drops_temporary_and_revives_finished_children(
    autojump_clock: MockClock, troupe: Troupe
) -> None:
    """A group restart starts a transient child again that had finished, and lets temporary ones go."""
    children = (
        troupe.spec("a"),
        troupe.spec("finished", Restart.TRANSIENT),
        troupe.spec("passing", Restart.TEMPORARY),
        troupe.spec("z"),
    )
    async with open_system("app") as system:
        policy = Supervisor(children=children, strategy=Strategy.ONE_FOR_ALL, backoff=AT_ONCE)
        sup = await start(system, policy)
        finished = member(sup, "finished")
        await finished.tell("finish")
        await finished.wait_stopped()
        troupe.read()
        await crash(sup, "z")
        assert troupe.read() == ["-z", "-passing", "-a", "+a", "+finished", "+z"]
        assert [child.name for child in sup.children()] == ["a", "finished", "z"]
        await finished.tell("finish")
        await finished.wait_stopped()


async def test_failure_during_a_group_restart_starts_the_plan_anew(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A child that fails again while its group is restarted counts again; those already up are stopped first."""
    async with open_system("app") as system:
        policy = Supervisor(
            children=tuple(map(troupe.spec, "abc")), strategy=Strategy.ONE_FOR_ALL, backoff=AT_ONCE, intensity=5
        )
        sup = await start(system, policy)
        troupe.read()
        troupe.fail_starts["b"] = 1
        await crash(sup, "c")
        assert troupe.read() == ["-c", "-b", "-a", "+a", "?b", "-a", "+a", "+b", "+c"]


async def test_failure_of_an_earlier_child_during_a_restart_widens_the_plan(
    autojump_clock: MockClock, troupe: Troupe
) -> None:
    """A second failure, before the first one's restart is done, joins both groups; the later pause counts."""
    async with open_system("app") as system:
        policy = Supervisor(
            children=tuple(map(troupe.spec, "abcd")),
            strategy=Strategy.REST_FOR_ONE,
            backoff=Backoff(initial=10, jitter=0),
        )
        sup = await start(system, policy)
        troupe.read()
        begun = trio.current_time()
        await crash(sup, "c")
        assert troupe.read() == ["-c", "-d"]
        await trio.sleep(4)
        await crash(sup, "b")
        await trio.sleep(8)
        assert troupe.read() == ["-b"]
        await trio.sleep(5)
        assert troupe.read() == ["+b", "+c", "+d"]
        assert trio.current_time() - begun < 20


async def test_stop_during_a_pause_starts_nothing_more(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A supervisor stopped while it waits for a restart stops what runs, and its restart does not come."""
    for strategy in (Strategy.ONE_FOR_ALL, Strategy.ONE_FOR_ONE):
        async with open_system("app") as system:
            policy = Supervisor(
                children=tuple(map(troupe.spec, "ab")), strategy=strategy, backoff=Backoff(initial=10, jitter=0)
            )
            sup = await start(system, policy)
            await crash(sup, "b")
            troupe.read()
            sup.stop()
            await sup.wait_stopped()
            await trio.sleep(30)
            assert "+b" not in troupe.read()


async def test_flapping_child_does_not_hold_up_its_siblings(autojump_clock: MockClock, troupe: Troupe) -> None:
    """One for one, the restart of one child does not wait for the long pause before another's."""
    async with open_system("app") as system:
        policy = Supervisor(
            children=tuple(map(troupe.spec, "ab")),
            backoff=Backoff(initial=1, factor=20, jitter=0, maximum=100),
            intensity=10,
        )
        sup = await start(system, policy)
        await crash(sup, "a")
        await crash(sup, "a")
        troupe.read()
        await crash(sup, "b")
        await trio.sleep(1)
        assert troupe.read() == ["-b", "+b"]
        await trio.sleep(20)
        assert troupe.read() == ["+a"]


async def test_restarted_supervisor_starts_its_children_afresh(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A supervisor that gave up is restarted by its own; references to its children stay good, adopted ones are gone."""
    children = (troupe.spec("a"), troupe.spec("b", Restart.TEMPORARY))
    async with open_system("app", backoff=AT_ONCE) as system:
        sup = await start(system, Supervisor(children=children, intensity=0))
        adopted = await sup.start_child(troupe.spec("adopted"))
        a = member(sup, "a")
        troupe.read()
        await a.tell(LookupError())
        await a.tell("queued")
        await trio.sleep(1)
        assert troupe.read() == ["-a", "-adopted", "-b", "+a", "+b"]
        assert member(sup, "a") == a
        assert sup.child("adopted") is None
        assert sup.child("b") is not None
        await adopted.wait_stopped()


async def test_child_started_on_demand_waits_for_the_plan(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A child added while a group is being restarted, or while the supervisor starts, takes its place at the end."""
    troupe.slow = {"a": 1}
    policy = Supervisor(children=tuple(map(troupe.spec, "ab")), strategy=Strategy.ONE_FOR_ALL, backoff=AT_ONCE)
    async with open_system("app") as system, trio.open_nursery() as nursery:
        nursery.start_soon(start, system, policy)
        await trio.sleep(0.5)
        sup = system.children()[0]
        assert isinstance(sup, SupervisorRef)
        await sup.start_child(troupe.spec("c"))
        assert troupe.read() == ["+a", "+b", "+c"]
        await member(sup, "b").tell(LookupError())
        await wait_all_tasks_blocked()
        await sup.start_child(troupe.spec("d"))
        assert troupe.read() == ["-b", "-c", "-a", "+a", "+b", "+c", "+d"]
        await sup.start_child(troupe.spec("e"))
        assert troupe.read() == ["+e"]


async def test_child_on_demand_that_fails_in_the_plan_leaves_no_trace(
    autojump_clock: MockClock, troupe: Troupe
) -> None:
    """A child whose first start fails is forgotten, also when it waited for its turn, and the plan goes on."""
    troupe.slow = {"a": 1}
    troupe.fail_starts["c"] = 1
    async with open_system("app") as system, trio.open_nursery() as nursery:
        nursery.start_soon(start, system, Supervisor(children=tuple(map(troupe.spec, "ab"))))
        await trio.sleep(0.5)
        sup = system.children()[0]
        assert isinstance(sup, SupervisorRef)
        with pytest.raises(ActorFailed):
            await sup.start_child(troupe.spec("c"))
        assert [child.name for child in sup.children()] == ["a", "b"]
        assert sup.snapshot().state is State.RUNNING


async def test_temporary_child_whose_turn_has_not_come_keeps_it(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A new plan does not forget a temporary child that was to start for the first time; its starter is answered."""
    troupe.slow = {"a": 1}
    policy = Supervisor(
        children=tuple(map(troupe.spec, "ab")), strategy=Strategy.ONE_FOR_ALL, backoff=Backoff(initial=5, jitter=0)
    )
    async with open_system("app") as system:
        sup = await start(system, policy)
        await crash(sup, "b")
        troupe.read()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sup.start_child, troupe.spec("c", Restart.TEMPORARY))
            await trio.sleep(4.5)
            troupe.fail_starts["a"] = 1
            await trio.sleep(20)
        assert troupe.read() == ["?a", "+a", "+b", "+c"]


@pytest.mark.parametrize("strategy", [Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE])
async def test_start_into_a_group_that_keeps_failing_is_answered(
    autojump_clock: MockClock, troupe: Troupe, strategy: Strategy
) -> None:
    """Who starts a child in a group that cannot start hears so after its fourth failure, though its supervisor goes on."""
    policy = Supervisor(
        children=tuple(map(troupe.spec, "ab")), strategy=strategy, intensity=1000, backoff=Backoff(initial=1, factor=1)
    )
    async with open_system("app") as system:
        sup = await start(system, policy)
        troupe.fail_starts["b"] = 100
        await crash(sup, "a")
        with trio.fail_after(10), pytest.raises(ActorStopped) as caught:
            await sup.start_child(troupe.spec("c"))
        assert isinstance(caught.value.__cause__, OSError)
        assert sup.child("c") is None
        assert "+c" not in troupe.diary
        assert sup.snapshot().state is State.RUNNING
        troupe.fail_starts["b"] = 1
        await sup.start_child(troupe.spec("c"))
        assert troupe.diary[-2:] == ["+b", "+c"]


async def test_start_that_its_group_keeps_cutting_off_is_answered(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A child that is halted again and again before it is ready is given up; so is one that fails when its turn came again."""
    troupe.slow = {"c": 2, "d": 2}
    policy = Supervisor(
        children=(troupe.spec("a"), ChildSpec(name="b", start=brief)),
        strategy=Strategy.ONE_FOR_ALL,
        intensity=1000,
        backoff=AT_ONCE,
    )
    async with open_system("app") as system:
        sup = await start(system, policy)
        with trio.fail_after(10), pytest.raises(ActorStopped):
            await sup.start_child(troupe.spec("c"))
        assert [child.name for child in sup.children()] == ["a", "b"]
        troupe.fail_starts["d"] = 2
        troupe.slow["d"] = 0.7
        await trio.sleep(0.5)
        with trio.fail_after(10), pytest.raises(ActorFailed):
            await sup.start_child(troupe.spec("d"))
        assert "+d" not in troupe.diary


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_supervisor_whose_group_keeps_failing_while_it_starts_gives_up(
    autojump_clock: MockClock, troupe: Troupe, strategy: Strategy
) -> None:
    """A child that fails while a later one starts has both started anew, a few times; one for one, it holds up nobody."""
    troupe.slow = {"z": 3}
    children = (ChildSpec(name="brief", start=brief), troupe.spec("z"))
    policy = Supervisor(children=children, strategy=strategy, intensity=1000, backoff=Backoff(initial=6))
    async with open_system("app") as system:
        begun = trio.current_time()
        if strategy is Strategy.ONE_FOR_ONE:
            assert (await start(system, policy)).snapshot().state is State.RUNNING
            assert trio.current_time() - begun == pytest.approx(3)
            return
        with pytest.raises(ActorFailed) as caught:
            await start(system, policy)
        assert isinstance(caught.value.__cause__, SupervisionError)
        assert 20 < trio.current_time() - begun < 60
        assert system.children() == ()


async def brief(context: Context) -> None:
    """Be ready, and return after a second."""
    context.started()
    await trio.sleep(1)


async def test_stuck_child_is_waited_for_before_it_is_started_again(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A restart never begins while the old incarnation still runs, however long it is stuck."""
    async with open_system("app") as system:
        policy = Supervisor(children=tuple(map(troupe.spec, "ab")), strategy=Strategy.ONE_FOR_ALL, backoff=AT_ONCE)
        sup = await start(system, policy)
        troupe.read()
        begun = trio.current_time()
        await member(sup, "a").tell("stand")
        await wait_all_tasks_blocked()
        await crash(sup, "b")
        assert troupe.read() == ["-b"]
        await trio.sleep(10)
        assert member(sup, "a").snapshot().state is State.STUCK
        await trio.sleep(10)
        assert troupe.read() == ["-a", "+a", "+b"]
        assert trio.current_time() - begun < 22


async def test_stop_for_good_overtakes_a_group_restart(autojump_clock: MockClock, troupe: Troupe) -> None:
    """A supervisor stopped while a child ends for a restart ends that child for good."""
    async with open_system("app") as system:
        policy = Supervisor(children=tuple(map(troupe.spec, "ab")), strategy=Strategy.ONE_FOR_ALL, backoff=AT_ONCE)
        sup = await start(system, policy)
        troupe.read()
        await member(sup, "a").tell("stand")
        await wait_all_tasks_blocked()
        await member(sup, "b").tell(LookupError())
        await wait_all_tasks_blocked()
        a = member(sup, "a")
        sup.stop()
        assert a.tell_nowait("late") is False
        await sup.wait_stopped()
        await trio.sleep(30)
        assert troupe.read() == ["-b", "-a"]


async def test_child_stopped_by_hand_stays_away_from_group_restarts(autojump_clock: MockClock, troupe: Troupe) -> None:
    """`ref.stop()` is for good: no strategy brings the child back."""
    async with open_system("app") as system:
        policy = Supervisor(children=tuple(map(troupe.spec, "abc")), strategy=Strategy.ONE_FOR_ALL, backoff=AT_ONCE)
        sup = await start(system, policy)
        troupe.read()
        b = member(sup, "b")
        b.stop()
        await b.wait_stopped()
        await crash(sup, "a")
        assert troupe.read() == ["-b", "-a", "-c", "+a", "+c"]
        assert sup.child("b") is None


async def test_thousand_children_start_and_stop(autojump_clock: MockClock) -> None:
    """Children that are ready at once do not nest the supervisor's calls, however many there are."""
    children = tuple(ChildSpec(name=str(number), start=Supervisor()) for number in range(2000))
    async with open_system("app") as system:
        sup = await start(system, Supervisor(children=children))
        assert len(sup.children()) == 2000
        sup.stop()
        await sup.wait_stopped()


async def test_snapshot_shows_whose_turn_it_is(autojump_clock: MockClock) -> None:
    """A supervisor that starts, or stops, waits for one child; those that come later wait for that one too."""

    class Slow(Actor[object]):
        async def started(self) -> None:
            await trio.sleep(2)

        async def stopped(self) -> None:
            await trio.sleep(2)

    children = tuple(ChildSpec(name=name, start=Slow) for name in "ab")
    async with open_system("app") as system, trio.open_nursery() as nursery:
        nursery.start_soon(system.start_supervisor, ChildSpec(name="sup", start=Supervisor(children=children)))
        await trio.sleep(1)
        sup = system.child("sup")
        assert isinstance(sup, SupervisorRef)
        seen = [(shot.waiting_for, shot.waiting_why) for shot in sup.snapshot().walk()]
        assert seen == [("app/sup/a", WaitReason.START), (None, None), ("app/sup/a", WaitReason.START)]
        await trio.sleep(5)
        assert [shot.waiting_for for shot in sup.snapshot().walk()] == [None] * 3
        sup.stop()
        assert (sup.snapshot().waiting_for, sup.snapshot().waiting_why) == ("app/sup/b", WaitReason.STOP)
