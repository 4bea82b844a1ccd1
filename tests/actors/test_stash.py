"""Messages set aside: bounded, in order, settled."""

from __future__ import annotations

from collections.abc import AsyncIterator

import attrs
import pytest
import trio
import trio.lowlevel
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Ask, Request
from smarthealth.actors.errors import ActorFailed, ActorStopped, AskTimeout, StashFull
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.policy import Mailbox, Restart
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.stash import Stash
from smarthealth.actors.system import System, open_system


@attrs.frozen
class Read(Request[str]):
    """Is answered when the door is open."""

    what: str


class Shy(Actor[object]):
    """Sets aside all that comes before `open`."""

    def __init__(self) -> None:
        self.is_open = False
        self.handled: list[object] = []

    async def handle(self, message: object) -> object:
        """Open, crash, or handle if open."""
        if message == "open":
            self.is_open = True
            return self.context.unstash_all()
        if message == "crash":
            self.context.stash()
            raise LookupError
        if message == "close":
            self.is_open = False
        elif not self.is_open:
            self.context.stash()
            self.context.stash()
            return "never seen"
        self.handled.append(message)
        return message.what if isinstance(message, Read) else None


@pytest.fixture
async def system() -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app") as system:
        yield system


async def start(system: System, **spec: object) -> tuple[Shy, ActorRef[object]]:
    """A shy actor and its reference."""
    shy = Shy()
    ref: ActorRef[object] = await system.start_child(attrs.evolve(ChildSpec(name="shy", start=lambda: shy), **spec))  # type: ignore[arg-type]
    return shy, ref


async def test_stashed_messages_come_before_new_ones(autojump_clock: MockClock, system: System) -> None:
    """What was set aside is handled in its order, before what came later, and the snapshot counts it."""
    shy, ref = await start(system)
    for message in ("a", "b"):
        await ref.tell(message)
    await wait_all_tasks_blocked()
    assert ref.snapshot().stashed == 2
    for message in ("open", "c"):
        await ref.tell(message)
    await wait_all_tasks_blocked()
    assert shy.handled == ["a", "b", "c"]
    assert ref.snapshot().stashed == 0
    await ref.tell("open")
    await wait_all_tasks_blocked()
    assert shy.handled == ["a", "b", "c"]


async def test_stashed_ask_is_answered_in_the_end(autojump_clock: MockClock, system: System) -> None:
    """An ask that is set aside waits on, and gets the reply of its second handling."""
    _, ref = await start(system)
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            assert await ref.ask(Read("x"), timeout=5) == "x"

        nursery.start_soon(ask)
        await trio.sleep(1)
        await ref.tell("open")


async def test_stashed_ask_keeps_its_deadline(autojump_clock: MockClock, system: System) -> None:
    """Its asker gives up in time; it is skipped when its turn comes, and makes room when the stash is full."""
    shy, ref = await start(system, stash_capacity=2)
    begun = trio.current_time()
    for _ in range(3):
        with pytest.raises(AskTimeout):
            await ref.ask(Read("x"), timeout=1)
    assert trio.current_time() - begun == pytest.approx(3)
    assert ref.snapshot().stashed == 1
    await ref.tell("open")
    await wait_all_tasks_blocked()
    assert shy.handled == []
    assert system.dead_letters == {Reason.EXPIRED: 3}


async def test_full_stash_is_a_crash_unless_caught(autojump_clock: MockClock, system: System) -> None:
    """One message too many raises `StashFull` in the handler; its asker hears of it."""
    _, ref = await start(system, stash_capacity=1)
    await ref.tell("a")
    with pytest.raises(ActorFailed) as caught:
        await ref.ask(Read("x"))
    assert isinstance(caught.value.__cause__, StashFull)
    assert caught.value.__cause__.capacity == 1
    assert caught.value.__cause__.path == "app/shy"


async def test_stash_outlives_a_crash(autojump_clock: MockClock, system: System) -> None:
    """At a crash the stash goes back to the mailbox, before all others; the message that crashed does not."""
    actors: list[Shy] = []

    def make() -> Shy:
        actors.append(Shy())
        actors[-1].is_open = len(actors) > 1
        return actors[-1]

    ref: ActorRef[object] = await system.start_child(ChildSpec(name="shy", start=make))
    for message in ("a", "b", "crash", "c"):
        await ref.tell(message)
    await trio.sleep(1)
    assert actors[1].handled == ["a", "b", "c"]


async def test_stash_is_lost_with_the_mailbox(autojump_clock: MockClock, system: System) -> None:
    """When the actor stops for good, stashed asks fail and stashed messages are dead letters."""
    _, ref = await start(system)
    await ref.tell("a")
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            with pytest.raises(ActorStopped):
                await ref.ask(Read("x"))

        nursery.start_soon(ask)
        await wait_all_tasks_blocked()
        ref.stop()
    assert system.dead_letters == {Reason.STOPPED: 2}


async def test_senders_wait_until_what_was_unstashed_has_room(autojump_clock: MockClock, system: System) -> None:
    """What comes back may be more than the mailbox holds; until there is room again, senders wait, and keep their order."""
    shy, ref = await start(system, mailbox=Mailbox(capacity=2))
    for number in range(10):
        await ref.tell(number)
    await wait_all_tasks_blocked()
    async with trio.open_nursery() as nursery:
        for message in ("open", "x", "y", "z"):
            nursery.start_soon(ref.tell, message)
            await trio.lowlevel.checkpoint()
    await wait_all_tasks_blocked()
    assert shy.handled[:10] == list(range(10))
    assert set(shy.handled[10:]) <= {"x", "y", "z"}
    assert ref.snapshot().mailbox_depth == 0


async def test_a_message_is_set_aside_only_from_its_handler(autojump_clock: MockClock, system: System) -> None:
    """Outside of `handle`, in `started`, `stopped` or another task, there is no message in hand."""
    refused: list[str] = []

    class Confused(Actor[object]):
        def try_to(self, where: str) -> None:
            try:
                self.context.stash()
            except RuntimeError:
                refused.append(where)

        async def started(self) -> None:
            self.try_to("started")

        async def handle(self, message: object) -> None:
            async with trio.open_nursery() as nursery:  # noqa: ASYNC112 - another task is the point
                nursery.start_soon(self.other_task)
            self.context.unstash_all()

        async def other_task(self) -> None:
            self.try_to("other task")

        async def stopped(self) -> None:
            self.try_to("stopped")

    spec = ChildSpec(name="confused", start=Confused, restart=Restart.TEMPORARY)
    ref: ActorRef[object] = await system.start_child(spec)
    await ref.tell("a")
    await wait_all_tasks_blocked()
    ref.stop()
    await ref.wait_stopped()
    assert refused == ["started", "other task", "stopped"]


async def test_expired_asks_are_taken_out() -> None:
    """Only requests whose askers have gone are; the order of the others stays."""
    stash, task = Stash(3), trio.lowlevel.current_task()
    asks = [Ask(Read(what), task) for what in "ab"]
    stash.add("first")
    for ask in asks:
        stash.add(ask)
    assert stash.expired() == ()
    asks[0].settle("late")
    with pytest.raises(StashFull):
        stash.check_room("app/a")
    assert stash.expired() == (asks[0].request,)
    stash.check_room("app/a")
    assert stash.take_all() == ("first", asks[1])
    assert stash.take_all() == ()
