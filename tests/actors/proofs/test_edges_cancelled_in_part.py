"""One who uses the runtime is cancelled at any step, in part of a program; the rest goes on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import trio

from smarthealth.actors.actor import ChildSpec, DynamicSupervisor, Supervisor
from smarthealth.actors.events import EndReason
from smarthealth.actors.pipeline import Emit, Pipeline, Stage
from smarthealth.actors.policy import Mailbox
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import (
    cancel_sweep,
    settle,
)
from tests.actors.proofs.workers import Do, Note, Sum, Worker, worker


async def asked_in_part(scope: trio.CancelScope) -> None:
    """An asker is cancelled at any step; the actor and other askers do not notice."""
    async with open_system("app") as system:
        ref = await system.start_child(worker(mailbox=Mailbox(capacity=1)))
        async with trio.open_nursery() as nursery:
            with scope:
                async with trio.open_nursery() as inner:
                    for number in range(3):
                        inner.start_soon(ref.ask, Sum(number, 1))
            nursery.start_soon(ref.ask, Sum(1, 1))
        assert await ref.ask(Sum(1, 1)) == 2
        assert ref.snapshot().restarts == 0


async def told_in_part(scope: trio.CancelScope) -> None:
    """A sender is cancelled at any step: its message was sent, or was not."""
    notes: list[int] = []
    sent: list[int] = []
    async with open_system("app") as system:
        ref = await system.start_child(worker(notes=notes, mailbox=Mailbox(capacity=1)))
        with scope:
            for number in range(5):
                await ref.tell(Note(number))
                sent.append(number)
        await trio.sleep(1)
        assert notes[: len(sent)] == sent
        assert len(notes) <= len(sent) + 1


async def started_in_part(scope: trio.CancelScope) -> None:
    """Who starts a child is cancelled at any step: it is running, or has left no trace."""
    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=5)))
        ref: ActorRef[object] | None = None
        with scope:
            policy = Supervisor(children=(worker("a"), worker("b")))
            ref = await many.start_child(ChildSpec(name="pair", start=policy))
        assert many.children() == (() if ref is None else (ref,))


async def monitored_in_part(scope: trio.CancelScope) -> None:
    """Who waits for an end is cancelled at any step; the actor ends all the same."""
    async with open_system("app") as system:
        ref = await system.start_child(worker())
        async with trio.open_nursery() as nursery:

            async def watch() -> None:
                with scope:
                    async with ref.monitor() as monitor:
                        await monitor.receive()
                    await ref.wait_stopped()

            nursery.start_soon(watch)
            await settle()
            ref.stop()
        assert (await ref.wait_stopped()).reason is EndReason.STOPPED


async def piped_in_part(scope: trio.CancelScope) -> None:
    """Who runs a pipeline in an actor is cancelled at any step; the actor goes on."""

    async def double(item: int, emit: Emit[int]) -> None:
        await emit(item)
        await trio.lowlevel.checkpoint()
        await emit(item)

    async def query(actor: Worker) -> None:
        with scope:
            stages = (Stage("a", double), Stage("b", double, concurrency=2), Stage("c", double, timeout=5))
            await Pipeline(stages=stages).run(1, context=actor.context)

    async with open_system("app") as system:
        ref = await system.start_child(worker())
        await ref.ask(Do(query))
        assert await ref.ask(Sum(1, 1)) == 2
        assert ref.snapshot().tasks == ()


async def opened_in_part(scope: trio.CancelScope) -> None:
    """Who opens a system is cancelled at any step; the program around it goes on."""
    with scope:
        async with open_system("inner") as inner:
            ref = await inner.start_child(worker())
            await ref.ask(Sum(1, 1))
    async with open_system("after") as system:
        ref = await system.start_child(worker())
        assert await ref.ask(Sum(1, 1)) == 2


IN_PART = [asked_in_part, told_in_part, started_in_part, monitored_in_part, piped_in_part, opened_in_part]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scenario", IN_PART, ids=lambda scenario: scenario.__name__)
def test_a_part_cancelled_at_any_step(scenario: Callable[[trio.CancelScope], Awaitable[None]], seed: int) -> None:
    """The rest goes on as if nothing had happened."""
    assert cancel_sweep(scenario, seed=seed) > 5
