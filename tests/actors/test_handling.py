"""What comes between two messages, and deadlines handed on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from math import inf
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context, Supervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed, ActorStopped, AskCycle, AskTimeout
from smarthealth.actors.events import ActorResumed, ActorSuspended, MessageInstrument, Outcome, Receiver, RuntimeEvent
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.policy import Backoff, Mailbox, Overflow, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import System, open_system


class Refused(Exception):
    """What `Do` declares."""


@attrs.frozen
class Do(Request[Any]):
    """Has the actor do something with itself."""

    errors = (Refused,)
    work: Any


class Worker(Actor[Any]):
    """Does what it is given, and counts."""

    __slots__ = ("done", "unset")

    def __init__(self) -> None:
        self.done = 0

    async def handle(self, message: Any) -> object:
        """Do it."""
        self.done += 1
        return await message.work(self) if isinstance(message, Do) else message


class OneSlot(Actor[Any]):
    """Its only slot is named by a string."""

    __slots__ = "only"

    def __init__(self) -> None:
        self.only = 1


class Secretive(Worker):
    """Shows what it wants, or fails to."""

    def get_state(self) -> object:
        """Fail first, then show."""
        if self.done == 0:
            raise LookupError
        return "all is well"


@pytest.fixture
async def system() -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app", backoff=Backoff(initial=0.1, jitter=0)) as system:
        yield system


async def start(system: System, name: str = "worker", **spec: Any) -> ActorRef[Any]:
    """A worker's reference."""
    return await system.start_child(attrs.evolve(ChildSpec(name=name, start=Worker), **spec))


def sleeping(seconds: float) -> Any:
    """Work that takes so long."""

    async def work(_worker: Worker) -> None:
        await trio.sleep(seconds)

    return work


async def pause(_worker: Worker) -> str:
    """Take a second."""
    await trio.sleep(1)
    return "done"


async def test_state_is_shown_between_two_messages(autojump_clock: MockClock, system: System) -> None:
    """It waits for the message in hand but for none that is queued, takes no room, and shows the actor's attributes."""
    ref = await start(system, mailbox=Mailbox(capacity=1, overflow=Overflow.DROP_OLDEST))
    assert await ref.get_state() == {"done": 0}
    ref.tell_nowait(Do(pause))
    await wait_all_tasks_blocked()
    ref.tell_nowait(Do(pause))
    begun = trio.current_time()
    assert await ref.get_state() == {"done": 1}
    assert trio.current_time() - begun == pytest.approx(1)
    assert system.dead_letters == {}
    slot = await start(system, "slot", start=OneSlot)
    assert await slot.get_state() == {"only": 1}


async def test_actor_chooses_what_it_shows(autojump_clock: MockClock, system: System) -> None:
    """An actor may show something else than its attributes; a failure to do so is the asker's, and the actor lives."""
    ref = await start(system, start=Secretive)
    with pytest.raises(ActorFailed) as caught:
        await ref.get_state()
    assert isinstance(caught.value.__cause__, LookupError)
    await ref.tell("a")
    await wait_all_tasks_blocked()
    assert await ref.get_state() == "all is well"
    assert ref.snapshot().restarts == 0


async def test_state_is_asked_for_with_a_deadline(autojump_clock: MockClock, system: System) -> None:
    """A busy actor does not hold up the one who looks, and an asker that has gone is not answered."""
    ref = await start(system)
    ref.tell_nowait(Do(sleeping(10)))
    await wait_all_tasks_blocked()
    for _ in range(3):
        with pytest.raises(AskTimeout):
            await ref.get_state(timeout=1)
    with pytest.raises(AskTimeout):
        await ref.suspend(timeout=1)
    await trio.sleep(10)
    assert ref.snapshot().state is State.RUNNING


async def test_those_without_a_mailbox_show_nothing(autojump_clock: MockClock, system: System) -> None:
    """Services, supervisors and stopped actors answer neither; resuming them is no matter."""

    async def serve(context: Context) -> None:
        context.started()
        await trio.sleep_forever()

    service = await system.start_child(ChildSpec(name="service", start=serve))
    stopped = await start(system)
    stopped.stop()
    for ref in (service, system, stopped):
        with pytest.raises(ActorStopped):
            await ref.get_state()
        with pytest.raises(ActorStopped):
            await ref.suspend()
        ref.resume()


async def test_look_at_a_stopping_actor_ends_with_it(autojump_clock: MockClock, system: System) -> None:
    """One who waits to look when the actor is stopped is told at once."""
    ref = await start(system)
    ref.tell_nowait(Do(sleeping(3)))
    await wait_all_tasks_blocked()
    async with trio.open_nursery() as nursery:

        async def look() -> None:
            begun = trio.current_time()
            with pytest.raises(ActorStopped):
                await ref.get_state()
            assert trio.current_time() == begun

        nursery.start_soon(look)
        await wait_all_tasks_blocked()
        ref.stop()


async def test_suspended_actor_handles_nothing_until_resumed(autojump_clock: MockClock, system: System) -> None:
    """Messages wait in the mailbox, by its policy; the snapshot and the events show it; its state can be seen."""
    seen: list[RuntimeEvent] = []
    async with system.open_events() as events:
        ref = await start(system, mailbox=Mailbox(capacity=2, overflow=Overflow.REJECT))
        ref.resume()
        await ref.suspend()
        await ref.suspend()
        assert [ref.tell_nowait(message) for message in "abc"] == [True, True, False]
        await trio.sleep(5)
        assert ref.snapshot().state is State.SUSPENDED
        assert await ref.get_state() == {"done": 0}
        ref.resume()
        assert ref.snapshot().state is State.RUNNING
        await wait_all_tasks_blocked()
        assert await ref.get_state() == {"done": 2}
        while (event := events.receive_nowait()) is not None:
            seen.append(event)
    assert [event for event in seen if isinstance(event, (ActorSuspended, ActorResumed))] == [
        ActorSuspended(path="app/worker"),
        ActorResumed(path="app/worker"),
    ]
    await ref.suspend()
    ref.resume()


async def test_suspended_actor_can_be_stopped(autojump_clock: MockClock, system: System) -> None:
    """Stopping it loses what is queued, or drains it, like any other."""
    for drain, handled in ((False, 0), (True, 2)):
        actor = Worker()
        ref = await start(system, start=lambda actor=actor: actor, drain=drain)
        await ref.suspend()
        ref.tell_nowait("a")
        ref.tell_nowait("b")
        ref.stop()
        await ref.wait_stopped()
        assert actor.done == handled
    assert system.dead_letters == {Reason.STOPPED: 2}


async def test_suspension_holds_over_a_restart(autojump_clock: MockClock, system: System) -> None:
    """An actor restarted with its siblings stays suspended; one brought back from its end for good is not."""
    children = (
        ChildSpec(name="a", start=Worker, restart=Restart.TRANSIENT),
        ChildSpec(name="z", start=Worker),
    )
    policy = Supervisor(children=children, strategy=Strategy.ONE_FOR_ALL, backoff=Backoff(initial=1, jitter=0))
    sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
    a, z = sup.children()

    async def crash(_worker: Worker) -> None:
        raise LookupError

    await a.suspend()
    await z.tell(Do(crash))
    await trio.sleep(0.5)
    a.tell_nowait("a")
    await trio.sleep(5)
    assert a.snapshot().state is State.SUSPENDED
    assert a.snapshot().restarts == 1
    await z.tell(Do(crash))
    await trio.sleep(0.5)
    a.resume()
    await trio.sleep(5)
    assert await a.get_state() == {"done": 1}


async def test_nothing_set_aside_is_nothing_to_take_back(autojump_clock: MockClock, system: System) -> None:
    """An actor that never set a message aside may say so as often as it likes."""

    async def take_back(worker: Worker) -> int:
        return worker.context.unstash_all()

    ref = await start(system)
    assert await ref.ask(Do(take_back)) == 0


async def test_actor_cannot_suspend_itself(autojump_clock: MockClock, system: System) -> None:
    """It would wait for itself."""
    ref = await start(system)

    async def suspend(worker: Worker) -> None:
        with pytest.raises(AskCycle):
            await worker.context.self_ref.suspend()

    await ref.ask(Do(suspend))


async def test_asks_inherit_the_deadline_of_the_request_in_hand(autojump_clock: MockClock, system: System) -> None:
    """What an actor asks for its asker's sake lasts no longer than that waits, and running into it is no crash."""
    front, middle, back = [await start(system, name) for name in ("front", "middle", "back")]
    deadlines: list[float] = []

    def through(ref: ActorRef[Any], work: Any) -> Any:
        async def pass_on(worker: Worker) -> object:
            deadlines.append(worker.context.deadline - trio.current_time())
            return await ref.ask(Do(work))

        return pass_on

    with pytest.raises(AskTimeout) as caught:
        await front.ask(Do(through(middle, through(back, sleeping(9)))), timeout=2)
    assert not caught.value.inherited
    await wait_all_tasks_blocked()
    with trio.move_on_after(1):
        await front.ask(Do(through(back, sleeping(9))))
    await wait_all_tasks_blocked()
    assert deadlines == pytest.approx([2, 2, 1])
    assert [ref.snapshot().restarts for ref in (front, middle)] == [0, 0]
    assert system.dead_letters[Reason.LATE_REPLY] >= 2


async def test_scopes_of_the_asker_tighten_its_timeout(autojump_clock: MockClock, system: System) -> None:
    """A long timeout within a short cancel scope hands on the end of the scope, and so does a scope that is shortened later."""
    ref = await start(system)
    deadlines: list[float] = []

    async def look(worker: Worker) -> None:
        deadlines.append(worker.context.deadline - begun)
        await trio.sleep(0.5)
        deadlines.append(worker.context.deadline - begun)
        await trio.sleep(20)
        deadlines.append(worker.context.deadline - begun)

    begun = trio.current_time()
    with pytest.raises(trio.TooSlowError), trio.fail_after(2):
        await ref.ask(Do(look), timeout=30)
    await trio.sleep(30)
    begun = trio.current_time()
    with trio.move_on_after(9) as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(partial(ref.ask, Do(look), timeout=5))
            await trio.sleep(0.1)
            scope.deadline = begun + 3
    assert scope.cancelled_caught
    await trio.sleep(30)
    assert deadlines == pytest.approx([2, 2, 2, 5, 3, 3])


async def test_timeout_longer_than_the_scopes_of_an_asker_still_counts(
    autojump_clock: MockClock, system: System
) -> None:
    """A scope that is prolonged after the ask was sent leaves the timeout in force, and shows as it is."""
    ref = await start(system)
    deadlines: list[float] = []

    async def look(worker: Worker) -> None:
        for _ in range(2):
            deadlines.append(worker.context.deadline - begun)
            await trio.sleep(1)
        await trio.sleep(20)

    async def prolong() -> None:
        await trio.sleep(0.5)
        scope.deadline += 100

    begun = trio.current_time()
    async with trio.open_nursery() as nursery:
        with trio.CancelScope(deadline=begun + 1) as scope:
            nursery.start_soon(prolong)
            with pytest.raises(AskTimeout):
                await ref.ask(Do(look), timeout=4)
    assert deadlines == pytest.approx([1, 4])


async def test_told_messages_have_no_deadline_to_inherit(autojump_clock: MockClock, system: System) -> None:
    """Nobody waits for a told message: asks made for it have the system's own limit, and missing that is a crash."""
    front, back = await start(system, "front"), await start(system, "back")
    deadlines: list[float] = []

    async def pass_on(worker: Worker) -> None:
        deadlines.append(worker.context.deadline)
        await back.ask(Do(sleeping(9)))

    await front.tell(Do(pass_on))
    await trio.sleep(8)
    assert deadlines == [inf]
    assert front.snapshot().last_failure == "AskTimeout"


async def test_inherited_deadline_is_a_crash_while_the_asker_waits(autojump_clock: MockClock, system: System) -> None:
    """Whoever moves its own deadline still gets an answer: that the actor failed."""
    front, back = await start(system, "front"), await start(system, "back")

    async def pass_on(_worker: Worker) -> None:
        await back.ask(Do(sleeping(9)))

    async with trio.open_nursery() as nursery:
        with trio.CancelScope(deadline=trio.current_time() + 1) as scope:

            async def prolong() -> None:
                await trio.sleep(0.5)
                scope.deadline += 5

            nursery.start_soon(prolong)
            with pytest.raises(ActorFailed) as caught:
                await front.ask(Do(pass_on))
    assert isinstance(caught.value.__cause__, AskTimeout)
    assert caught.value.__cause__.inherited


async def test_declared_error_of_a_message_set_aside_is_its_end(autojump_clock: MockClock, system: System) -> None:
    """A handler that sets a message aside and then raises a declared error has replied with that."""

    async def refuse(worker: Worker) -> None:
        worker.context.stash()
        raise Refused

    ref = await start(system)
    with pytest.raises(Refused):
        await ref.ask(Do(refuse))
    await ref.tell(Do(refuse))
    await wait_all_tasks_blocked()
    assert ref.snapshot().stashed == 0
    assert system.dead_letters == {Reason.UNCLAIMED_ERROR: 1}


async def test_timers_may_send_requests(autojump_clock: MockClock, system: System) -> None:
    """A timer's request is handled like one that was told: a declared error is counted, any other is a crash."""
    errors: list[Exception] = [Refused(), LookupError()]

    async def fail(_worker: Worker) -> None:
        raise errors.pop(0)

    async def set_timer(worker: Worker) -> None:
        worker.context.timers.once("a", 1, Do(fail))

    ref = await start(system)
    for _ in range(2):
        await ref.ask(Do(set_timer))
        await trio.sleep(2)
    assert system.dead_letters == {Reason.UNCLAIMED_ERROR: 1}
    assert ref.snapshot().last_failure == "LookupError"


class Silent(MessageInstrument):
    """Notes how handling ended."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes

    def on_handled(
        self, receiver: Receiver, message: object, state: object, outcome: Outcome, error: BaseException | None
    ) -> None:
        """Note it."""
        self.outcomes.append(outcome)


async def test_followed_messages_are_handled_as_others(autojump_clock: MockClock) -> None:
    """Told or asked, set aside, declared or crashed, out of time: each way of ending has its name."""
    outcomes: list[Outcome] = []

    async def refuse(_worker: Worker) -> None:
        raise Refused

    async def crash(_worker: Worker) -> None:
        raise LookupError

    async def set_aside(worker: Worker) -> None:
        if worker.done == 1:
            worker.context.stash()

    async def take_up(worker: Worker) -> int:
        return worker.context.unstash_all() + worker.context.unstash_all()

    async with open_system("app", instrument=Silent(outcomes)) as system:
        ref, back = await start(system), await start(system, "back")

        async def ask_back(_worker: Worker) -> None:
            await back.ask(Do(sleeping(5)))

        await ref.tell(Do(set_aside))
        assert await ref.ask(Do(take_up)) == 1
        await ref.tell(Do(refuse))
        with pytest.raises(Refused):
            await ref.ask(Do(refuse))
        with pytest.raises(AskTimeout):
            await ref.ask(Do(ask_back), timeout=1)
        await trio.sleep(5)
        with pytest.raises(ActorFailed):
            await ref.ask(Do(crash))
        await ref.tell(Do(crash))
        await trio.sleep(1)
    assert outcomes == [
        Outcome.STASHED,
        Outcome.DONE,
        Outcome.DONE,
        Outcome.DECLARED_ERROR,
        Outcome.DECLARED_ERROR,
        Outcome.CUT,
        Outcome.DONE,
        Outcome.FAILED,
        Outcome.FAILED,
    ]


async def test_asks_may_be_set_aside(autojump_clock: MockClock, system: System) -> None:
    """They are answered when taken up; those whose askers have gone make room; outside of a message there is nothing."""
    ref = await start(system, stash_capacity=1)
    opened = False

    async def when_open(worker: Worker) -> str | None:
        if opened:
            return "open"
        worker.context.stash()
        return None

    async def open_it(worker: Worker) -> int:
        nonlocal opened
        opened = True
        return worker.context.unstash_all()

    with pytest.raises(AskTimeout):
        await ref.ask(Do(when_open), timeout=1)
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            assert await ref.ask(Do(when_open)) == "open"

        nursery.start_soon(ask)
        await trio.sleep(1)
        assert ref.snapshot().stashed == 1
        assert await ref.ask(Do(open_it)) == 1
    assert system.dead_letters == {Reason.EXPIRED: 1}

    async def in_another_task(worker: Worker) -> None:
        async with trio.open_nursery() as nursery:

            async def stash() -> None:
                with pytest.raises(RuntimeError):
                    worker.context.stash()

            nursery.start_soon(stash)

    await ref.ask(Do(in_another_task))


async def test_timers_of_a_handler_that_looks_late(autojump_clock: MockClock, system: System) -> None:
    """Timers asked for when the actor is stopping already, and ticks that are void, do nothing."""

    async def replace(worker: Worker) -> None:
        worker.context.timers.once("a", 0, Do(pause))
        await trio.sleep(1)
        worker.context.timers.cancel("a")

    async def late(worker: Worker) -> None:
        await trio.sleep(1)
        worker.context.timers.once("a", 0, Do(pause))

    ref = await start(system)
    await ref.ask(Do(replace))
    await trio.sleep(3)
    assert await ref.get_state() == {"done": 1}
    fresh = await start(system, "fresh")
    await fresh.tell(Do(late))
    await wait_all_tasks_blocked()
    fresh.stop()
    await fresh.wait_stopped()


async def test_unhurried_sender_does_not_starve_others(autojump_clock: MockClock, system: System) -> None:
    """An actor that always has a message gives way after some."""
    actor = Worker()
    ref = await start(system, start=lambda: actor, mailbox=Mailbox(capacity=200))
    for number in range(100):
        ref.tell_nowait(number)
    await trio.lowlevel.checkpoint()
    await trio.lowlevel.checkpoint()
    assert 0 < actor.done < 100
    await wait_all_tasks_blocked()
    assert actor.done == 100


async def test_request_without_asker_is_skipped(autojump_clock: MockClock, system: System) -> None:
    """One whose asker gave up while it was queued is not handled."""
    ref = await start(system)
    await ref.tell(Do(sleeping(3)))
    with pytest.raises(AskTimeout):
        await ref.ask(Do(pause), timeout=1)
    await trio.sleep(3)
    assert await ref.get_state() == {"done": 1}
    assert system.dead_letters == {Reason.EXPIRED: 1}
