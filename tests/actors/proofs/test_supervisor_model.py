"""A supervisor beside a model of it: whatever happens to its children, and whenever, both agree.

The real system runs in a thread of its own, under a clock that only `advance` moves; the rules drive it from outside.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import attrs
import trio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Supervisor, SupervisorRef
from smarthealth.actors.errors import ActorFailed, ActorStopped, NameTaken
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.snapshot import ActorSnapshot, State
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import advance, check_invariants, settle

PERIOD = 10.0
DELAY = 0.25
NAMES = "abcdef"
R = TypeVar("R")


# The model


@attrs.define(eq=False)
class ModelChild:
    """What the model knows of a child."""

    name: str
    restart: Restart
    adopted: bool = False
    alive: bool = False
    finished: bool = False
    launches: int = 0
    due: float | None = None
    """When it is started again on its own."""


@attrs.define
class Model:
    """The rules, written down once more and simply."""

    strategy: Strategy
    intensity: int
    children: list[ModelChild]
    spoilt: Counter[str] = attrs.Factory(Counter)
    """How many of the next starts of a child fail."""
    failures: list[float] = attrs.Factory(list)
    plan: list[ModelChild] = attrs.Factory(list)
    """Those to be started together."""
    plan_due: float | None = None
    over: bool = False
    now: float = 0.0

    def find(self, name: str) -> ModelChild | None:
        """The child of that name, if it is in the tree."""
        return next((child for child in self.children if child.name == name), None)

    def fail(self, child: ModelChild) -> None:
        """Its incarnation ended, and not by a stop."""
        child.alive = False
        if child.restart is Restart.TEMPORARY:
            self.children.remove(child)
            return
        self.failures = [at for at in self.failures if at >= self.now - PERIOD] + [self.now]
        if len(self.failures) > self.intensity:
            self.over = True
        elif self.strategy is Strategy.ONE_FOR_ONE:
            child.due = self.now + DELAY
        else:
            self.plan_group(child)

    def plan_group(self, failed: ModelChild) -> None:
        """All that the strategy names, and those of the plan under way, go down and come up together."""
        first = 0 if self.strategy is Strategy.ONE_FOR_ALL else self.children.index(failed)
        group = [child for child in self.children if child in self.children[first:] or child in self.plan]
        for child in group:
            if child.restart is Restart.TEMPORARY and child.alive:
                self.children.remove(child)
            child.alive = child.finished = False
        self.plan = [child for child in group if child in self.children]
        self.plan_due = self.now + DELAY

    def finish(self, child: ModelChild) -> None:
        """It ended by itself."""
        if child.restart is not Restart.TRANSIENT:
            self.fail(child)
            return
        child.alive, child.finished = False, True
        if child.adopted:
            self.children.remove(child)

    def stop(self, child: ModelChild) -> None:
        """Somebody stopped it."""
        self.children.remove(child)
        if child in self.plan:
            self.plan.remove(child)

    def add(self, child: ModelChild) -> None:
        """It is started at once, or with the plan under way."""
        self.children.append(child)
        if self.plan_due is not None:
            self.plan.append(child)
        else:
            self.launch(child)

    def launch(self, child: ModelChild) -> bool:
        """Start a child; False when that failed."""
        child.launches += 1
        child.due = None
        child.alive = True
        if not self.spoilt[child.name]:
            return True
        self.spoilt[child.name] -= 1
        if child.adopted and child.launches == 1:
            self.children.remove(child)  # without a trace
        else:
            self.fail(child)
        return False

    def pass_time(self, seconds: float) -> None:
        """Do what is due on the way."""
        end = self.now + seconds
        while not self.over:
            due = [child.due for child in self.children if child.due is not None]
            due += [self.plan_due] if self.plan_due is not None else []
            if not due or min(due) > end:
                break
            self.now = min(due)
            self.do_due()
        self.now = end

    def do_due(self) -> None:
        """Start whose time has come."""
        for child in list(self.children):
            if child.due is not None and child.due <= self.now:
                self.launch(child)
        if self.plan_due is not None and self.plan_due <= self.now:
            self.plan_due = None
            while self.plan and self.plan_due is None and not self.over:
                self.launch(self.plan.pop(0))


# The real one


class Counted(Actor[str]):
    """Counts its starts; fails or finishes when told to."""

    def __init__(self, starts: Counter[str], spoilt: Counter[str], name: str) -> None:
        self.starts = starts
        self.spoilt = spoilt
        self.name = name

    async def started(self) -> None:
        """Count, and fail if so ordered."""
        self.starts[self.name] += 1
        if self.spoilt[self.name]:
            self.spoilt[self.name] -= 1
            raise OSError

    async def handle(self, message: str) -> None:
        """Obey."""
        if message == "fail":
            raise LookupError
        self.context.finish()


class Portal:
    """A system that runs in a thread of its own, until it is closed."""

    def __init__(self) -> None:
        self._entered: queue.Queue[tuple[SupervisorRef, trio.Nursery, trio.lowlevel.TrioToken]] = queue.Queue()
        self._closing = trio.Event()
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.system, self.nursery, self._token = self._entered.get()

    def _run(self) -> None:
        try:
            with check_invariants():
                trio.run(self._main, clock=MockClock())
        except BaseException as error:  # raised again where it is looked at
            self._errors.append(error)

    async def _main(self) -> None:
        async with trio.open_nursery() as nursery, open_system("app") as system:
            self._entered.put((system, nursery, trio.lowlevel.current_trio_token()))
            await self._closing.wait()

    def run(self, do: Callable[[], Awaitable[R]]) -> R:
        """Run something in there, wait for its end and until all is quiet."""

        async def quietly() -> R:
            result = await do()
            await settle()
            return result

        return trio.from_thread.run(quietly, trio_token=self._token)

    def close(self) -> None:
        """Close the system; raise what it raised."""
        trio.from_thread.run_sync(self._closing.set, trio_token=self._token)
        self._thread.join()
        if self._errors:
            raise self._errors[0]


class SupervisorMachine(RuleBasedStateMachine):
    """One ordered supervisor, whose children are treated badly."""

    def __init__(self) -> None:
        super().__init__()
        self.portal = Portal()
        self.starts: Counter[str] = Counter()
        self.spoilt: Counter[str] = Counter()
        self.earlier: Counter[str] = Counter()
        """Starts of children of the same name before."""

    def teardown(self) -> None:
        """Close, with all that is checked then."""
        self.portal.close()

    def spec(self, name: str, restart: Restart) -> ChildSpec:
        """A child."""
        return ChildSpec(name=name, start=partial(Counted, self.starts, self.spoilt, name), restart=restart)

    @initialize(
        strategy=st.sampled_from(Strategy),
        intensity=st.integers(0, 5),
        restarts=st.lists(st.sampled_from(Restart), min_size=1, max_size=4),
    )
    def begin(self, strategy: Strategy, intensity: int, restarts: list[Restart]) -> None:
        """Start the supervisor with its first children."""
        named = list(zip(NAMES, restarts, strict=False))
        self.model = Model(strategy, intensity, [ModelChild(*child, alive=True, launches=1) for child in named])
        policy = Supervisor(
            children=tuple(self.spec(*child) for child in named),
            strategy=strategy,
            intensity=intensity,
            period=PERIOD,
            backoff=Backoff(initial=DELAY, factor=1, jitter=0),
        )
        start = partial(
            self.portal.system.start_supervisor, ChildSpec(name="sup", start=policy, restart=Restart.TEMPORARY)
        )
        self.sup: SupervisorRef = self.portal.run(start)

    @rule(name=st.sampled_from(NAMES), how=st.sampled_from(["fail", "finish"]))
    def end(self, name: str, how: str) -> None:
        """A child that runs fails or finishes."""
        child = self.model.find(name)
        if self.model.over or child is None or not child.alive:
            return

        async def tell() -> None:
            ref = self.sup.child(name)
            assert ref is not None
            await ref.tell(how)

        self.portal.run(tell)
        (self.model.fail if how == "fail" else self.model.finish)(child)

    @rule(name=st.sampled_from(NAMES))
    def stop(self, name: str) -> None:
        """A child is stopped, whatever state it is in."""
        child = self.model.find(name)
        if self.model.over or child is None:
            return

        async def stop() -> None:
            ref = self.sup.child(name)
            assert ref is not None
            ref.stop()

        self.portal.run(stop)
        self.model.stop(child)

    @rule(name=st.sampled_from(NAMES), restart=st.sampled_from(Restart))
    def add(self, name: str, restart: Restart) -> None:
        """A child is added; nobody waits for its start, which may have to wait for others."""
        taken = self.model.find(name) is not None
        if not taken:
            self.earlier[name] = self.starts[name]

        async def start() -> None:
            with suppress(NameTaken if taken else ActorFailed, ActorStopped):
                await self.sup.start_child(self.spec(name, restart))
                assert not taken

        async def begin() -> None:
            self.portal.nursery.start_soon(start)

        self.portal.run(begin)
        if not taken and not self.model.over:
            self.model.add(ModelChild(name, restart, adopted=True))

    @rule(name=st.sampled_from(NAMES), times=st.integers(1, 2))
    def spoil(self, name: str, times: int) -> None:
        """The next starts of a child of that name fail."""
        self.spoilt[name] = self.model.spoilt[name] = times

    @rule(seconds=st.sampled_from([DELAY / 2, DELAY, 1.0, PERIOD]))
    def pass_time(self, seconds: float) -> None:
        """Time passes."""
        self.portal.run(partial(advance, seconds))
        self.model.pass_time(seconds)

    @invariant()
    def agree(self) -> None:
        """Both see the same children, in the same order, alive or not, started as often."""
        if not hasattr(self, "model"):
            return
        model = self.model
        snapshot = self.portal.run(self.snapshot)
        if model.over:
            assert snapshot.state is State.STOPPED
            assert snapshot.children == ()
            return
        assert snapshot.state is State.RUNNING
        seen = [(child.name, child.state is State.RUNNING) for child in snapshot.children]
        assert seen == [(child.name, child.alive) for child in model.children]
        assert [self.starts[child.name] - self.earlier[child.name] for child in model.children] == [
            child.launches for child in model.children
        ]

    async def snapshot(self) -> ActorSnapshot:
        """As the real one is now."""
        return self.sup.snapshot()


TestSupervisor = SupervisorMachine.TestCase
TestSupervisor.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
