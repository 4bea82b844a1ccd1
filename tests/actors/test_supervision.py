"""When a supervisor restarts, lets go and gives up."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.errors import ActorFailed, ActorStopped, NameTaken, SupervisionError
from smarthealth.actors.events import ChildFailed, EndReason, Instrument, RuntimeEvent
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import Kind, State
from smarthealth.actors.system import open_system

AT_ONCE = Backoff(initial=0)


class Obedient(Actor[object]):
    """Raises errors, finishes when told to."""

    async def handle(self, message: object) -> None:
        """Obey."""
        if isinstance(message, Exception):
            raise message
        if message == "finish":
            self.context.finish()


class Recorder(Instrument):
    """Keeps the failures."""

    def __init__(self) -> None:
        self.failures: list[ChildFailed] = []

    def on_event(self, event: RuntimeEvent) -> None:
        """Keep it if it is one."""
        if isinstance(event, ChildFailed):
            self.failures.append(event)


def child(name: str, restart: Restart | None = None, *, significant: bool = False) -> ChildSpec:
    """An obedient child."""
    return ChildSpec(name=name, start=Obedient, restart=restart, significant=significant)


def member(supervisor: SupervisorRef, name: str) -> ActorRef[object]:
    """The reference of a child that must be there."""
    ref = supervisor.child(name)
    assert ref is not None
    return ref


async def test_failures_within_the_period_are_borne_up_to_the_limit(autojump_clock: MockClock) -> None:
    """As many restarts as `intensity` allows within `period` are borne, one more is not; older ones are forgotten."""
    policy = Supervisor(children=(child("a"),), intensity=2, period=10, backoff=AT_ONCE)
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy, restart=Restart.TEMPORARY))
        for pause in (4, 7, 4, 7, 1):
            await member(sup, "a").tell(LookupError())
            await trio.sleep(pause)
        assert sup.snapshot().state is State.RUNNING
        await member(sup, "a").tell(KeyError())
        down = await sup.wait_stopped()
        assert isinstance(down.error, SupervisionError)
        assert down.error.path == "app/sup"
        assert [type(cause) for cause in down.error.causes] == [LookupError, LookupError, KeyError]


async def test_every_crash_is_reported_once_with_its_restart(autojump_clock: MockClock) -> None:
    """Each crash makes one report, which says when the restart comes, before whatever follows from it."""
    recorder = Recorder()
    backoff = Backoff(initial=0.5, factor=2, jitter=0)
    policy = Supervisor(children=(child("a"),), intensity=2, backoff=backoff)
    async with open_system("app", instrument=recorder) as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy, restart=Restart.TEMPORARY))
        for _ in range(3):
            await member(sup, "a").tell(LookupError())
            await trio.sleep(1.5)
        await sup.wait_stopped()
    assert [(failure.path, failure.restart_in) for failure in recorder.failures] == [
        ("app/sup/a", 0.5),
        ("app/sup/a", 1.0),
        ("app/sup/a", None),
        ("app/sup", None),
    ]


async def test_permanent_child_that_finishes_too_often_is_too_much_as_well(autojump_clock: MockClock) -> None:
    """A permanent child that ends by itself is restarted like one that fails, and counted; there is no cause then."""
    policy = Supervisor(children=(child("a"),), intensity=1, backoff=AT_ONCE)
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy, restart=Restart.TEMPORARY))
        for _ in range(2):
            await member(sup, "a").tell("finish")
            await trio.sleep(1)
        down = await sup.wait_stopped()
        assert isinstance(down.error, SupervisionError)
        assert down.error.causes == ()


async def test_stable_run_resets_the_backoff(autojump_clock: MockClock) -> None:
    """Delays grow from restart to restart, and start anew after a child ran for `reset_after`."""
    recorder = Recorder()
    backoff = Backoff(initial=1, factor=3, jitter=0, reset_after=60)
    async with open_system("app", instrument=recorder, backoff=backoff, intensity=100) as system:
        ref = await system.start_child(child("a"))
        for pause in (10, 10, 100, 10):
            await ref.tell(LookupError())
            await trio.sleep(pause)
    assert [failure.restart_in for failure in recorder.failures] == [1, 3, 9, 1]


async def test_giving_up_escalates(autojump_clock: MockClock) -> None:
    """A supervisor that gives up is restarted by its own, and counted there; the failures pass on as the causes."""
    policy = Supervisor(children=(child("a"),), intensity=0)
    with pytest.raises(SupervisionError) as caught:  # noqa: PT012 - the system is part of it
        async with open_system("app", intensity=1, period=60, backoff=AT_ONCE) as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            a = member(sup, "a")
            for error in (LookupError(), KeyError()):
                await a.tell(error)
                await trio.sleep(1)
            await trio.sleep_forever()
    assert caught.value.path == "app"
    assert [type(cause) for cause in caught.value.causes] == [LookupError, KeyError]


async def test_significant_child_takes_its_supervisor_with_it(autojump_clock: MockClock) -> None:
    """When a significant child ends by itself the others are stopped, and the supervisor has finished."""
    for restart, message in (
        (Restart.TRANSIENT, "finish"),
        (Restart.TEMPORARY, "finish"),
        (Restart.TEMPORARY, LookupError()),
    ):
        children = (child("a"), child("session", restart, significant=True), child("z", Restart.TEMPORARY))
        async with open_system("app") as system:
            many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=3)))
            connection = await many.start_supervisor(ChildSpec(name="connection", start=Supervisor(children=children)))
            z, a = member(connection, "z"), member(connection, "a")
            z.stop()
            await trio.sleep(1)
            assert connection.snapshot().state is State.RUNNING
            await member(connection, "session").tell(message)
            assert (await connection.wait_stopped()).reason is EndReason.FINISHED
            assert (await a.wait_stopped()).reason is EndReason.STOPPED
            assert many.children() == ()


async def test_significant_transient_child_that_fails_is_restarted(autojump_clock: MockClock) -> None:
    """Only an end that no restart follows is significant."""
    policy = Supervisor(children=(child("session", Restart.TRANSIENT, significant=True),), backoff=AT_ONCE)
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        session = member(sup, "session")
        await session.tell(LookupError())
        await trio.sleep(1)
        assert session.snapshot().restarts == 1
        assert sup.snapshot().state is State.RUNNING
        session.stop()
        await session.wait_stopped()
        await trio.sleep(1)
        assert sup.snapshot().state is State.RUNNING, "stopped from outside, it did not end by itself"


async def test_child_of_a_transient_supervisor_that_finished_is_not_restarted(autojump_clock: MockClock) -> None:
    """A transient supervisor that ends through a significant child has finished, and stays so."""
    policy = Supervisor(children=(child("session", Restart.TEMPORARY, significant=True),))
    async with open_system("app") as system:
        spec = ChildSpec(name="sup", start=policy, restart=Restart.TRANSIENT)
        sup = await system.start_supervisor(spec)
        await member(sup, "session").tell("finish")
        assert (await sup.wait_stopped()).reason is EndReason.FINISHED
        assert system.children() == ()


async def test_child_of_one_name_is_refused(autojump_clock: MockClock) -> None:
    """Names are unique among siblings as long as the child is in the tree."""
    async with open_system("app") as system:
        ref = await system.start_child(child("a", Restart.TRANSIENT))
        with pytest.raises(NameTaken):
            await system.start_child(child("a"))
        await ref.tell("finish")
        await ref.wait_stopped()
        await system.start_child(child("a"))


async def test_child_stopped_while_it_waits_for_its_restart_is_gone(autojump_clock: MockClock) -> None:
    """`stop` reaches a child between two incarnations, too."""
    async with open_system("app", backoff=Backoff(initial=10)) as system:
        ref = await system.start_child(child("a"))
        await ref.tell(LookupError())
        await trio.sleep(1)
        await ref.tell("queued")
        ref.stop()
        assert (await ref.wait_stopped()).reason is EndReason.STOPPED
        assert system.children() == ()
        await trio.sleep(30)
        assert ref.snapshot().state is State.STOPPED


async def test_supervisor_that_waits_for_its_restart_takes_no_children(autojump_clock: MockClock) -> None:
    """A supervisor between two incarnations refuses to start children."""
    policy = Supervisor(children=(child("a"),), intensity=0)
    async with open_system("app", backoff=Backoff(initial=10)) as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        a = member(sup, "a")
        await a.tell(LookupError())
        await trio.sleep(1)
        with pytest.raises(ActorStopped):
            await sup.start_child(child("b"))
        sup.stop()
        assert (await a.wait_stopped()).reason is EndReason.STOPPED, "the children of one that is gone are gone"


async def test_stop_timeout_of_a_supervisor_bounds_its_children(autojump_clock: MockClock) -> None:
    """A supervisor with a `stop_timeout` cuts what still works below it then; without one, its children's limits hold."""

    async def drain(context: Context) -> None:
        stopping = context.stopping
        context.started()
        await stopping.wait()
        await trio.sleep(6)

    policy = Supervisor(children=(ChildSpec(name="drain", start=drain, stop_timeout=8),))
    async with open_system("app") as system:
        for limit, expected in ((2, 2), (None, 6)):
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy, stop_timeout=limit))
            begun = trio.current_time()
            sup.stop()
            await sup.wait_stopped()
            assert trio.current_time() - begun == pytest.approx(expected)


async def test_zombie_of_a_supervisor_that_is_gone_ends_quietly(autojump_clock: MockClock) -> None:
    """A stuck child that ends after its supervisor was given up for good troubles nobody."""

    async def stand(context: Context) -> None:
        context.started()
        with trio.move_on_after(30, shield=True):
            await trio.sleep_forever()
        raise LookupError

    recorder = Recorder()
    async with open_system("app", instrument=recorder) as system:
        policy = Supervisor(children=(ChildSpec(name="stand", start=stand),))
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        sup.stop()
        await sup.wait_stopped()
        await trio.sleep(60)
        assert [node.kind for node in system.snapshot().walk()] == [Kind.SUPERVISOR]
    assert recorder.failures == []


async def test_start_that_fails_or_is_cancelled_leaves_nothing(autojump_clock: MockClock) -> None:
    """A child that fails to start, or whose starter is cancelled, is gone before its starter goes on."""

    async def slow(_context: Context) -> None:
        await trio.sleep_forever()

    async def fail(_context: Context) -> None:
        raise LookupError

    async with open_system("app") as system:
        with trio.move_on_after(1):
            await system.start_child(ChildSpec(name="slow", start=slow))
        assert system.children() == ()
        for policy in (
            Supervisor(children=(child("a"), ChildSpec(name="fail", start=fail))),
            fail,
        ):
            with pytest.raises(ActorFailed) as caught:
                await system.start_child(ChildSpec(name="fails", start=policy))
            assert isinstance(caught.value.__cause__, LookupError)
            assert system.children() == ()


async def test_stop_while_giving_up_changes_nothing(autojump_clock: MockClock) -> None:
    """A supervisor that is stopped while it gives up still ends as failed, and is not restarted."""

    class Lingering(Obedient):
        async def stopped(self) -> None:
            await trio.sleep(3)

    children = (ChildSpec(name="a", start=Lingering), child("b"))
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=Supervisor(children=children, intensity=0)))
        await member(sup, "b").tell(LookupError())
        await trio.sleep(1)
        sup.stop()
        down = await sup.wait_stopped()
        assert isinstance(down.error, SupervisionError)
        assert system.children() == ()


async def test_group_restart_keeps_the_mailboxes_of_all(autojump_clock: MockClock) -> None:
    """Those who are stopped only to be started again keep their cells: what is told to them meanwhile waits."""
    heard: list[object] = []

    class Hearer(Obedient):
        async def handle(self, message: object) -> None:
            heard.append(message)

    children = (ChildSpec(name="hearer", start=Hearer), child("b"))
    policy = Supervisor(children=children, strategy=Strategy.ONE_FOR_ALL, backoff=Backoff(initial=5, jitter=0))
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        hearer = member(sup, "hearer")
        await member(sup, "b").tell(LookupError())
        await trio.sleep(1)
        await hearer.tell("meanwhile")
        assert heard == []
        await trio.sleep(5)
        assert heard == ["meanwhile"]
