"""Names under which actors are found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.errors import ActorStopped, NameTaken
from smarthealth.actors.policy import Backoff
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import System, open_system


class Named(Actor[Any]):
    """Registers itself when it starts; crashes on demand."""

    async def started(self) -> None:
        """Be found."""
        self.context.registry.register("named", self.context.self_ref)

    async def handle(self, message: Any) -> None:
        """Crash."""
        raise LookupError


@pytest.fixture
async def system() -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app", backoff=Backoff(initial=0)) as system:
        yield system


async def start(system: System, name: str = "a") -> ActorRef[Any]:
    """A named actor's reference."""
    return await system.start_child(ChildSpec(name=name, start=Named))


async def test_name_lasts_as_long_as_its_actor(autojump_clock: MockClock, system: System) -> None:
    """It stays over a restart, in which the actor registers again, and is free when the actor has ended."""
    registry = system.registry
    ref = await start(system)
    assert registry.find("named") == ref
    assert registry.names() == {"named": ref}
    await ref.tell("crash")
    await trio.sleep(1)
    assert ref.snapshot().restarts == 1
    assert registry.find("named") == ref
    ref.stop()
    await ref.wait_stopped()
    assert registry.find("named") is None
    assert (await start(system)).path == "app/a"


async def test_name_leads_to_one_actor(autojump_clock: MockClock, system: System) -> None:
    """Nobody takes another's name; freed, it can be given to another, and the first one's end does not matter then."""
    registry, first = system.registry, await start(system)
    second = await system.start_child(ChildSpec(name="b", start=lambda: Quiet()))
    with pytest.raises(NameTaken):
        registry.register("named", second)
    registry.unregister("named")
    registry.unregister("named")
    registry.register("named", second)
    first.stop()
    await first.wait_stopped()
    assert registry.find("named") == second
    with pytest.raises(ActorStopped):
        registry.register("other", first)
    registry.register("other", second)
    registry.unregister("other")
    second.stop()
    await second.wait_stopped()
    assert registry.names() == {}


class Quiet(Actor[Any]):
    """Has no name of its own."""

    async def handle(self, message: Any) -> None:
        """Ignore."""


async def test_one_can_wait_for_a_name(autojump_clock: MockClock, system: System, nursery: trio.Nursery) -> None:
    """All who wait get the actor when it comes; who was cancelled left nothing behind; who comes later need not wait."""
    found: list[ActorRef[Any]] = []

    async def wait() -> None:
        found.append(await system.registry.wait_for("named"))

    with trio.move_on_after(1):
        await wait()
    assert not system.registry._arrivals
    nursery.start_soon(wait)
    nursery.start_soon(wait)
    await wait_all_tasks_blocked()
    with trio.move_on_after(1):
        await wait()
    ref = await start(system)
    await wait_all_tasks_blocked()
    await wait()
    assert found == [ref] * 3


async def test_one_need_not_wait_for_ever(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """One who waits for a name, from outside, learns when the system has ended, and so does one who comes later."""
    told: list[str] = []

    async def wait(system: System) -> None:
        with pytest.raises(ActorStopped):
            await system.registry.wait_for("nobody")
        told.append("ended")

    async with open_system("brief") as system:
        nursery.start_soon(wait, system)
        await wait_all_tasks_blocked()
    await wait_all_tasks_blocked()
    await wait(system)
    assert told == ["ended"] * 2


async def test_systems_do_not_share_names(autojump_clock: MockClock, system: System) -> None:
    """A name belongs to one system."""
    async with open_system("other") as other:
        await start(system)
        assert (await start(other)).path == "other/a"
        assert system.registry.find("named") != other.registry.find("named")
