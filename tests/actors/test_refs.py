"""What one may do with the address of an actor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from math import nan
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context, Supervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed, ActorStopped, AskCycle, AskTimeout, MailboxFull
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.events import Down, EndReason, MessageInstrument
from smarthealth.actors.policy import Mailbox, Overflow
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import WaitReason
from smarthealth.actors.system import System, open_system


class Refused(Exception):
    """An error that `Work` declares."""


@attrs.frozen(kw_only=True)
class Work(Request[str]):
    """Takes its time, then replies or raises."""

    errors = (Refused,)
    seconds: float = 0
    error: Exception | None = None


@attrs.frozen(kw_only=True)
class Forward(Request[str]):
    """Has the actor ask, or tell, another."""

    to: ActorRef[object]
    what: object
    tell: bool = False


class Worker(Actor[object]):
    """Does what it is told."""

    __slots__ = ("heard",)

    def __init__(self) -> None:
        self.heard: list[object] = []

    async def handle(self, message: object) -> object:
        """Work, forward, or just keep it."""
        match message:
            case Work(seconds=seconds, error=error):
                await trio.sleep(seconds)
                if error is not None:
                    raise error
                return "done"
            case Forward(to=to, what=what, tell=True):
                await to.tell(what)
                return "told"
            case Forward(to=to, what=Request() as request):
                return await to.ask(request)
            case _:
                self.heard.append(message)
                return None


@pytest.fixture
async def system() -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app") as system:
        yield system


async def start(system: System, name: str = "worker", **mailbox: Any) -> tuple[Worker, ActorRef[object]]:
    """A worker and its reference."""
    worker = Worker()
    settings = attrs.evolve(Mailbox(), **mailbox)
    ref: ActorRef[object] = await system.start_child(ChildSpec(name=name, start=lambda: worker, mailbox=settings))
    return worker, ref


async def idle(context: Context) -> None:
    """A service that waits."""
    context.started()
    await trio.sleep_forever()


async def test_references_to_one_actor_are_equal(autojump_clock: MockClock, system: System) -> None:
    """References compare by the actor they address, and say who that is."""
    _, ref = await start(system)
    other = system.child("worker")
    assert ref == other
    assert hash(ref) == hash(other)
    assert ref != system
    assert ref != "app/worker"
    assert (ref.path, ref.name) == ("app/worker", "worker")
    assert repr(ref) == "<ActorRef app/worker running>"
    assert ref.snapshot().path == "app/worker"


async def test_messages_arrive_in_order(autojump_clock: MockClock, system: System) -> None:
    """What one sender tells arrives in the order of telling, waiting or not."""
    worker, ref = await start(system, capacity=3)
    for number in range(100):
        if number % 2 or not ref.tell_nowait(number):
            await ref.tell(number)
    await wait_all_tasks_blocked()
    assert worker.heard == list(range(100))


async def test_tell_waits_while_the_mailbox_is_full(autojump_clock: MockClock, system: System) -> None:
    """By default a sender that is too fast is slowed down to the receiver's pace, and loses nothing."""
    worker, ref = await start(system, capacity=1)
    await ref.tell(Work(seconds=10))
    await wait_all_tasks_blocked()
    begun = trio.current_time()
    await ref.tell("a")
    assert trio.current_time() - begun == pytest.approx(0)
    await ref.tell("b")
    assert trio.current_time() - begun == pytest.approx(10)
    await wait_all_tasks_blocked()
    assert worker.heard == ["a", "b"]


async def test_tell_never_raises_for_the_state_of_the_receiver(autojump_clock: MockClock, system: System) -> None:
    """What is told to a stopped actor, to a service or to a supervisor is a dead letter with a reason."""
    _, ref = await start(system)
    service = await system.start_child(ChildSpec(name="service", start=idle))
    ref.stop()
    await ref.wait_stopped()
    for receiver in (ref, service, system):
        await receiver.tell("a")
        assert receiver.tell_nowait("b") is False
    assert system.dead_letters == {Reason.STOPPED: 2, Reason.NO_MAILBOX: 4}


async def test_tell_nowait_does_not_wait(autojump_clock: MockClock, system: System) -> None:
    """A message that would have to wait for room is refused, and counted."""
    _, ref = await start(system, capacity=1)
    assert ref.tell_nowait(Work(seconds=10))
    await wait_all_tasks_blocked()
    assert ref.tell_nowait("a")
    assert ref.tell_nowait("b") is False
    assert system.dead_letters == {Reason.FULL: 1}


async def test_busy_sender_lets_others_run(autojump_clock: MockClock, system: System) -> None:
    """A sender that never has to wait gives way at least every 32 messages."""
    worker, ref = await start(system, capacity=1000)
    for number in range(80):
        await ref.tell(number)
    assert len(worker.heard) >= 31


async def test_cancelled_tell_was_not_sent(autojump_clock: MockClock, system: System) -> None:
    """A message whose sender is cancelled, while it waits or at the checkpoint on the way, has not been sent."""
    worker, ref = await start(system, capacity=64)
    with trio.CancelScope() as scope:
        scope.cancel()
        for number in range(40):
            await ref.tell(number)
    await wait_all_tasks_blocked()
    assert worker.heard == list(range(31))


async def test_ask_returns_the_reply(autojump_clock: MockClock, system: System) -> None:
    """What `handle` returns is the reply."""
    _, ref = await start(system)
    assert await ref.ask(Work()) == "done"


async def test_declared_error_goes_to_the_asker_and_the_actor_lives(autojump_clock: MockClock, system: System) -> None:
    """An error that the request declares is raised in the asker as itself, and fails nothing."""
    _, ref = await start(system)
    error = Refused()
    with pytest.raises(Refused) as caught:
        await ref.ask(Work(error=error))
    assert caught.value is error
    assert ref.snapshot().restarts == 0
    assert await ref.ask(Work()) == "done"


async def test_any_other_error_fails_the_actor(autojump_clock: MockClock, system: System) -> None:
    """An error that is not declared is a crash: the asker gets `ActorFailed` caused by it, and the actor restarts."""
    _, ref = await start(system)
    error = LookupError()
    with pytest.raises(ActorFailed) as caught:
        await ref.ask(Work(error=error))
    assert caught.value.__cause__ is error
    assert await ref.ask(Work()) == "done"
    assert ref.snapshot().restarts == 1
    assert ref.snapshot().last_failure == "LookupError"


async def test_ask_has_a_deadline_of_its_own(autojump_clock: MockClock, system: System) -> None:
    """`timeout` ends the wait with `AskTimeout`, on time; the reply that comes later is dropped and counted."""
    _, ref = await start(system)
    begun = trio.current_time()
    with pytest.raises(AskTimeout):
        await ref.ask(Work(seconds=10), timeout=0.1)
    assert trio.current_time() - begun == pytest.approx(0.1)
    await trio.sleep(20)
    assert system.dead_letters == {Reason.LATE_REPLY: 1}
    assert await ref.ask(Work()) == "done"


async def test_late_error_is_no_failure(autojump_clock: MockClock, system: System) -> None:
    """A declared error whose asker has gone is dropped and counted as well."""
    _, ref = await start(system)
    with pytest.raises(AskTimeout):
        await ref.ask(Work(seconds=1, error=Refused()), timeout=0.5)
    assert await ref.ask(Work()) == "done"
    assert system.dead_letters == {Reason.LATE_REPLY: 1}


async def test_ask_obeys_the_callers_deadline(autojump_clock: MockClock, system: System) -> None:
    """Without a timeout, an ask lasts as long as the caller's scopes allow, and is cancelled by them."""
    _, ref = await start(system)
    begun = trio.current_time()
    with trio.move_on_after(100) as scope:
        await ref.ask(Work(seconds=1000))
    assert scope.cancelled_caught
    assert trio.current_time() - begun == pytest.approx(100)


async def test_ask_without_any_deadline_has_the_systems(autojump_clock: MockClock, system: System) -> None:
    """An ask that nobody limits ends with `AskTimeout` after the system's `ask_timeout`: none can hang."""
    _, ref = await start(system)
    begun = trio.current_time()
    with pytest.raises(AskTimeout):
        await ref.ask(Work(seconds=1000))
    assert trio.current_time() - begun == pytest.approx(5)


async def test_request_whose_asker_has_gone_is_skipped(autojump_clock: MockClock, system: System) -> None:
    """A request that timed out in the mailbox, or in line for it, is not handled."""
    worker, ref = await start(system, capacity=1)
    await ref.tell(Work(seconds=10))
    await wait_all_tasks_blocked()
    async with trio.open_nursery() as nursery:
        for _ in range(2):

            async def ask() -> None:
                with pytest.raises(AskTimeout):
                    await ref.ask(Work(), timeout=1)

            nursery.start_soon(ask)
    await ref.tell("next")
    await wait_all_tasks_blocked()
    assert worker.heard == ["next"]
    assert system.dead_letters == {Reason.EXPIRED: 1}


async def test_ask_waits_for_room_within_its_deadline(autojump_clock: MockClock, system: System) -> None:
    """A request waits in line for a full mailbox and is handled in its turn."""
    _, ref = await start(system, capacity=1)
    ref.tell_nowait(Work(seconds=2))
    await wait_all_tasks_blocked()
    ref.tell_nowait(Work(seconds=2))
    assert await ref.ask(Work(seconds=0.5)) == "done"


async def test_ask_to_a_stopped_actor_fails_at_once(autojump_clock: MockClock, system: System) -> None:
    """Asking one who has stopped, or who takes no messages, raises `ActorStopped` without waiting."""
    _, ref = await start(system)
    service = await system.start_child(ChildSpec(name="service", start=idle))
    ref.stop()
    begun = trio.current_time()
    for receiver in (ref, service, system):
        with pytest.raises(ActorStopped):
            await receiver.ask(Work())
    assert trio.current_time() - begun == pytest.approx(0)


async def test_no_ask_hangs_when_its_actor_stops(autojump_clock: MockClock, system: System) -> None:
    """Asks in hand, queued and in line for room all fail when the actor stops for good."""
    _, ref = await start(system, capacity=1)
    failed: list[str] = []

    async def ask() -> None:
        with pytest.raises(ActorStopped):
            await ref.ask(Work(seconds=100), timeout=1000)
        failed.append("asked")

    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(ask)
        await wait_all_tasks_blocked()
        begun = trio.current_time()
        ref.stop()
    assert len(failed) == 3
    assert trio.current_time() - begun == pytest.approx(5), "the one in hand has the actor's time to stop"


async def test_full_mailbox_that_rejects_fails_the_ask(autojump_clock: MockClock, system: System) -> None:
    """A mailbox that refuses tells the asker so."""
    _, ref = await start(system, capacity=1, overflow=Overflow.REJECT)
    ref.tell_nowait(Work(seconds=10))
    await wait_all_tasks_blocked()
    ref.tell_nowait("a")
    with pytest.raises(MailboxFull):
        await ref.ask(Work())


async def test_ask_cycle_is_refused_before_it_parks(autojump_clock: MockClock, system: System) -> None:
    """An ask that could only be answered after itself raises `AskCycle` with the whole circle, at once."""
    _, a = await start(system, "a")
    _, b = await start(system, "b")
    _, c = await start(system, "c")
    begun = trio.current_time()
    with pytest.raises(ActorFailed) as caught:
        await a.ask(Forward(to=b, what=Forward(to=c, what=Forward(to=a, what=Work()))))
    assert trio.current_time() - begun == pytest.approx(0)
    error: BaseException | None = caught.value
    while isinstance(error, ActorFailed):
        error = error.__cause__
    assert isinstance(error, AskCycle)
    assert error.paths == ("app/c", "app/a", "app/b", "app/c")


async def test_actor_that_asks_itself_is_refused(autojump_clock: MockClock, system: System) -> None:
    """The shortest circle is an actor that asks itself."""
    _, ref = await start(system)
    with pytest.raises(ActorFailed) as caught:
        await ref.ask(Forward(to=ref, what=Work()))
    assert isinstance(caught.value.__cause__, AskCycle)
    assert caught.value.__cause__.paths == ("app/worker", "app/worker")


async def test_waiting_for_a_reply_shows_in_the_snapshot(autojump_clock: MockClock, system: System) -> None:
    """A snapshot says whom an actor waits for."""
    _, a = await start(system, "a")
    _, b = await start(system, "b")
    await a.tell(Forward(to=b, what=Work(seconds=1)))
    await wait_all_tasks_blocked()
    assert a.snapshot().waiting_for == "app/b"
    await trio.sleep(2)
    assert a.snapshot().waiting_for is None


async def test_telling_in_a_circle_of_full_mailboxes_does_not_hang(autojump_clock: MockClock, system: System) -> None:
    """A message whose sender would wait for room that only it can make is a dead letter."""
    _, ref = await start(system, capacity=1)
    await ref.tell(Forward(to=ref, what="a", tell=True))
    await ref.tell("b")
    await ref.tell("c")
    await wait_all_tasks_blocked()
    assert system.dead_letters == {Reason.CYCLE: 1}


async def test_telling_an_actor_that_is_behind_shows_as_waiting(autojump_clock: MockClock, system: System) -> None:
    """A snapshot shows, too, whose full mailbox an actor waits for."""
    _, a = await start(system, "a")
    worker, b = await start(system, "b", capacity=1)
    await b.tell(Work(seconds=10))
    await wait_all_tasks_blocked()
    await b.tell("first")
    await a.tell(Forward(to=b, what="second", tell=True))
    await wait_all_tasks_blocked()
    assert a.snapshot().waiting_for == "app/b"
    await trio.sleep(20)
    assert worker.heard == ["first", "second"]


async def test_monitor_hears_of_the_end_once(autojump_clock: MockClock, system: System) -> None:
    """A monitor hears of the end that no restart follows, whether it listened before or after."""
    _, ref = await start(system)
    async with ref.monitor() as early, ref.monitor() as other:
        assert early.receive_nowait() is None
        await ref.tell(Work(error=LookupError()))
        await trio.sleep(1)
        assert early.receive_nowait() is None
        ref.stop()
        down = await early.receive()
        assert down == Down(path="app/worker", reason=EndReason.STOPPED)
        assert other.receive_nowait() == down
    async with ref.monitor() as late:
        assert late.receive_nowait() == down


async def test_monitor_that_was_left_hears_nothing(autojump_clock: MockClock, system: System) -> None:
    """Leaving a monitor's block ends the watch."""
    _, ref = await start(system)
    async with ref.monitor() as monitor:
        pass
    ref.stop()
    assert await ref.wait_stopped() == Down(path="app/worker", reason=EndReason.STOPPED)
    assert monitor.receive_nowait() is None


async def test_an_end_can_be_told_to_who_does_not_wait(autojump_clock: MockClock, system: System) -> None:
    """A function is called at the end that no restart follows, or at once when that is past."""
    _, ref = await start(system)
    heard: list[Down] = []
    ref.call_when_stopped(heard.append)
    await ref.tell(Work(error=LookupError()))
    await trio.sleep(1)
    assert heard == []
    ref.stop()
    down = await ref.wait_stopped()
    assert heard == [down]
    ref.call_when_stopped(heard.append)
    assert heard == [down, down]


async def test_only_requests_are_asked(autojump_clock: MockClock, system: System) -> None:
    """A message that is no request, or a deadline that is no number, is the asker's mistake, and harms nobody."""
    _, ref = await start(system)
    with pytest.raises(TypeError):
        await ref.ask("x")  # type: ignore[arg-type]  # the mistake
    with pytest.raises(ValueError, match="nan"):
        await ref.ask(Work(), timeout=nan)
    assert ref.snapshot().restarts == 0


async def test_snapshot_shows_stacks_on_demand(autojump_clock: MockClock, system: System) -> None:
    """Where a task stands can be seen of each actor at any time, also all at once; supervisors have no task."""
    _, ref = await start(system)
    ref.tell_nowait(Work(seconds=5))
    await wait_all_tasks_blocked()
    assert "in handle" in ref.stack()
    assert system.stack() == ""
    shot = system.snapshot(stacks=True)
    assert shot.stack is None
    assert shot.children[0].stack == ref.stack()
    assert system.snapshot().children[0].stack is None


async def test_burst_of_one_sender_to_many_gives_way(autojump_clock: MockClock, system: System) -> None:
    """A sender gives way at least every 32 messages, to however many actors they go."""
    refs = [(await start(system, str(number)))[1] for number in range(40)]
    told, seen = 0, list[int]()

    async def tell_all() -> None:
        nonlocal told
        for ref in refs * 5:
            await ref.tell("x")
            told += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(tell_all)
        while told < 200:
            await trio.lowlevel.checkpoint()
            seen.append(told)
    assert max(after - before for before, after in pairwise(seen)) <= 32 * 2


async def test_who_waits_for_whom_is_shown(autojump_clock: MockClock, system: System) -> None:
    """For a reply, for room, for a start and for an end; a child whose turn has not come waits for the one before."""

    class Slow(Worker):
        async def started(self) -> None:
            await trio.sleep(5)

        async def stopped(self) -> None:
            await trio.sleep(5)

    @attrs.frozen
    class Do(Request[None]):
        what: Callable[[], Awaitable[object]]

    class Doing(Actor[Do]):
        async def handle(self, message: Do) -> None:
            await message.what()

    _, full = await start(system, "full", capacity=1)
    await full.tell(Work(seconds=20))
    await wait_all_tasks_blocked()
    await full.tell("x")
    sup = await system.start_supervisor(ChildSpec(name="sup", start=Supervisor()))
    ended = await system.start_child(ChildSpec(name="ended", start=Slow))
    ended.stop()
    things: dict[str, Callable[[], Awaitable[object]]] = {
        "asks": lambda: full.ask(Work(), timeout=2),
        "tells": lambda: full.tell("y"),
        "starts": lambda: sup.start_child(ChildSpec(name="slow", start=Slow)),
        "waits": ended.wait_stopped,
    }
    waits: dict[str, tuple[str | None, WaitReason | None]] = {}
    for name, thing in things.items():
        doing = await system.start_child(ChildSpec(name=name, start=Doing))
        await doing.tell(Do(thing))
    children = (ChildSpec(name="first", start=Slow), ChildSpec(name="second", start=Worker))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(system.start_child, ChildSpec(name="pair", start=Supervisor(children=children)))
        await trio.sleep(1)
        for shot in system.snapshot().walk():
            if shot.waiting_for is not None:
                waits[shot.path] = (shot.waiting_for, shot.waiting_why)
    assert waits == {
        "app/asks": ("app/full", WaitReason.REPLY),
        "app/tells": ("app/full", WaitReason.ROOM),
        "app/starts": ("app/sup/slow", WaitReason.START),
        "app/waits": ("app/ended", WaitReason.STOP),
        "app/pair": ("app/pair/first", WaitReason.START),
        "app/pair/second": ("app/pair/first", WaitReason.START),
    }
    system.stop()
    await trio.sleep(0.5)
    assert (system.snapshot().waiting_for, system.snapshot().waiting_why) == ("app/pair", WaitReason.STOP)


async def test_start_that_would_wait_for_itself_is_a_circle(autojump_clock: MockClock, system: System) -> None:
    """A child that asks who starts it, asks a later sibling, or starts one, learns at once that this cannot end."""
    causes: list[BaseException | None] = []

    class Asks(Worker):
        def __init__(self, ref: Callable[[Context], ActorRef[object] | None]) -> None:
            super().__init__()
            self.ref = ref

        async def started(self) -> None:
            ref = self.ref(self.context)
            assert ref is not None
            await ref.ask(Work())

    class StartsSibling(Worker):
        async def started(self) -> None:
            await self.context.parent.start_child(ChildSpec(name="sibling", start=Worker))

    class Starts(Actor[object]):
        async def handle(self, message: object) -> None:
            try:
                await system.start_child(ChildSpec(name="child", start=lambda: Asks(lambda _: self.context.self_ref)))
            except ActorFailed as error:
                causes.append(error.__cause__)

    ref: ActorRef[object] = await system.start_child(ChildSpec(name="starts", start=Starts))
    await ref.tell("go")
    pair = (
        ChildSpec(name="first", start=lambda: Asks(lambda context: context.parent.child("second"))),
        ChildSpec(name="second", start=Worker),
    )
    begun = trio.current_time()
    for children in (pair, (ChildSpec(name="first", start=StartsSibling),)):
        with pytest.raises(ActorFailed) as caught:
            await system.start_child(ChildSpec(name="sup", start=Supervisor(children=children)))
        causes.append(caught.value.__cause__)
    assert trio.current_time() == begun
    assert [type(cause) for cause in causes] == [AskCycle] * 3
    assert {child.name for child in system.children()} == {"starts"}


class Silent(MessageInstrument):
    """Follows messages and does nothing."""


async def test_followed_asks_end_as_others(autojump_clock: MockClock) -> None:
    """An instrument changes neither replies nor errors, nor deadlines that are handed on."""
    async with open_system("app", instrument=[Silent(), Silent()]) as system:
        _, back = await start(system, "back")
        _, front = await start(system, "front")
        assert await back.ask(Work()) == "done"
        with pytest.raises(Refused):
            await back.ask(Work(error=Refused()))
        with pytest.raises(AskTimeout):
            await front.ask(Forward(to=back, what=Work(seconds=5)), timeout=1)
        await trio.sleep(5)
        assert front.snapshot().restarts == 0


async def test_actor_is_looked_into_suspended_and_resumed(autojump_clock: MockClock, system: System) -> None:
    """A reference is all that one needs for it."""
    worker, ref = await start(system)
    assert await ref.get_state() == {"heard": []}
    await ref.suspend()
    await ref.tell("x")
    await wait_all_tasks_blocked()
    assert worker.heard == []
    ref.resume()
    await wait_all_tasks_blocked()
    assert worker.heard == ["x"]
