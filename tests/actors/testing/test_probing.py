"""A probe shows what its actor is sent and replies as the test says."""

from __future__ import annotations

import attrs
import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import ChildSpec, Supervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed, AskTimeout
from smarthealth.actors.events import DeadLetterReason
from smarthealth.actors.policy import Backoff
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system
from smarthealth.actors.testing.probing import PATIENCE, Probe, probe


@attrs.frozen
class Question(Request[int]):
    """Wants a number."""

    errors = (LookupError,)
    number: int


async def test_messages_are_recorded_and_taken_in_order(autojump_clock: MockClock) -> None:
    """All are kept; each is expected once."""
    async with open_system("app") as system:
        seen = await probe(system)
        for message in ("a", "b", 3):
            await seen.ref.tell(message)
        assert await seen.expect(str) == "a"
        assert await seen.expect(str) == "b"
        assert await seen.expect(int) == 3
        assert seen.messages == ["a", "b", 3]


async def test_a_message_is_waited_for(autojump_clock: MockClock) -> None:
    """As long as is said, in virtual time."""
    async with open_system("app") as system, trio.open_nursery() as nursery:
        seen = await probe(system, "late")
        assert seen.ref.path == "app/late"

        async def send() -> None:
            await trio.sleep(PATIENCE + 1)
            await seen.ref.tell("at last")

        nursery.start_soon(send)
        before = trio.current_time()
        with pytest.raises(AssertionError, match=r"no str came within 3 s; before came \[\]"):
            await seen.expect(str)
        assert trio.current_time() - before == PATIENCE
        assert await seen.expect(str, within=2) == "at last"
        assert trio.current_time() - before == PATIENCE + 1


async def test_another_message_than_expected_is_an_error(autojump_clock: MockClock) -> None:
    """Which shows it."""
    async with open_system("app") as system:
        seen = await probe(system)
        await seen.ref.tell("surprise")
        with pytest.raises(AssertionError, match="expected a int, not 'surprise'"):
            await seen.expect(int)


async def test_nothing_may_be_expected(autojump_clock: MockClock) -> None:
    """For some time."""
    async with open_system("app") as system:
        seen = await probe(system)
        before = trio.current_time()
        await seen.expect_nothing(within=5)
        assert trio.current_time() - before == 5
        await seen.ref.tell("noise")
        with pytest.raises(AssertionError, match="expected nothing, not 'noise'"):
            await seen.expect_nothing()


async def test_two_may_expect_at_once(autojump_clock: MockClock) -> None:
    """Neither is forgotten."""
    async with open_system("app") as system:
        seen = await probe(system)
        taken: list[str] = []

        async def take() -> None:
            taken.append(await seen.expect(str))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(take)
            nursery.start_soon(take)
            await trio.testing.wait_all_tasks_blocked()
            await seen.ref.tell("a")
            await trio.testing.wait_all_tasks_blocked()
            await seen.ref.tell("b")
        assert sorted(taken) == ["a", "b"]


async def test_requests_wait_for_the_tests_reply(autojump_clock: MockClock) -> None:
    """A value, a declared error, or a crash."""
    async with open_system("app", backoff=Backoff(initial=0.5, jitter=0)) as system:
        seen = await probe(system)
        outcomes: list[object] = []

        async def ask(number: int) -> None:
            try:
                outcomes.append(await seen.ref.ask(Question(number)))
            except (LookupError, ActorFailed) as error:
                outcomes.append(type(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask, 1)
            assert await seen.expect(Question) == Question(1)
            with pytest.raises(AssertionError, match="no int came"):
                await seen.expect(int, within=1)
            seen.reply(10)
            nursery.start_soon(ask, 2)
            await seen.expect(Question)
            seen.fail(LookupError())
            nursery.start_soon(ask, 3)
            await seen.expect(Question)
            seen.fail(OSError())
        assert outcomes == [10, LookupError, ActorFailed]
        await seen.ref.tell("after its restart")
        assert await seen.expect(str) == "after its restart"


async def test_requests_may_be_replied_to_by_a_function(autojump_clock: MockClock) -> None:
    """What it raises counts as raised by the actor."""

    def halve(request: Question) -> int:
        if request.number % 2:
            raise LookupError
        return request.number // 2

    async with open_system("app") as system:
        seen = await probe(system, answer=halve)
        assert await seen.ref.ask(Question(8)) == 4
        with pytest.raises(LookupError):
            await seen.ref.ask(Question(7))


async def test_a_told_request_needs_no_reply(autojump_clock: MockClock) -> None:
    """It is recorded like any message, and there is nobody to reply to."""
    async with open_system("app") as system:
        seen = await probe(system)
        await seen.ref.tell(Question(1))
        assert await seen.expect(Question) == Question(1)
        with pytest.raises(AssertionError, match="no request waits"):
            seen.reply(1)


async def test_a_reply_may_come_too_late(autojump_clock: MockClock) -> None:
    """The asker had gone; the next request is replied to all the same."""
    async with open_system("app") as system:
        seen = await probe(system)
        with pytest.raises(AskTimeout):
            await seen.ref.ask(Question(1), timeout=1)
        seen.reply("late")
        await trio.testing.wait_all_tasks_blocked()
        assert system.dead_letters == {DeadLetterReason.LATE_REPLY: 1}


async def test_a_request_of_a_probe_that_ended_waits_no_more(autojump_clock: MockClock) -> None:
    """A reply after its end has nobody to go to."""
    async with open_system("app") as system:
        seen = await probe(system)
        with pytest.raises(AskTimeout):
            await seen.ref.ask(Question(1), timeout=1)
        seen.ref.stop()
        await seen.ref.wait_stopped()
        with pytest.raises(AssertionError, match="no request waits"):
            seen.fail(LookupError())


async def test_a_probe_may_stand_in_for_a_child(autojump_clock: MockClock) -> None:
    """Its specification goes where the real child's would."""
    stand_in: Probe[str] = Probe(name="writer")
    with pytest.raises(AssertionError, match="has not started"):
        stand_in.ref  # noqa: B018 - reading it is what fails
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=Supervisor(children=(stand_in.spec,))))
        writer: ActorRef[str] | None = sup.child("writer")
        assert writer == stand_in.ref
        await stand_in.ref.tell("line")
        assert await stand_in.expect(str) == "line"
