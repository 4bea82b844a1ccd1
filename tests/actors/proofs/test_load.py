"""Under load, with crashes, restarts and stops in the middle, the books are even, under any schedule.

Each scenario keeps its own books and runs twice: as it is, and watched by the test kit, whose instrument has the runtime
wrap its messages.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

import attrs
import pytest
import trio

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorError, ActorFailed, ActorStopped, AskTimeout, MailboxFull
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.pipeline import Emit, Pipeline, Stage
from smarthealth.actors.policy import Backoff, Mailbox, Overflow, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import cancel_sweep, explore, run_virtual
from smarthealth.actors.testing.schedules import seeded

SEEDS = range(20)


Load = Callable[[ActorRef[object], "Ledger", random.Random], Awaitable[None]]


def run_bare(scenario: Callable[[], Awaitable[None]], seeds: Iterable[int]) -> None:
    """Run a scenario under each seed, with nothing else looking."""
    for seed in seeds:
        with seeded(seed):
            run_virtual(scenario)


either = pytest.mark.parametrize("run", [run_bare, explore])
Run = Callable[[Callable[[], Awaitable[None]], Iterable[int]], None]


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


def supervisor_of(ledger: Ledger, strategy: Strategy, overflow: Overflow) -> Supervisor:
    """Three workers with small mailboxes."""
    mailbox = Mailbox(
        capacity=2, overflow=overflow, key=lambda message: isinstance(message, Work) and message.number % 3
    )
    children = tuple(ChildSpec(name=name, start=lambda: Worker(ledger), mailbox=mailbox) for name in "abc")
    return Supervisor(children=children, strategy=strategy, intensity=1000, backoff=Backoff(initial=0.02))


@either
@pytest.mark.parametrize("overflow", list(Overflow))
def test_books_are_even_under_any_schedule(run: Run, overflow: Overflow) -> None:
    """Under load, crashes, group restarts and a stop in the middle, no message is lost in silence."""

    async def scenario() -> None:
        ledger = Ledger()
        async with open_system("app", intensity=1000) as system:
            await burden(system, ledger, overflow, tell_some)
            lost = system.dead_letters
        assert ledger.started == ledger.stopped
        assert ledger.told == ledger.handled + sum(lost.values()) - lost.get(Reason.UNCLAIMED_ERROR, 0)

    run(scenario, SEEDS)


@either
@pytest.mark.parametrize("overflow", list(Overflow))
def test_no_ask_hangs_under_any_schedule(run: Run, overflow: Overflow) -> None:
    """Whatever becomes of the actors, each ask is settled once, within its deadline."""

    async def scenario() -> None:
        ledger = Ledger()
        async with open_system("app", intensity=1000) as system:
            await burden(system, ledger, overflow, ask_some, tell_some)
        assert ledger.started == ledger.stopped
        assert ledger.asked == sum(ledger.settled.values()) == 6 * 9

    run(scenario, SEEDS)


async def burden(system: SupervisorRef, ledger: Ledger, overflow: Overflow, *loads: Load) -> None:
    """Have three workers bear the load of nine tasks, and stop one of them, or all, in the middle."""
    chance = random.Random(random.random())  # which follows from the seed
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


@either
def test_connections_come_and_go_under_any_schedule(run: Run) -> None:
    """Nested supervisors that start, end by their significant child, are stopped or cancelled, all leave the tree."""
    run(come_and_go, SEEDS)


async def come_and_go() -> None:
    """Twenty connections."""
    ledger, chance = Ledger(), random.Random(random.random())

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


async def whole_life(scope: trio.CancelScope) -> None:
    """A system that does a bit of everything."""
    ledger = Ledger()

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
    assert ledger.started == ledger.stopped


@pytest.mark.parametrize("seed", range(5))
def test_cancellation_at_any_step_leaves_nothing_behind(seed: int) -> None:
    """Cancelled from outside at any step of its life, a system ends in order: each `started` has its `stopped`."""
    assert cancel_sweep(whole_life, seed=seed) > 50


def test_interrupt_at_any_step_leaves_as_itself() -> None:
    """An exception of the body at any moment is what leaves, and nothing hangs."""
    for moment in range(40):
        with pytest.raises(ZeroDivisionError):
            run_virtual(partial(fail_after, moment / 400))


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
