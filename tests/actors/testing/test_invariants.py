"""Defects put into the runtime are found when its systems close."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Ask, Request
from smarthealth.actors.handling import HandlingCell
from smarthealth.actors.system import System, open_system
from smarthealth.actors.testing.invariants import InvariantsBroken, check_invariants
from smarthealth.actors.testing.virtual import run_virtual, settle
from smarthealth.actors.worker import WorkerCell


class Careful(Actor[Any]):
    """Replies, and cleans up."""

    async def handle(self, message: object) -> str:
        """Reply after a while."""
        await trio.sleep(1)
        return "reply"

    async def stopped(self) -> None:
        """Clean up."""
        await trio.lowlevel.checkpoint()


class Plain(Actor[Any]):
    """Has no clean-up of its own."""

    async def handle(self, message: object) -> None:
        """Nothing."""


async def use(system: System) -> None:
    """A bit of everything."""
    careful = await system.start_child(ChildSpec(name="careful", start=Careful))
    plain = await system.start_child(ChildSpec(name="plain", start=Plain))
    assert await careful.ask(Request()) == "reply"
    await plain.tell("told")
    with trio.move_on_after(0.5):
        await careful.ask(Request())
    plain.stop()
    await plain.wait_stopped()
    await plain.tell("too late")


async def use_one(body: Callable[[System], Awaitable[None]] = use) -> None:
    """Open a system and use it."""
    async with open_system("app") as system:
        await body(system)


def test_a_sound_system_is_sound() -> None:
    """Whatever happens in it, messages lost included; one opened before is none of the check's business."""

    async def main() -> None:
        async with open_system("before") as system:
            with check_invariants():
                await use_one()
                await use_one()
                await use(system)

    run_virtual(main)


def test_systems_are_told_apart() -> None:
    """One may close while an ask to another is under way, and one may close that was opened before."""

    async def live_until(closing: trio.Event) -> None:
        async with open_system("before"):
            await closing.wait()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            closing = trio.Event()
            nursery.start_soon(live_until, closing)
            await settle()
            with check_invariants():
                async with open_system("one") as one, trio.open_nursery() as askers:
                    ref = await one.start_child(ChildSpec(name="careful", start=Careful))
                    askers.start_soon(ref.ask, Request())
                    await settle()
                    async with open_system("two"):
                        closing.set()
                        await settle()

    run_virtual(main)


def broken_by(body: Callable[[System], Awaitable[None]] = use) -> list[str]:
    """What is found after that."""
    with pytest.raises(InvariantsBroken) as caught, check_invariants():
        run_virtual(lambda: use_one(body))
    assert str(caught.value) == "\n".join(caught.value.violations)
    return caught.value.violations


def test_a_clean_up_that_is_left_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its path."""

    async def leave_out(cell: WorkerCell) -> object:
        return cell._how_it_ended(cut=False)

    monkeypatch.setattr(WorkerCell, "_clean_up_in_time", leave_out)
    assert broken_by() == ["app/careful: started 1 times more than cleaned up"]


def test_an_ask_settled_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever settles it again."""
    end_once = Ask._end

    def end_twice(ask: Ask) -> None:
        end_once(ask)
        if ask.value == "reply":
            ask.pending = True
            ask.settle("again")

    async def body(system: System) -> None:
        ref = await system.start_child(ChildSpec(name="careful", start=Careful))
        await ref.ask(Request())

    monkeypatch.setattr(Ask, "_end", end_twice)
    [violation] = broken_by(body)
    assert "was settled 2 times, not 1" in violation


def test_an_interrupt_may_come_before_the_reply() -> None:
    """Who was interrupted needs no reply."""

    async def body(system: System) -> None:
        ref = await system.start_child(ChildSpec(name="careful", start=Careful))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ref.ask, Request())
            await trio.sleep(0.5)
            nursery.cancel_scope.cancel()

    with check_invariants():
        run_virtual(lambda: use_one(body))


def test_an_asker_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the system has ended, nobody will reply to it."""

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            async with open_system("app") as system:
                ref = await system.start_child(ChildSpec(name="careful", start=Careful, stop_timeout=0.0))
                nursery.start_soon(ref.ask, Request(), 100.0)
                await trio.sleep(0.5)
                # What is in the actor's hands when it ends is not settled any more.
                monkeypatch.setattr(HandlingCell, "_settle", lambda cell, end: None)
            nursery.cancel_scope.cancel()

    with pytest.raises(InvariantsBroken) as caught, check_invariants():
        run_virtual(main)
    assert "1 timers are left" in caught.value.violations
    assert "waits for its reply" in str(caught.value)


def test_what_the_block_raises_leaves_with_what_was_broken_as_notes() -> None:
    """The error of a test is not hidden."""

    async def body(system: System) -> None:
        system._core.timers.after(1e6, lambda: None)
        raise LookupError

    with pytest.raises(LookupError) as caught, check_invariants():
        run_virtual(lambda: use_one(body))
    assert caught.value.__notes__ == ["invariant broken: 1 timers are left"]


async def test_a_fixture_may_check(autojump_clock: MockClock) -> None:
    """It works inside a run as well as around it."""
    with check_invariants():
        await use_one()
    opened = open_system("app")

    async def open_and_leave() -> None:
        with check_invariants():
            await opened.__aenter__()

    with pytest.raises(InvariantsBroken, match="app has not closed"):
        await open_and_leave()
    await opened.__aexit__(None, None, None)
