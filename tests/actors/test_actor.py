"""What one writes and holds."""

from __future__ import annotations

import contextvars
from functools import partial
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, Asleep, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorStopped, NameTaken, SupervisorFull
from smarthealth.actors.events import ChildFailed, Down, EndReason
from smarthealth.actors.policy import Restart
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import Kind, State, TaskSnapshot
from smarthealth.actors.system import open_system

VARIABLE = contextvars.ContextVar("VARIABLE", default="fresh")


class Plain(Actor[object]):
    """Keeps what it is told."""

    async def handle(self, message: object) -> object:
        """Return it."""
        return message


@attrs.frozen
class Echo(Request[object]):
    """Wants itself back."""


async def idle(context: Context) -> None:
    """Wait."""
    context.started()
    await trio.sleep_forever()


def test_nonsense_is_refused() -> None:
    """Specifications that cannot work are refused when they are made."""
    with pytest.raises(ValueError, match="significant"):
        ChildSpec(name="a", start=Plain, significant=True)
    with pytest.raises(ValueError, match="two children"):
        Supervisor(children=(ChildSpec(name="a", start=Plain), ChildSpec(name="a", start=idle)))
    with pytest.raises(ValueError, match="max_children"):
        DynamicSupervisor(max_children=0)
    with pytest.raises(ValueError, match="stop_timeout"):
        ChildSpec(name="a", start=Plain, stop_timeout=-1)
    with pytest.raises(ValueError, match="name"):
        ChildSpec(name="", start=Plain)
    with pytest.raises(ValueError, match="name"):
        ChildSpec(name="a/b", start=Plain)
    with pytest.raises(ValueError, match="stash_capacity"):
        ChildSpec(name="a", start=Plain, stash_capacity=-1)
    with pytest.raises(ValueError, match="start_timeout"):
        ChildSpec(name="a", start=Plain, start_timeout=float("nan"))


@pytest.mark.parametrize("start", [Plain(), 5, None, "Plain", Supervisor, int])
def test_start_that_makes_no_child_is_refused(start: Any) -> None:
    """What is no way to start a child is refused when the specification is made, in words that say what would be."""
    with pytest.raises(TypeError, match=r"child 'a': start must be a class of actors, .*; it is"):
        ChildSpec(name="a", start=start)


async def test_actor_must_handle_messages(autojump_clock: MockClock) -> None:
    """An actor without `handle` fails at its first message; its other methods need not be written."""
    actor: Actor[str] = Actor()
    await actor.started()
    await actor.stopped()
    with pytest.raises(NotImplementedError):
        await actor.handle("a")


def test_specification_knows_its_kind() -> None:
    """A callable without arguments makes actors, an async one is a service, and policies are supervisors."""
    assert ChildSpec(name="a", start=Supervisor()).kind is Kind.SUPERVISOR
    assert ChildSpec(name="a", start=DynamicSupervisor(max_children=1)).kind is Kind.DYNAMIC_SUPERVISOR
    assert ChildSpec(name="a", start=lambda: Plain()).kind is Kind.ACTOR
    assert ChildSpec(name="a", start=idle).kind is Kind.SERVICE
    assert ChildSpec(name="a", start=partial(partial(idle))).kind is Kind.SERVICE
    assert ChildSpec(name="a", start=partial(Plain)).kind is Kind.ACTOR


async def test_context_knows_its_place(autojump_clock: MockClock) -> None:
    """A context tells path, name, incarnation, and the references of itself, its supervisor and the system."""
    contexts: list[Context] = []

    class Keeper(Plain):
        async def started(self) -> None:
            contexts.append(self.context)

    async with open_system("app") as system:
        sup = await system.start_supervisor(
            ChildSpec(name="sup", start=Supervisor(children=(ChildSpec(name="a", start=Keeper),)))
        )
        context = contexts[0]
        assert (context.path, context.name, context.restarts) == ("app/sup/a", "a", 0)
        assert context.self_ref == sup.child("a")
        assert context.parent == sup
        assert context.system == system
        assert not context.stopping.is_set()
        context.finish()
        await trio.sleep(1)
        assert contexts[1].restarts == 1
        with pytest.raises(RuntimeError, match="started"):
            contexts[1].started()


async def test_context_wakes_a_service(autojump_clock: MockClock) -> None:
    """A service that sleeps is called again through its context."""
    contexts: list[Context] = []

    async def serve(context: Context) -> Asleep:
        contexts.append(context)
        context.started()
        return Asleep()

    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="a", start=serve))
        await wait_all_tasks_blocked()
        contexts[0].wake()
        await wait_all_tasks_blocked()
    assert len(contexts) == 2


async def test_actor_does_not_see_its_spawners_context_variables(autojump_clock: MockClock) -> None:
    """An actor starts in a fresh context, and so does every incarnation."""
    seen: list[str] = []

    async def serve(context: Context) -> None:
        seen.append(VARIABLE.get())
        VARIABLE.set("the incarnation's")
        context.started()
        if not context.restarts:
            raise LookupError
        await trio.sleep_forever()

    VARIABLE.set("spawner's")
    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="a", start=serve))
        await trio.sleep(1)
    assert seen == ["fresh", "fresh"]


async def test_supervisor_reference_finds_children(autojump_clock: MockClock) -> None:
    """Children are found by name, and listed in the order of their starts."""
    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=2)))
        assert isinstance(many, SupervisorRef)
        assert await system.start_child(ChildSpec(name="a", start=idle)) == system.child("a")
        assert system.child("nobody") is None
        assert [child.name for child in system.children()] == ["many", "a"]
        with pytest.raises(TypeError, match="no supervisor"):
            await system.start_supervisor(ChildSpec(name="b", start=Plain))


async def test_gauges_show_tasks_of_an_actor(autojump_clock: MockClock) -> None:
    """What an actor shows of its inner tasks is in its snapshot until it takes it back."""
    shown = TaskSnapshot(name="search", state="working", handled=0)
    contexts: list[Context] = []

    def gauge() -> tuple[TaskSnapshot, ...]:
        return (shown,)

    async def serve(context: Context) -> None:
        contexts.append(context)
        await idle(context)

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="a", start=serve))
        contexts[0].remove_gauge(gauge)
        contexts[0].add_gauge(gauge)
        contexts[0].add_gauge(gauge)
        assert ref.snapshot().tasks == (shown, shown)
        contexts[0].remove_gauge(gauge)
        assert ref.snapshot().tasks == (shown,)
        contexts[0].remove_gauge(gauge)
        assert ref.snapshot().tasks == ()


async def test_snapshot_shows_the_whole_tree(autojump_clock: MockClock) -> None:
    """A snapshot has every actor's path, kind, state, mailbox, restarts, last failure and age."""
    children = (ChildSpec(name="actor", start=Plain), ChildSpec(name="service", start=idle, restart=Restart.TEMPORARY))
    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="sup", start=Supervisor(children=children)))
        await trio.sleep(3)
        nodes = {node.path: node for node in system.snapshot().walk()}
        assert [node.path for node in system.snapshot(depth=1).walk()] == ["app", "app/sup"]
        assert system.snapshot(depth=0).children == ()
    assert {path: node.kind for path, node in nodes.items()} == {
        "app": Kind.SUPERVISOR,
        "app/sup": Kind.SUPERVISOR,
        "app/sup/actor": Kind.ACTOR,
        "app/sup/service": Kind.SERVICE,
    }
    actor, service = nodes["app/sup/actor"], nodes["app/sup/service"]
    assert (actor.mailbox_depth, actor.mailbox_capacity, actor.restarts) == (0, 64, 0)
    assert (actor.last_failure, actor.waiting_for) == (None, None)
    assert actor.age == pytest.approx(3)
    assert service.mailbox_capacity is None
    assert attrs.asdict(actor)["name"] == "actor"


class Slotted(Actor[object]):
    """Has an attribute in a slot, and one that is not set."""

    __slots__ = ("number", "unset")

    def __init__(self) -> None:
        self.number = 1

    async def handle(self, message: object) -> object:
        """Show what the context offers."""
        self.context.registry.register("slotted", self.context.self_ref)
        self.context.timers.once("a", 1, "tick")
        if message == "stash":
            self.context.stash()
            return None
        return self.context.unstash_all(), self.context.deadline


class OneSlot(Slotted):
    """Its only slot is named by a string."""

    __slots__ = "only"

    def __init__(self) -> None:
        super().__init__()
        self.only = 2


def test_state_is_the_attributes_by_default() -> None:
    """Those that are set, in slots or not, without the context."""
    assert Slotted().get_state() == {"number": 1}
    assert OneSlot().get_state() == {"number": 1, "only": 2}
    idle = Moody()
    idle.mood = "good"
    assert idle.get_state() == {"mood": "good"}


class Moody(Actor[object]):
    """Has attributes of the usual kind."""

    mood: str


async def test_context_leads_to_timers_stash_and_registry(autojump_clock: MockClock) -> None:
    """An actor reaches all that is its own through its context."""
    async with open_system("app") as system:
        ref: ActorRef[object] = await system.start_child(ChildSpec(name="slotted", start=Slotted))
        await ref.tell("stash")
        await ref.tell("unstash")
        await trio.sleep(2)
        assert system.registry.find("slotted") == ref


class Shy(Plain):
    """Takes a second to start, and may not manage."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def started(self) -> None:
        """Wait, or fail."""
        await trio.sleep(1)
        if self.error is not None:
            raise self.error


async def test_child_that_is_not_waited_for_hears_what_it_was_told_before(autojump_clock: MockClock) -> None:
    """A start without waiting gives a reference at once; messages and asks wait until the child is ready."""
    begun = trio.current_time()
    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=2)))
        ref = many.start_child_nowait(ChildSpec(name="a", start=Shy))
        assert ref == many.child("a")
        assert ref.snapshot().state is State.STARTING
        assert trio.current_time() == begun
        assert await ref.ask(Echo()) == Echo()
        assert trio.current_time() == begun + 1
        with pytest.raises(NameTaken):
            many.start_child_nowait(ChildSpec(name="a", start=Shy))
        many.start_child_nowait(ChildSpec(name="b", start=Shy))
        with pytest.raises(SupervisorFull):
            many.start_child_nowait(ChildSpec(name="c", start=Shy))
    with pytest.raises(ActorStopped):
        many.start_child_nowait(ChildSpec(name="d", start=Shy))


async def test_child_that_is_not_waited_for_and_cannot_start_is_told_of(autojump_clock: MockClock) -> None:
    """Such a start leaves no trace but an event and what monitors hear; asks get `ActorStopped`, the supervisor lives."""
    error = LookupError()
    async with open_system("app") as system, system.open_events() as events:
        ref = system.start_child_nowait(ChildSpec(name="a", start=lambda: Shy(error)))
        async with ref.monitor() as monitor:
            with pytest.raises(ActorStopped):
                await ref.ask(Echo())
            assert await monitor.receive() == Down(path="app/a", reason=EndReason.FAILED, error=error)
        assert events.receive_nowait() == ChildFailed(path="app/a", error=error, restart_in=None)
        assert system.children() == ()
        assert system.snapshot().state is State.RUNNING
