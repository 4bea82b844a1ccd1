"""Each row of the runtime's edge table, under fifty schedules and cancelled at each of its steps.

A row is a scenario: a system in which the edge occurs, and the assertions that state its rule. Whether it runs to its end
under any schedule, or is cancelled from outside at any step, the invariants hold; `check_invariants` and the kit see to it.
"""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import pytest
import trio

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Supervisor
from smarthealth.actors.errors import (
    ActorError,
    ActorFailed,
    ActorStopped,
    AskCycle,
    AskTimeout,
    MailboxFull,
    SupervisionError,
    SupervisorFull,
)
from smarthealth.actors.events import DeadLetterReason, EndReason
from smarthealth.actors.pipeline import Emit, Pipeline, Stage
from smarthealth.actors.policy import Mailbox, Overflow, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import (
    CrashMessage,
    FailStart,
    FaultPlan,
    HangMessage,
    SlowStart,
    SlowStop,
    cancel_sweep,
    explore,
    settle,
)
from tests.actors.proofs.workers import QUICKLY, Do, Failures, Note, Sum, Worker, step, worker

Edge = Callable[[], Awaitable[None]]
EDGES: list[Edge] = []


def edge(scenario: Edge) -> Edge:
    """Add a row."""
    EDGES.append(scenario)
    return scenario


@pytest.mark.parametrize("scenario", EDGES, ids=lambda scenario: scenario.__name__)
def test_edge_under_any_schedule(scenario: Edge) -> None:
    """The rule holds in whichever order tasks run."""
    explore(scenario)


@pytest.mark.parametrize("scenario", EDGES, ids=lambda scenario: scenario.__name__)
def test_edge_cancelled_at_any_step(scenario: Edge) -> None:
    """Cancelled from outside, a system ends in order: nothing is left, nothing is raised, nobody waits."""
    assert cancel_sweep(scenario) > 5


@edge
async def declared_error() -> None:
    """It goes to the asker; the actor lives."""
    failures = Failures()
    async with open_system("app", instrument=failures) as system:
        ref = await system.start_child(worker())
        with pytest.raises(LookupError):
            await ref.ask(Sum(-1, 1))
        assert await ref.ask(Sum(1, 1)) == 2
        assert ref.snapshot().restarts == 0
    assert failures.paths == []


@edge
async def any_other_exception() -> None:
    """The incarnation fails, the asker gets `ActorFailed`, the message is not redelivered, and it is reported once."""
    failures, notes = Failures(), list[int]()
    with FaultPlan(CrashMessage(path="app/worker", nth=2, error=OSError)):
        async with open_system("app", backoff=QUICKLY, instrument=failures) as system:
            ref = await system.start_child(worker(notes=notes))
            await ref.tell(Note(1))
            async with trio.open_nursery() as nursery:

                async def ask() -> None:
                    with pytest.raises(ActorFailed) as caught:
                        await ref.ask(Do(step))
                    assert isinstance(caught.value.__cause__, OSError)

                nursery.start_soon(ask)
                await settle()
                await ref.tell(Note(3))
            assert await ref.ask(Sum(1, 1)) == 2
            assert notes == [1, 3]
    assert failures.paths == ["app/worker"]


@edge
async def outer_cancellation() -> None:
    """It is no failure, and restarts nobody."""
    failures = Failures()
    with trio.move_on_after(0.05):
        async with open_system("app", instrument=failures) as system:
            ref = await system.start_child(worker())
            await ref.ask(Sum(1, 1))
    assert failures.paths == []


@edge
async def restart() -> None:
    """The old incarnation is fully closed first; mailbox and queued asks stay."""
    live: list[str] = []

    async def serve(actor: Worker) -> None:
        assert not live
        live.append("one")
        try:
            await trio.sleep(0.1)
            raise OSError
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(0.1)  # noqa: ASYNC102 - virtual time, and bounded
            live.clear()

    async with open_system("app", backoff=QUICKLY) as system:
        ref = await system.start_child(worker())
        sums: list[int] = []

        async def ask(number: int) -> None:
            sums.append(await ref.ask(Sum(number, 1)))

        async with trio.open_nursery() as nursery:
            await ref.tell(Do(serve))
            for number in range(3):
                nursery.start_soon(ask, number)
        assert sorted(sums) == [1, 2, 3]
        assert not live
        assert ref.snapshot().restarts == 1


@edge
async def restart_limit_passed() -> None:
    """The children stop in reverse, and one error leaves the system."""
    stops: list[str] = []

    class Sibling(Actor[object]):
        async def stopped(self) -> None:
            await trio.lowlevel.checkpoint()
            stops.append(self.context.name)

    async def run() -> None:
        async with open_system("app", intensity=0) as system:
            children = (ChildSpec(name="a", start=Sibling), ChildSpec(name="b", start=Sibling), worker())
            policy = Supervisor(children=children, intensity=1, backoff=QUICKLY)
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            ref = sup.children()[2]
            for _ in range(2):
                await ref.tell("crash")
            await trio.sleep_forever()

    with FaultPlan(CrashMessage(path="app/sup/worker", nth=None, error=OSError)):
        with pytest.raises(SupervisionError) as caught:
            await run()
        assert [type(cause) for cause in caught.value.causes] == [OSError, OSError]
        assert stops == ["b", "a"]


async def _one_of_three_fails(strategy: Strategy, group: str) -> None:
    with FaultPlan(CrashMessage(path="app/sup/b")):
        async with open_system("app") as system:
            policy = Supervisor(children=tuple(worker(name) for name in "abc"), strategy=strategy, backoff=QUICKLY)
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            await sup.children()[1].tell("crash")
            await trio.sleep(1)
            assert "".join(child.name for child in sup.snapshot().children if child.restarts) == group


@edge
async def one_for_one() -> None:
    """That child alone."""
    await _one_of_three_fails(Strategy.ONE_FOR_ONE, "b")


@edge
async def one_for_all() -> None:
    """All of them."""
    await _one_of_three_fails(Strategy.ONE_FOR_ALL, "abc")


@edge
async def rest_for_one() -> None:
    """That child and those after it."""
    await _one_of_three_fails(Strategy.REST_FOR_ONE, "bc")


@edge
async def ask_deadlines() -> None:
    """Argument, Trio's own, or the system's; late replies are dropped and counted, abandoned requests skipped."""
    with FaultPlan(HangMessage(path="app/worker", nth=1, seconds=10)):
        async with open_system("app", ask_timeout=2) as system:
            ref = await system.start_child(worker())
            before = trio.current_time()
            outcomes: dict[str, float] = {}

            async def ask(how: str, timeout: float | None, scope: float) -> None:  # noqa: ASYNC109 - it is under test
                with trio.move_on_after(scope):
                    with suppress(AskTimeout):
                        await ref.ask(Sum(1, 1), timeout)
                outcomes[how] = trio.current_time() - before

            async with trio.open_nursery() as nursery:
                nursery.start_soon(ask, "argument", 1.0, float("inf"))
                nursery.start_soon(ask, "system", None, float("inf"))
                nursery.start_soon(ask, "scope", None, 3.0)
            assert outcomes == pytest.approx({"argument": 1, "system": 2, "scope": 3})
            assert await ref.ask(Sum(2, 2), timeout=20) == 4
            lost = system.dead_letters
            assert lost == {DeadLetterReason.LATE_REPLY: 1, DeadLetterReason.EXPIRED: 2}


@edge
async def ask_of_a_stopped_actor() -> None:
    """`ActorStopped` at once, and for every ask that is queued at the final stop."""
    with FaultPlan(HangMessage(path="app/worker", seconds=1)):
        async with open_system("app") as system:
            ref = await system.start_child(worker(mailbox=Mailbox(capacity=2)))
            stopped: list[float] = []

            async def ask() -> None:
                try:
                    await ref.ask(Sum(1, 1))
                except ActorStopped:
                    stopped.append(trio.current_time())

            async with trio.open_nursery() as nursery:
                for _ in range(5):
                    nursery.start_soon(ask)
                await settle()
                ref.stop()
            assert len(stopped) == 4
            now = trio.current_time()
            with pytest.raises(ActorStopped):
                await ref.ask(Sum(1, 1))
            assert trio.current_time() == now


@edge
async def ask_cycle() -> None:
    """Three that ask each other in a circle: the one that would close it gets its path, the others their replies."""
    async with open_system("app") as system:
        refs = [await system.start_child(worker(name)) for name in "abc"]
        paths: list[tuple[str, ...]] = []

        async def ask_next(actor: Worker, left: int) -> object:
            following = refs[("abc".index(actor.context.name) + 1) % 3]
            try:
                return await following.ask(Do(partial(ask_next, left=left - 1)))
            except AskCycle as cycle:
                paths.append(cycle.paths)
                return "closed"

        assert await refs[0].ask(Do(partial(ask_next, left=9))) == "closed"
        assert paths == [("app/c", "app/a", "app/b", "app/c")]


@edge
async def two_circles_at_once() -> None:
    """Two that ask each other at the same time: at least one is told, none waits for its deadline."""
    async with open_system("app", ask_timeout=100) as system:
        a, b = [await system.start_child(worker(name)) for name in "ab"]

        async def ask(actor: Worker, other: ActorRef[object]) -> str:
            try:
                await other.ask(Do(partial(ask, other=actor.context.self_ref)))
            except (AskCycle, ActorFailed):
                return "cycle"
            return "reply"

        before = trio.current_time()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(a.ask, Do(partial(ask, other=b)))
            nursery.start_soon(b.ask, Do(partial(ask, other=a)))
        assert trio.current_time() == before


@edge
async def tell() -> None:
    """It never raises for the receiver's state; a refusal is a dead letter with its reason."""
    async with open_system("app") as system:
        ref = await system.start_child(worker())
        await system.tell("nothing for a supervisor")
        ref.stop()
        await ref.tell(Note(1))
        await ref.wait_stopped()
        await ref.tell(Note(2))
        assert not ref.tell_nowait(Note(3))
        assert system.dead_letters == {DeadLetterReason.NO_MAILBOX: 1, DeadLetterReason.STOPPED: 3}


async def _fill(overflow: Overflow) -> None:
    notes: list[int] = []
    with FaultPlan(HangMessage(path="app/worker", seconds=1)):
        async with open_system("app", backoff=QUICKLY) as system:
            mailbox = Mailbox(capacity=2, overflow=overflow, key=lambda message: isinstance(message, Note))
            ref = await system.start_child(worker(notes=notes, mailbox=mailbox))
            await ref.tell(Note(0))
            await settle()
            refused: list[int] = []

            async def ask() -> None:
                try:
                    await ref.ask(Do(step))
                except (MailboxFull, ActorStopped):
                    refused.append(1)

            async with trio.open_nursery() as nursery:
                for number in range(1, 5):
                    nursery.start_soon(ref.tell, Note(number))
                nursery.start_soon(ask)
            await trio.sleep(2)
            assert 0 in notes
            lost = sum(system.dead_letters.values())
            handled = len(notes) + (0 if refused else 1)
            refused_at_once = overflow is Overflow.STOP  # an ask of an actor that has stopped is not even sent
            assert handled + lost == 6 or (refused_at_once and handled + lost == 5)
            if overflow is Overflow.WAIT:
                assert sorted(notes) == [0, 1, 2, 3, 4]


for _overflow in Overflow:
    _scenario = partial(_fill, _overflow)
    _scenario.__name__ = f"full_mailbox_{_overflow.value}"  # type: ignore[attr-defined]  # it names the test
    edge(_scenario)


@edge
async def stop_has_its_own_lane() -> None:
    """A full mailbox, and senders in line for it, do not delay a stop."""
    with FaultPlan(HangMessage(path="app/worker", seconds=1)):
        async with open_system("app") as system:
            ref = await system.start_child(worker(mailbox=Mailbox(capacity=1)))
            async with trio.open_nursery() as nursery:
                for number in range(5):
                    nursery.start_soon(ref.tell, Note(number))
                await settle()
                before = trio.current_time()
                ref.stop()
                assert (await ref.wait_stopped()).reason is EndReason.STOPPED
                assert trio.current_time() - before == pytest.approx(1)


@edge
async def stop() -> None:
    """New work is refused, the message in hand finished, the rest drained if so wished, then `stopped()` runs."""
    with FaultPlan(HangMessage(path="app/*", seconds=0.5)):
        async with open_system("app") as system:
            for drain in (False, True):
                notes: list[int] = []
                ref = await system.start_child(worker(f"drain-{drain}", notes, drain=drain))
                for number in range(3):
                    await ref.tell(Note(number))
                await settle()
                ref.stop()
                assert not ref.tell_nowait(Note(3))
                assert (await ref.wait_stopped()).reason is EndReason.STOPPED
                assert notes == ([0, 1, 2] if drain else [0])


@edge
async def stop_takes_too_long() -> None:
    """Then it is cancelled; so is a clean-up that does not end."""
    with FaultPlan(HangMessage(path="app/worker"), SlowStop(path="app/worker", seconds=100)):
        async with open_system("app") as system:
            ref = await system.start_child(worker(stop_timeout=1))
            await ref.tell(Note(1))
            await settle()
            before = trio.current_time()
            ref.stop()
            assert (await ref.wait_stopped()).reason is EndReason.KILLED
            assert trio.current_time() - before == pytest.approx(2)


@edge
async def shutdown_order() -> None:
    """Reverse and one by one in a supervisor, all at once in a dynamic one, under one budget."""
    stops: dict[str, float] = {}

    class Slow(Actor[object]):
        async def stopped(self) -> None:
            await trio.sleep(1)
            stops[self.context.name] = trio.current_time() - closing

    async with open_system("app") as system:
        ordered = Supervisor(children=tuple(ChildSpec(name=name, start=Slow) for name in "ab"))
        await system.start_supervisor(ChildSpec(name="ordered", start=ordered))
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=5)))
        for name in "xy":
            await many.start_child(ChildSpec(name=name, start=Slow))
        closing = trio.current_time()
    assert stops == pytest.approx({"a": 3, "b": 2, "x": 1, "y": 1})


@edge
async def shutdown_budget() -> None:
    """However many take their time, all is over within the system's budget."""
    with FaultPlan(HangMessage(path="app/*"), SlowStop(path="app/*", seconds=100)):
        async with open_system("app", shutdown_timeout=4) as system:
            for name in "abcd":
                ref = await system.start_child(worker(name))
                await ref.tell(Note(1))
            await settle()
            closing = trio.current_time()
    assert trio.current_time() - closing == pytest.approx(4)


@edge
async def start_in_order() -> None:
    """The next child starts only after `started()` returned."""
    with FaultPlan(SlowStart(path="app/sup/*", seconds=1)):
        async with open_system("app") as system:
            policy = Supervisor(children=tuple(worker(name) for name in "abc"))
            before = trio.current_time()
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            assert trio.current_time() - before == pytest.approx(3)
            assert len(sup.children()) == 3


@edge
async def start_fails() -> None:
    """Those started before are rolled back, and nothing is left of it."""
    with FaultPlan(SlowStart(path="app/sup/*", seconds=1), FailStart(path="app/sup/c")):
        async with open_system("app") as system:
            policy = Supervisor(children=tuple(worker(name) for name in "abc"))
            with pytest.raises(ActorFailed):
                await system.start_supervisor(ChildSpec(name="sup", start=policy))
            assert system.children() == ()


REQUEST_ID: contextvars.ContextVar[str] = contextvars.ContextVar("request_id")


@edge
async def context_variables() -> None:
    """An actor starts in a fresh context, over restarts too; a message carries none."""
    seen: list[str | None] = []

    async def look(actor: Worker) -> None:
        seen.append(REQUEST_ID.get(None))
        REQUEST_ID.set("the actor's own")

    async def serve(context: Context) -> None:
        seen.append(REQUEST_ID.get(None))
        context.started()

    with FaultPlan(CrashMessage(path="app/worker", nth=2)):
        token = REQUEST_ID.set("of the one who starts it")
        try:
            async with open_system("app", backoff=QUICKLY) as system:
                ref = await system.start_child(worker())
                await system.start_child(ChildSpec(name="serve", start=serve, restart=Restart.TEMPORARY))
                await ref.ask(Do(look))
                with suppress(ActorFailed):
                    await ref.ask(Do(look))
                await ref.ask(Do(look))
                assert seen == [None, None, None]
                assert REQUEST_ID.get() == "of the one who starts it"
        finally:
            REQUEST_ID.reset(token)


@edge
async def fairness() -> None:
    """A real checkpoint at least every 32 messages, for receivers and for senders that never have to wait."""
    handled: list[int] = []
    turns: list[int] = []

    class Busy(Actor[int]):
        async def handle(self, message: int) -> None:
            handled.append(message)

    async def watch() -> None:
        while len(handled) < 500:
            turns.append(len(handled))
            await trio.lowlevel.checkpoint()

    async with open_system("app") as system, trio.open_nursery() as nursery:
        ref = await system.start_child(ChildSpec(name="busy", start=Busy, mailbox=Mailbox(capacity=1000)))
        for number in range(500):
            ref.tell_nowait(number)
        nursery.start_soon(watch)
        await trio.sleep(1)
        assert len(handled) == 500
        assert max(after - before for before, after in zip(turns, [*turns[1:], 500], strict=True)) <= 64


@edge
async def dynamic_children() -> None:
    """They come and go beside each other, up to the limit."""
    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=3)))
        started: list[str] = []

        async def start(number: int) -> None:
            try:
                ref = await many.start_child(worker(str(number)))
            except SupervisorFull:
                return
            started.append(ref.name)
            await ref.ask(Sum(1, 1))
            ref.stop()
            await ref.wait_stopped()

        async with trio.open_nursery() as nursery:
            for number in range(5):
                nursery.start_soon(start, number)
        assert len(started) >= 3
        assert many.children() == ()


@edge
async def monitors() -> None:
    """They hear of the end that no restart follows, and of no other."""
    with FaultPlan(CrashMessage(path="app/worker", nth=1)):
        async with open_system("app", backoff=QUICKLY) as system:
            ref = await system.start_child(worker())
            async with ref.monitor() as monitor:
                await ref.tell("crash")
                assert await ref.ask(Sum(1, 1)) == 2
                assert monitor.receive_nowait() is None
                ref.stop()
                assert (await monitor.receive()).reason is EndReason.STOPPED


@edge
async def pipelines() -> None:
    """Stages in an actor: ordered, bounded, gone when the actor is."""
    received: list[int] = []

    async def double(item: int, emit: Emit[int]) -> None:
        await trio.lowlevel.checkpoint()
        await emit(item)
        await emit(item)

    async def keep(item: int, emit: Emit[int]) -> None:
        received.append(item)

    async def query(actor: Worker) -> None:
        stages = (Stage("a", double), Stage("b", double, concurrency=2), Stage("c", keep, timeout=5))
        await Pipeline(stages=stages).run(1, context=actor.context)

    async with open_system("app") as system:
        ref = await system.start_child(worker())
        await ref.ask(Do(query))
        assert received == [1] * 4


def test_no_error_of_ours_is_left_over() -> None:
    """All errors of the runtime have one root."""
    assert issubclass(SupervisionError, ActorError)
