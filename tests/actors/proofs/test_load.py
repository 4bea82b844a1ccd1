"""The edge rules hold whatever the scheduler does, and wherever a cancellation strikes.

`trio` runs the tasks of one round in random order; here it does so by seed, and the same scenario runs under many seeds.
A sweep then cancels the scenario from outside at its first step, its second, and so on to its last.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable

import attrs
import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorError, ActorFailed, ActorStopped, AskTimeout, MailboxFull
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.pipeline import Emit, Pipeline, Stage
from smarthealth.actors.policy import Backoff, Mailbox, Overflow, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system

SEEDS = 20


@pytest.fixture
def seed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Has Trio run the tasks of a round in the order that this seed gives."""
    number: int = request.param
    monkeypatch.setattr(trio._core._run, "_ALLOW_DETERMINISTIC_SCHEDULING", True)
    monkeypatch.setattr(trio._core._run, "_r", random.Random(number))
    random.seed(number)
    return number


seeded = pytest.mark.parametrize("seed", range(SEEDS), indirect=True)


@attrs.frozen
class Work(Request[int]):
    """Takes some time, then replies or fails."""

    errors = (LookupError,)
    number: int
    seconds: float


@attrs.define
class Ledger:
    """Counts what must come out even."""

    started: Counter[str] = attrs.Factory(Counter)
    stopped: Counter[str] = attrs.Factory(Counter)
    handled: int = 0
    told: int = 0
    asked: int = 0
    settled: Counter[str] = attrs.Factory(Counter)


class Worker(Actor[object]):
    """Works, now and then fails, and keeps the books."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    async def started(self) -> None:
        """Take a moment."""
        await trio.sleep(0.01)
        self.ledger.started[self.context.path] += 1

    async def handle(self, message: object) -> object:
        """Work."""
        self.ledger.handled += 1
        assert isinstance(message, Work)
        await trio.sleep(message.seconds)
        if message.number % 7 == 3:
            raise LookupError
        if message.number % 11 == 5:
            raise OSError
        return message.number

    async def stopped(self) -> None:
        """Take a moment."""
        await trio.sleep(0.01)
        self.ledger.stopped[self.context.path] += 1


async def ask_some(ref: ActorRef[object], ledger: Ledger, chance: random.Random) -> None:
    """Ask a few times, each with a short or a long deadline."""
    for _ in range(6):
        number = chance.randrange(100)
        ledger.asked += 1
        outcome = "cancelled"
        try:
            with trio.move_on_after(chance.choice([0.05, 0.5])):
                assert await ref.ask(Work(number, chance.choice([0, 0.03])), chance.choice([None, 0.02, 1])) == number
                outcome = "reply"
        except (LookupError, ActorFailed, ActorStopped, AskTimeout, MailboxFull) as error:
            outcome = type(error).__name__
        ledger.settled[outcome] += 1


async def tell_some(ref: ActorRef[object], ledger: Ledger, chance: random.Random) -> None:
    """Tell a few times."""
    for _ in range(6):
        ledger.told += 1
        await ref.tell(Work(chance.randrange(100), chance.choice([0, 0.01])))


Load = Callable[[ActorRef[object], Ledger, random.Random], Awaitable[None]]


def supervisor_of(ledger: Ledger, strategy: Strategy, overflow: Overflow) -> Supervisor:
    """Three workers with small mailboxes."""
    mailbox = Mailbox(
        capacity=2, overflow=overflow, key=lambda message: isinstance(message, Work) and message.number % 3
    )
    children = tuple(ChildSpec(name=name, start=lambda: Worker(ledger), mailbox=mailbox) for name in "abc")
    return Supervisor(children=children, strategy=strategy, intensity=1000, backoff=Backoff(initial=0.02))


@seeded
@pytest.mark.parametrize("overflow", list(Overflow))
async def test_books_are_even_under_any_schedule(autojump_clock: MockClock, seed: int, overflow: Overflow) -> None:
    """Under load, crashes, group restarts and a stop in the middle, no message is lost in silence."""
    ledger, chance = Ledger(), random.Random(seed)
    async with open_system("app", intensity=1000) as system:
        await burden(system, ledger, chance, overflow, tell_some)
        lost = system.dead_letters
    assert ledger.started == ledger.stopped
    assert ledger.told == ledger.handled + sum(lost.values()) - lost.get(Reason.UNCLAIMED_ERROR, 0)


@seeded
@pytest.mark.parametrize("overflow", list(Overflow))
async def test_no_ask_hangs_under_any_schedule(autojump_clock: MockClock, seed: int, overflow: Overflow) -> None:
    """Whatever becomes of the actors, each ask is settled once, within its deadline."""
    ledger, chance = Ledger(), random.Random(seed)
    async with open_system("app", intensity=1000) as system:
        await burden(system, ledger, chance, overflow, ask_some, tell_some)
    assert ledger.started == ledger.stopped
    assert ledger.asked == sum(ledger.settled.values()) == 6 * 9


async def burden(
    system: SupervisorRef, ledger: Ledger, chance: random.Random, overflow: Overflow, *loads: Load
) -> None:
    """Have three workers bear the load of nine tasks, and stop one of them, or all, in the middle."""
    policy = supervisor_of(ledger, chance.choice(list(Strategy)), overflow)
    sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
    refs = sup.children()
    async with trio.open_nursery() as nursery:
        for ref in refs * 3:
            for load in loads:
                nursery.start_soon(load, ref, ledger, chance)
        await trio.sleep(chance.choice([0.05, 0.1, 1]))
        chance.choice([*refs, sup]).stop()
    sup.stop()
    await sup.wait_stopped()


@seeded
async def test_connections_come_and_go_under_any_schedule(autojump_clock: MockClock, seed: int) -> None:
    """Nested supervisors that start, end by their significant child, are stopped or cancelled, all leave the tree."""
    ledger, chance = Ledger(), random.Random(seed)

    async def session(context: Context) -> None:
        context.started()
        await trio.sleep(chance.choice([0, 0.05, 5]))
        if chance.random() < 0.3:
            raise OSError

    children = (
        ChildSpec(name="outbox", start=lambda: Worker(ledger), restart=Restart.TEMPORARY),
        ChildSpec(name="query", start=DynamicSupervisor(max_children=4)),
        ChildSpec(name="session", start=session, restart=Restart.TEMPORARY, significant=True),
    )

    async def connect(many: SupervisorRef, name: str) -> None:
        with trio.move_on_after(chance.choice([0, 0.02, 1])):
            try:
                connection = await many.start_supervisor(ChildSpec(name=name, start=Supervisor(children=children)))
                query = connection.child("query")
                assert isinstance(query, SupervisorRef)
                await query.start_child(ChildSpec(name="1", start=lambda: Worker(ledger)))
                await connection.wait_stopped()
            except ActorError:
                pass

    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=100)))
        async with trio.open_nursery() as nursery:
            for number in range(20):
                nursery.start_soon(connect, many, str(number))
            await trio.sleep(chance.choice([0.02, 0.5, 10]))
            if chance.random() < 0.5:
                many.stop()
        many.stop()
        await many.wait_stopped()
        assert system.children() == ()
    assert ledger.started == ledger.stopped


class CancelAt(trio.abc.Instrument):
    """Cancels a scope before the step of that number."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.steps = 0
        self.scope = trio.CancelScope()

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count, and cancel when it is time."""
        self.steps += 1
        if self.steps == self.at:
            self.scope.cancel()


async def whole_life(ledger: Ledger, scope: trio.CancelScope) -> None:
    """A system that does a bit of everything."""

    async def double(item: int, emit: Emit[int]) -> None:
        await emit(item)
        await emit(item)

    async def query(context: Context) -> None:
        context.started()
        stages = (Stage("a", double), Stage("b", double, concurrency=2), Stage("c", double, timeout=5))
        await Pipeline(stages=stages).run(1, context=context)

    with scope:
        async with open_system("app") as system:
            policy = supervisor_of(ledger, Strategy.REST_FOR_ONE, Overflow.WAIT)
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            a = sup.children()[0]
            many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=5)))
            child = await many.start_child(ChildSpec(name="query", start=query))
            await a.ask(Work(1, 0.01))
            for number in (5, 1, 2, 3, 4):
                await a.tell(Work(number, 0.01))
            await child.wait_stopped()
            await trio.sleep(0.2)
            sup.stop()
            await sup.wait_stopped()


def sweep(at: int) -> int:
    """Run the scenario, cancelled at that step; the number of steps it took."""
    ledger, instrument = Ledger(), CancelAt(at)
    trio.run(whole_life, ledger, instrument.scope, instruments=[instrument], clock=MockClock(autojump_threshold=0))
    assert ledger.started == ledger.stopped, f"cancelled at step {at}"
    return instrument.steps


@pytest.mark.parametrize("seed", range(5), indirect=True)
def test_cancellation_at_any_step_leaves_nothing_behind(seed: int) -> None:
    """Cancelled from outside at any step of its life, a system ends in order: each `started` has its `stopped`."""
    steps = sweep(0)
    assert steps > 50
    for at in range(1, steps + 1):
        sweep(at)


def test_interrupt_at_any_step_leaves_as_itself() -> None:
    """An exception of the body at any moment is what leaves, and nothing hangs."""
    for moment in range(40):
        with pytest.raises(ZeroDivisionError):
            trio.run(fail_after, moment / 400, clock=MockClock(autojump_threshold=0))


async def fail_after(seconds: float) -> None:
    """Have the body of a busy system fail."""
    ledger = Ledger()
    async with open_system("app") as system:
        policy = supervisor_of(ledger, Strategy.ONE_FOR_ALL, Overflow.WAIT)
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        for number in range(12):
            sup.children()[number % 3].tell_nowait(Work(number, 0.01))
        await trio.sleep(seconds)
        raise ZeroDivisionError
