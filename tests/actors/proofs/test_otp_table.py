"""OTP's supervisor cases as a table: strategy, restart type and way of ending decide who is started again.

The expected values are written from OTP's documentation, quoted by section:

* [restart], [shutdown], [strategy], [max_intensity], [automatic shutdown]: OTP Design Principles, "Supervisor Behaviour",
  https://www.erlang.org/doc/system/sup_princ.html, in the sections of these anchors;
* [manual]: https://www.erlang.org/doc/apps/stdlib/supervisor.html.

Where this runtime differs on purpose, the row says so.
"""

from __future__ import annotations

import enum
import itertools
from collections import Counter
from collections.abc import Iterator

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Supervisor, SupervisorRef
from smarthealth.actors.errors import ActorFailed, ActorStopped, SupervisionError
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import (
    CrashMessage,
    FailStart,
    FailStop,
    FaultPlan,
    HangMessage,
    SlowStop,
    advance,
    check_invariants,
)

AT_ONCE = Backoff(initial=0, jitter=0)


@pytest.fixture(autouse=True)
def invariants() -> Iterator[None]:
    """Hold after each case."""
    with check_invariants():
        yield


class Way(enum.Enum):
    """How the child in the middle ends."""

    NORMAL = "ends normally"
    STOP = "is stopped"
    CRASH = "crashes"
    START_CRASH = "crashes, and crashes again in the start that follows"
    STOP_CRASH = "crashes in its clean-up when it is stopped"
    DOUBLE_CRASH = "crashes, and its clean-up crashes too"
    OUTSIDE = "is cancelled from outside, with the whole system"
    GIVES_UP = "is a supervisor and gives up"


RESTARTED: dict[tuple[Restart, Way], bool] = {
    # "A permanent child process is always restarted." [restart]
    (Restart.PERMANENT, Way.NORMAL): True,
    (Restart.PERMANENT, Way.CRASH): True,
    (Restart.PERMANENT, Way.START_CRASH): True,
    (Restart.PERMANENT, Way.DOUBLE_CRASH): True,
    (Restart.PERMANENT, Way.GIVES_UP): True,
    # "A transient child process is restarted only if it terminates abnormally" [restart]
    (Restart.TRANSIENT, Way.NORMAL): False,
    (Restart.TRANSIENT, Way.CRASH): True,
    (Restart.TRANSIENT, Way.START_CRASH): True,
    (Restart.TRANSIENT, Way.DOUBLE_CRASH): True,
    # Differs: a supervisor of OTP that gives up exits with `shutdown` [max_intensity], which counts as normal [restart], so
    # that a transient one is silently gone. Here it has failed.
    (Restart.TRANSIENT, Way.GIVES_UP): True,
    # "A temporary child process is never restarted" [restart]
    (Restart.TEMPORARY, Way.NORMAL): False,
    (Restart.TEMPORARY, Way.CRASH): False,
    (Restart.TEMPORARY, Way.START_CRASH): False,
    (Restart.TEMPORARY, Way.DOUBLE_CRASH): False,
    (Restart.TEMPORARY, Way.GIVES_UP): False,
    # terminate_child/2: the process is terminated and not restarted [manual]. Differs: here it is for good, there
    # restart_child/2 would bring a child back that is not temporary.
    **{(restart, way): False for restart in Restart for way in (Way.STOP, Way.STOP_CRASH)},
    # A supervisor that is told to terminate terminates its children, and restarts none. [manual]
    **{(restart, Way.OUTSIDE): False for restart in Restart},
}

GROUP: dict[Strategy, str] = {
    Strategy.ONE_FOR_ONE: "b",  # "only that process is restarted" [strategy]
    Strategy.ONE_FOR_ALL: "abc",  # "all other child processes are terminated, and then all … are restarted" [strategy]
    Strategy.REST_FOR_ONE: "bc",  # "the child processes after the terminated process in start order" [strategy]
}


class Child(Actor[str]):
    """Finishes when told to."""

    async def started(self) -> None:
        """Tests count the calls."""

    async def handle(self, message: str) -> None:
        """Finish."""
        if message == "finish":
            self.context.finish()

    async def stopped(self) -> None:
        """Tests count the calls."""


class Counts:
    """Makes children and counts their starts and their stops."""

    def __init__(self) -> None:
        self.starts: Counter[str] = Counter()
        self.stops: list[str] = []

    def spec(self, name: str, restart: Restart = Restart.PERMANENT, *, nested: bool = False) -> ChildSpec:
        """A child, or a supervisor with one that is counted in its place."""
        if nested:
            return ChildSpec(
                name=name,
                restart=restart,
                start=Supervisor(children=(self.spec(name),), intensity=0, backoff=AT_ONCE),
            )
        counts = self

        class Counted(Child):
            async def started(self) -> None:
                counts.starts[name] += 1

            async def stopped(self) -> None:
                counts.stops.append(name)

        return ChildSpec(name=name, start=Counted, restart=restart)


FAULTS = {
    Way.CRASH: (CrashMessage(path="app/sup/b"),),
    Way.START_CRASH: (CrashMessage(path="app/sup/b"), FailStart(path="app/sup/b", nth=2)),
    Way.STOP_CRASH: (FailStop(path="app/sup/b"),),
    Way.DOUBLE_CRASH: (CrashMessage(path="app/sup/b"), FailStop(path="app/sup/b")),
    Way.GIVES_UP: (CrashMessage(path="app/sup/b/b"),),
}


def end(sup: SupervisorRef, way: Way) -> None:
    """Have the child in the middle end."""
    b = sup.child("b")
    assert b is not None
    if way in (Way.STOP, Way.STOP_CRASH):
        b.stop()
    elif isinstance(b, SupervisorRef):
        b.children()[0].tell_nowait("go")
    else:
        b.tell_nowait("finish" if way is Way.NORMAL else "go")


def expected(strategy: Strategy, way: Way, kinds: dict[str, Restart]) -> tuple[dict[str, int], str]:
    """How often each child has been started in the end, and the names of those in the tree."""
    starts, left = Counter("abc"), "abc"
    if RESTARTED[kinds["b"], way]:
        group = GROUP[strategy]
        again = [name for name in group if kinds[name] is not Restart.TEMPORARY]
        starts.update(again)
        if way is Way.START_CRASH:
            # The second restart finds those before it started again; its own failed start is not counted as one.
            starts.update(name for name in again if name < "b")
        left = "".join(name for name in "abc" if name not in group or name in again)
    elif way in (Way.STOP, Way.STOP_CRASH) or kinds["b"] is Restart.TEMPORARY:
        left = "ac"  # the specification of a temporary child is deleted when it terminates [manual]
    return starts, left


@pytest.mark.parametrize(
    ("strategy", "restart", "way", "siblings"),
    list(itertools.product(Strategy, Restart, [way for way in Way if way is not Way.OUTSIDE], Restart)),
)
async def test_table(
    autojump_clock: MockClock, strategy: Strategy, restart: Restart, way: Way, siblings: Restart
) -> None:
    """The middle one of three children ends: those whom OTP would start again are, and nobody else."""
    counts, kinds = Counts(), {"a": siblings, "b": restart, "c": siblings}
    children = tuple(
        counts.spec(name, kind, nested=name == "b" and way is Way.GIVES_UP) for name, kind in kinds.items()
    )
    with FaultPlan(*FAULTS.get(way, ())) as plan:
        async with open_system("app") as system:
            policy = Supervisor(children=children, strategy=strategy, backoff=AT_ONCE)
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            end(sup, way)
            await advance(1)
            starts, left = expected(strategy, way, kinds)
            assert counts.starts == starts
            assert "".join(child.name for child in sup.children()) == left
            running = {child.name for child in sup.snapshot().children if child.state is State.RUNNING}
            finished = way is Way.NORMAL and restart is Restart.TRANSIENT
            assert running == set(left) - ({"b"} if finished else set())
    never_started_again = way is Way.START_CRASH and not RESTARTED[restart, way]
    assert never_started_again or not plan.missed


@pytest.mark.parametrize(("strategy", "restart"), list(itertools.product(Strategy, Restart)))
async def test_cancelled_from_outside(autojump_clock: MockClock, strategy: Strategy, restart: Restart) -> None:
    """All children are stopped, once and in reverse, whatever their type; none is started again."""
    counts = Counts()
    policy = Supervisor(children=tuple(counts.spec(name, restart) for name in "abc"), strategy=strategy)
    with trio.move_on_after(1) as scope:
        async with open_system("app") as system:
            await system.start_supervisor(ChildSpec(name="sup", start=policy))
            await trio.sleep_forever()
    assert scope.cancelled_caught
    assert counts.starts == Counter("abc")
    assert counts.stops == ["c", "b", "a"]


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_a_group_is_terminated_in_reverse_and_started_in_order(
    autojump_clock: MockClock, strategy: Strategy
) -> None:
    """Start in the order of the list and termination in the reversed order hold for group restarts, too."""
    counts = Counts()
    policy = Supervisor(children=tuple(counts.spec(n) for n in "abc"), strategy=strategy, backoff=AT_ONCE)
    with FaultPlan(CrashMessage(path="app/sup/a")):
        async with open_system("app") as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            sup.children()[0].tell_nowait("go")
            await advance(1)
            assert counts.stops == (["a"] if strategy is Strategy.ONE_FOR_ONE else ["a", "c", "b"])


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_a_sibling_whose_clean_up_crashes_is_restarted_with_its_group(
    autojump_clock: MockClock, strategy: Strategy
) -> None:
    """It was terminated all the same."""
    counts = Counts()
    policy = Supervisor(children=tuple(counts.spec(n) for n in "abc"), strategy=strategy, backoff=AT_ONCE)
    with FaultPlan(CrashMessage(path="app/sup/b"), FailStop(path="app/sup/c")):
        async with open_system("app") as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            sup.children()[1].tell_nowait("go")
            await advance(1)
            assert counts.starts == Counter("abc" + GROUP[strategy])


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_a_sibling_that_fails_its_restart_has_the_group_tried_again(
    autojump_clock: MockClock, strategy: Strategy
) -> None:
    """As `one_for_all_other_child_fails_restart` and `rest_for_one_other_child_fails_restart` of OTP's own suite ask."""
    counts = Counts()
    policy = Supervisor(children=tuple(counts.spec(n) for n in "abc"), strategy=strategy, backoff=AT_ONCE)
    with FaultPlan(CrashMessage(path="app/sup/b"), FailStart(path="app/sup/c", nth=2)):
        async with open_system("app") as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            sup.children()[1].tell_nowait("go")
            await advance(1)
            again = {Strategy.ONE_FOR_ONE: "b", Strategy.ONE_FOR_ALL: "ababc", Strategy.REST_FOR_ONE: "bc"}
            assert counts.starts == Counter("abc" + again[strategy])
            assert all(child.state is State.RUNNING for child in sup.snapshot().children)


@pytest.mark.parametrize(("strategy", "intensity"), list(itertools.product(Strategy, [0, 1, 3])))
async def test_escalation(autojump_clock: MockClock, strategy: Strategy, intensity: int) -> None:
    """More than MaxR restarts in MaxT seconds, and the supervisor terminates its children and then itself [max_intensity].

    The one above it restarts it.
    """
    counts = Counts()
    policy = Supervisor(
        children=tuple(counts.spec(n) for n in "abc"),
        strategy=strategy,
        intensity=intensity,
        period=10,
        backoff=AT_ONCE,
    )
    with FaultPlan(CrashMessage(path="app/sup/b", nth=None)):
        async with open_system("app", backoff=Backoff(initial=5, jitter=0)) as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            b: ActorRef[str] | None = sup.child("b")
            assert b is not None
            for _ in range(intensity):
                await b.tell("go")
                await advance(1)
                assert sup.snapshot().state is State.RUNNING
            before = counts.starts.copy()
            counts.stops.clear()
            await b.tell("go")
            await advance(1)
            assert sup.snapshot().state is State.WAITING
            assert counts.stops == ["b", "c", "a"]
            await advance(5)
            assert counts.starts - before == Counter("abc")
            assert sup.snapshot().restarts == 1


async def test_restarts_long_ago_do_not_count(autojump_clock: MockClock) -> None:
    """Any number of them, as long as never more than MaxR fall into MaxT seconds [max_intensity]."""
    counts = Counts()
    policy = Supervisor(children=(counts.spec("a"),), intensity=1, period=5, backoff=AT_ONCE)
    with FaultPlan(CrashMessage(path="*/a", nth=None)):
        async with open_system("app") as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            for _ in range(20):
                sup.children()[0].tell_nowait("go")
                await advance(6)
            assert counts.starts["a"] == 21
            assert sup.snapshot().restarts == 0


async def test_the_topmost_gives_up_with_the_causes(autojump_clock: MockClock) -> None:
    """Nobody is left to act: one error leaves the system."""
    counts = Counts()

    async def run() -> None:
        async with open_system("app", intensity=1, backoff=AT_ONCE) as system:
            policy = Supervisor(children=(counts.spec("a"),), intensity=1, backoff=AT_ONCE)
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            while True:
                sup.children()[0].tell_nowait("go")
                await advance(0.1)

    with pytest.raises(SupervisionError) as caught, FaultPlan(CrashMessage(path="*/a", nth=None, error=LookupError)):
        await run()
    assert [type(cause) for cause in caught.value.causes] == [LookupError] * 4
    assert counts.starts["a"] == 4


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_a_start_that_fails_ends_the_start_of_the_supervisor(
    autojump_clock: MockClock, strategy: Strategy
) -> None:
    """Those that were started are terminated, and the start of the supervisor has failed [manual]."""
    counts = Counts()
    policy = Supervisor(children=tuple(counts.spec(n) for n in "abc"), strategy=strategy)
    with FaultPlan(FailStart(path="app/sup/c")):
        async with open_system("app") as system:
            with pytest.raises(ActorFailed):
                await system.start_supervisor(ChildSpec(name="sup", start=policy))
            assert counts.stops == ["b", "a"]
            assert system.children() == ()


@pytest.mark.parametrize("stop_timeout", [0.0, 1.0])
async def test_shutdown_with_a_limit(autojump_clock: MockClock, stop_timeout: float) -> None:
    """After the limit the child "is unconditionally terminated" [shutdown]; a limit of 0 is `brutal_kill`."""
    counts = Counts()
    spec = ChildSpec(name="a", start=counts.spec("a").start, stop_timeout=stop_timeout)
    with FaultPlan(HangMessage(path="app/a")):
        async with open_system("app") as system:
            ref = await system.start_child(spec)
            await ref.tell("go")
            await advance(1)
            before = trio.current_time()
            ref.stop()
            await ref.wait_stopped()
            assert trio.current_time() - before == stop_timeout


async def test_a_supervisor_child_has_as_long_as_its_children_take(autojump_clock: MockClock) -> None:
    """A supervisor should have "enough time to shut down" its subtree [shutdown]: here it has by default."""
    counts = Counts()
    policy = Supervisor(children=tuple(counts.spec(n) for n in "abc"))
    with FaultPlan(SlowStop(path="app/sup/*", seconds=4, nth=None)):
        async with open_system("app", shutdown_timeout=60) as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            sup.stop()
            await sup.wait_stopped()
            assert trio.current_time() == 12
            assert counts.stops == ["c", "b", "a"]
            with pytest.raises(ActorStopped):
                await sup.start_child(counts.spec("d"))


@pytest.mark.parametrize(
    ("restart", "way", "ends"),
    [
        # "When a transient significant child terminates normally or when a temporary significant child terminates normally
        # or abnormally" [automatic shutdown]
        (Restart.TRANSIENT, Way.NORMAL, True),
        (Restart.TEMPORARY, Way.NORMAL, True),
        (Restart.TEMPORARY, Way.CRASH, True),
        (Restart.TRANSIENT, Way.CRASH, False),
        # "Neither the termination of a child as a consequence of a sibling's death … nor the manual termination"
        (Restart.TRANSIENT, Way.STOP, False),
        (Restart.TEMPORARY, Way.STOP, False),
    ],
)
async def test_automatic_shutdown(autojump_clock: MockClock, restart: Restart, way: Way, ends: bool) -> None:
    """A supervisor ends with its significant child as with `any_significant`."""
    counts = Counts()
    significant = ChildSpec(name="b", start=counts.spec("b").start, restart=restart, significant=True)
    policy = Supervisor(children=(counts.spec("a"), significant, counts.spec("c")), backoff=AT_ONCE)
    with FaultPlan(*FAULTS.get(way, ())):
        async with open_system("app") as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy, restart=Restart.TRANSIENT))
            end(sup, way)
            await advance(1)
            assert (sup.snapshot().state is State.STOPPED) is ends


async def test_a_significant_sibling_of_a_group_restart_ends_nobody(autojump_clock: MockClock) -> None:
    """A temporary significant child that a group restart terminates was terminated "by means of the supervisor"."""
    counts = Counts()
    significant = ChildSpec(name="b", start=counts.spec("b").start, restart=Restart.TEMPORARY, significant=True)
    policy = Supervisor(children=(counts.spec("a"), significant), strategy=Strategy.ONE_FOR_ALL, backoff=AT_ONCE)
    with FaultPlan(CrashMessage(path="app/sup/a")):
        async with open_system("app") as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy, restart=Restart.TEMPORARY))
            sup.children()[0].tell_nowait("go")
            await advance(1)
            assert sup.snapshot().state is State.RUNNING
            assert [child.name for child in sup.children()] == ["a"]
