"""The test kit with pytest and pytest-trio: invariants for every test, by one fixture."""

from collections.abc import Iterator

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors import Actor, ChildSpec, Request, open_system
from smarthealth.actors.testing import advance, check_invariants, explore


@pytest.fixture(autouse=True)
def invariants() -> Iterator[None]:
    """Whatever system a test of this file opens has to close soundly."""
    with check_invariants():
        yield


class Ping(Request[str]):
    """Wants a pong."""


class Pong(Actor[Ping]):
    """Takes its time."""

    async def handle(self, message: Ping) -> str:
        """Reply after a second."""
        await trio.sleep(1.0)
        return "pong"


async def test_a_pong_takes_a_second(autojump_clock: MockClock) -> None:
    """In virtual time."""
    async with open_system("test") as system:
        pong = await system.start_child(ChildSpec(name="pong", start=Pong))
        before = trio.current_time()
        assert await pong.ask(Ping()) == "pong"
        assert trio.current_time() - before == 1.0


async def test_time_may_be_stepped(mock_clock: MockClock) -> None:
    """Between two steps one can look at what has happened so far."""
    async with open_system("test") as system:
        pong = await system.start_child(ChildSpec(name="pong", start=Pong))
        await pong.tell(Ping())
        await pong.tell(Ping())
        await advance(0.5)
        assert pong.snapshot().mailbox_depth == 1
        # The clock stands still otherwise: whatever takes time has to be over before the block is left.
        await advance(1.5)
        assert pong.snapshot().mailbox_depth == 0


def test_no_schedule_makes_a_difference() -> None:
    """Exploring runs Trio itself, so the test is a plain function."""

    async def scenario() -> None:
        async with open_system("test") as system, trio.open_nursery() as nursery:
            pong = await system.start_child(ChildSpec(name="pong", start=Pong))
            for _ in range(3):
                nursery.start_soon(pong.ask, Ping())

    explore(scenario, seeds=range(20))
