"""A supervisor beside a model of it: whatever happens to its children, both agree."""

from __future__ import annotations

from typing import Literal

import attrs
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Supervisor, SupervisorRef
from smarthealth.actors.errors import NameTaken
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import open_system

PERIOD = 10.0
DELAY = 0.25
SETTLE = 0.5
"""Seconds after each step: longer than a restart takes."""


@attrs.frozen
class Step:
    """Something that happens to a child, or a new child, after some seconds."""

    kind: Literal["fail", "finish", "stop", "add"]
    name: str
    restart: Restart
    pause: float


@attrs.define
class ModelChild:
    """What the model knows of a child."""

    name: str
    restart: Restart
    adopted: bool
    alive: bool = True
    starts: int = 1


@attrs.define
class Model:
    """The rules, written down once more and simply."""

    strategy: Strategy
    intensity: int
    children: list[ModelChild]
    failures: list[float] = attrs.Factory(list)
    over: bool = False
    now: float = 0.0

    def find(self, name: str) -> ModelChild | None:
        """The child of that name, if it is in the tree."""
        return next((child for child in self.children if child.name == name), None)

    def apply(self, step: Step) -> None:
        """Do a step."""
        self.now += step.pause
        if self.over:
            return
        child = self.find(step.name)
        if step.kind == "add":
            if child is None:
                self.children.append(ModelChild(step.name, step.restart, adopted=True))
        elif child is None or not child.alive:
            if step.kind == "stop" and child is not None:
                pass  # it has finished; there is nothing left to stop
        elif step.kind == "stop" or child.restart is Restart.TEMPORARY:
            self.children.remove(child)
        elif step.kind == "finish" and child.restart is Restart.TRANSIENT:
            child.alive = False
            if child.adopted:
                self.children.remove(child)
        else:
            self.restart(child)
        self.now += SETTLE

    def restart(self, failed: ModelChild) -> None:
        """Restart a group, or give up."""
        self.failures = [at for at in self.failures if at >= self.now - PERIOD] + [self.now]
        if len(self.failures) > self.intensity:
            self.over = True
            return
        place = self.children.index(failed)
        group = {
            Strategy.ONE_FOR_ONE: [failed],
            Strategy.ONE_FOR_ALL: self.children,
            Strategy.REST_FOR_ONE: self.children[place:],
        }[self.strategy]
        for child in list(group):
            if child.restart is Restart.TEMPORARY:
                self.children.remove(child)
            else:
                child.alive = True
                child.starts += 1


class Counted(Actor[str]):
    """Counts its starts; fails or finishes when told to."""

    def __init__(self, starts: dict[str, int], name: str) -> None:
        self.starts = starts
        self.name = name

    async def started(self) -> None:
        """Count."""
        self.starts[self.name] = self.starts.get(self.name, 0) + 1

    async def handle(self, message: str) -> None:
        """Obey."""
        if message == "fail":
            raise LookupError
        self.context.finish()


async def run(model: Model, steps: list[Step]) -> None:
    """Do all steps to both and compare after each."""
    starts: dict[str, int] = {}
    before: dict[str, int] = {}

    def spec(name: str, restart: Restart) -> ChildSpec:
        return ChildSpec(name=name, start=lambda: Counted(starts, name), restart=restart)

    policy = Supervisor(
        children=tuple(spec(child.name, child.restart) for child in model.children),
        strategy=model.strategy,
        intensity=model.intensity,
        period=PERIOD,
        backoff=Backoff(initial=DELAY, factor=1, jitter=0),
    )
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy, restart=Restart.TEMPORARY))
        for step in steps:
            await trio.sleep(step.pause)
            if step.kind == "add" and not model.over and model.find(step.name) is None:
                before[step.name] = starts.get(step.name, 0)
            await act(sup, step, spec)
            await trio.sleep(SETTLE)
            model.apply(step)
            compare(sup, model, starts, before)


async def act(sup: SupervisorRef, step: Step, spec: object) -> None:
    """Do one step to the supervisor."""
    assert callable(spec)
    if step.kind == "add":
        if sup.snapshot().state is not State.STOPPED:
            try:
                await sup.start_child(spec(step.name, step.restart))
            except NameTaken:
                assert sup.child(step.name) is not None
        return
    ref = sup.child(step.name)
    if ref is None:
        return
    if step.kind == "stop":
        ref.stop()
    else:
        ref.tell_nowait(step.kind)


def compare(sup: SupervisorRef, model: Model, starts: dict[str, int], before: dict[str, int]) -> None:
    """Both see the same children, in the same order, alive or not, started as often."""
    if model.over:
        assert sup.snapshot().state is State.STOPPED
        assert sup.children() == ()
        return
    seen = [(child.name, child.state is State.RUNNING) for child in sup.snapshot().children]
    assert seen == [(child.name, child.alive) for child in model.children]
    for child in model.children:
        assert starts[child.name] - before.get(child.name, 0) == child.starts


STEPS = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(["fail", "finish", "stop", "add"]),
        name=st.sampled_from("abcde"),
        restart=st.sampled_from(Restart),
        pause=st.sampled_from([0.0, 1.0, 6.0]),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(
    strategy=st.sampled_from(Strategy),
    intensity=st.integers(0, 4),
    restarts=st.lists(st.sampled_from(Restart), min_size=1, max_size=4),
    steps=STEPS,
)
def test_supervisor_agrees_with_its_model(
    strategy: Strategy, intensity: int, restarts: list[Restart], steps: list[Step]
) -> None:
    """For any children and any course of events, supervisor and model see the same tree and the same starts."""
    children = [ModelChild(name, restart, adopted=False) for name, restart in zip("abcd", restarts, strict=False)]
    model = Model(strategy, intensity, children)
    trio.run(run, model, steps, clock=MockClock(autojump_threshold=0))
