"""All connections of a process."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.conversation.application import Dialogue, Endpoint, Link, TurnOutput
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.conversation.telemetry import NullTelemetry
from tests.conversation.conftest import MemorySocket, OpenHost, Script, ScriptedTurn, merge


@attrs.define(eq=False)
class Counting(NullTelemetry):
    """Remembers connections."""

    heard: list[object] = attrs.field(factory=list)

    def connection_opened(self, application: str) -> None:
        """Keep it."""
        self.heard.append(application)

    def connection_closed(self, application: str, code: int) -> None:
        """Keep it."""
        self.heard.append((application, code))


def work(seconds: float) -> Script:
    """A turn that takes so long."""

    async def script(output: TurnOutput[str]) -> Sequence[str]:
        await trio.sleep(seconds)
        return ["done"]

    return script


async def start(link: Link[str], text: str) -> None:
    """Start a turn of so many seconds."""
    await link.start_turn(ScriptedTurn(work(float(text)), key=text))


async def test_a_client_is_greeted_answered_and_let_go(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """A connection lives from its greeting to the client's leave, and nothing of it stays."""
    telemetry = Counting()
    async with open_host(telemetry=telemetry) as host:
        socket = await host.visit()
        assert socket.frames == ["hello"]
        socket.say("a", "b")
        await wait_all_tasks_blocked()
        assert socket.frames == ["hello", "echo a", "echo b"]
        assert host.connections.count == 1
        socket.leave(4000)
        await wait_all_tasks_blocked()
        assert host.connections.count == 0
        assert host.dialogues[0].ended == 1
        assert [actor.path for actor in host.system.snapshot().walk()] == ["test", "test/connections"]
    assert telemetry.heard == ["echo", ("echo", 4000)]


async def test_connections_are_bounded(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """One connection too many is closed with 1013, and a place that is left is free again."""
    async with open_host(max_connections=2) as host:
        first = await host.visit()
        await host.visit()
        assert host.connections.full
        assert (await host.visit()).closed == (1013, "too many connections")
        first.leave()
        await wait_all_tasks_blocked()
        assert not host.connections.full
        assert (await host.visit()).frames == ["hello"]


async def test_draining_waits_for_turns_and_then_says_goodbye(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Idle connections are closed at once, busy ones when their turns are over, new ones turned away; all with 1001."""
    async with open_host() as host:
        idle, busy = await host.visit(start), await host.visit(start)
        busy.say("3", "5")
        await wait_all_tasks_blocked()
        host.nursery.start_soon(host.connections.drain, 10.0)
        await wait_all_tasks_blocked()
        assert host.connections.draining
        assert idle.closed == (1001, "server going away")
        assert (await host.visit()).closed == (1001, "server going away")
        await trio.sleep(4)
        assert busy.closed is None
        await trio.sleep(2)
        assert busy.frames == ["hello", "done", "done"]
        assert busy.closed == (1001, "server going away")
        assert host.connections.count == 0


async def test_draining_ends_turns_that_take_too_long(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Before the grace is over turns are ended, and clients are told, those that do not read aside."""
    async with open_host() as host:
        busy, stalled = await host.visit(start), await host.visit(start)
        stalled.stall()
        busy.say("1000")
        stalled.say("2000")
        await wait_all_tasks_blocked()
        with trio.fail_after(10.1):
            await host.connections.drain(10.0)
        assert 7.0 <= trio.current_time() <= 10.0
        assert busy.frames == ["hello", "failed 1000 SHUTDOWN"]
        assert busy.closed == (1001, "server going away")
        assert host.connections.count == 0


async def test_draining_without_connections_takes_no_time(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Nobody is there to wait for."""
    async with open_host() as host:
        await host.connections.drain(10.0)
        assert trio.current_time() == 0


async def test_draining_takes_no_longer_than_its_grace(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """A turn that takes its time to settle is left to the system's stop."""

    async def heard(link: Link[str], text: str) -> None:
        await link.start_turn(ScriptedTurn(work(1000), settle_time=4.0))

    async with open_host() as host:
        socket = await host.visit(heard)
        socket.say("go")
        await wait_all_tasks_blocked()
        await host.connections.drain(4.0)
        assert trio.current_time() == 4.0
        assert host.connections.count == 1
        host.system.stop()
        await trio.sleep(3)
        assert socket.frames == ["hello", "failed one SHUTDOWN"]
        assert socket.closed == (1001, "server going away")


async def test_a_system_that_stops_says_goodbye(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Without draining, turns are ended at once and clients get 1001; who comes later is turned away."""
    async with open_host() as host:
        busy = await host.visit(start)
        busy.say("1000")
        await wait_all_tasks_blocked()
        host.system.stop()
        await wait_all_tasks_blocked()
        assert busy.frames == ["hello", "failed 1000 SHUTDOWN"]
        assert busy.closed == (1001, "server going away")
        assert (await host.visit()).closed == (1001, "server going away")


async def test_cancelling_a_served_socket_ends_its_connection(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Whoever serves the socket may be cancelled: the connection ends in order all the same."""
    async with open_host() as host:
        socket = MemorySocket()
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                host.nursery, former = nursery, host.nursery
                await host.visit(start, socket=socket)
                socket.say("1000")
                await wait_all_tasks_blocked()
                scope.cancel()
        host.nursery = former
        assert socket.frames == ["hello", "failed 1000 SHUTDOWN"]
        assert socket.closed == (1001, "server going away")
        assert host.connections.count == 0


async def test_an_opened_connection_goes_on_alone(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Whoever opens it need not stay, and is told once when it has ended, or was turned away, or its start was cancelled."""
    async with open_host(max_connections=1) as host:
        ended: list[str] = []
        left, refused, cancelled = MemorySocket(), MemorySocket(), MemorySocket()
        endpoint = host.endpoint()
        open_it = functools.partial(host.connections.open, endpoint=endpoint, principal=None, path_parts={})
        assert await open_it(left, on_end=lambda: ended.append("left"))
        assert await open_it(refused, on_end=lambda: ended.append("refused")) is None
        assert (refused.closed, ended) == ((1013, "too many connections"), ["refused"])
        left.leave(4000)
        await wait_all_tasks_blocked()
        assert ended == ["refused", "left"]
        with trio.CancelScope() as scope:
            scope.cancel()
            await open_it(cancelled, on_end=lambda: ended.append("cancelled"))
        assert ended == ["refused", "left", "cancelled"]
        assert host.connections.count == 0


async def test_a_dialogue_that_cannot_open_is_an_internal_error(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """The client gets 1011, and the supervisor reports why."""

    def refuse(link: Link[str], parts: Mapping[str, str]) -> Dialogue:
        raise LookupError

    endpoint = Endpoint(path="/ws", authentication="optional", open_dialogue=refuse, encode=str, merge=merge)
    async with open_host() as host:
        socket = await host.visit(endpoint=endpoint)
        assert socket.closed == (1011, "internal error")
        assert host.connections.count == 0
        assert host.instrument.crashes


async def test_turning_away_somebody_who_left_is_no_error(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """A client that is gone, or does not read, is not waited for."""
    async with open_host() as host:
        await host.connections.drain(1.0)
        gone, stalled = MemorySocket(), MemorySocket()
        gone.leave()
        stalled.stall()
        await host.visit(socket=gone)
        await host.visit(socket=stalled)
        await trio.sleep(ConversationSettings().close_timeout + 0.1)
        assert host.connections.count == 0


async def test_serving_needs_a_supervisor() -> None:
    """`start` comes before `serve`."""

    def open_dialogue(link: Link[str], parts: Mapping[str, str]) -> Dialogue:
        raise AssertionError

    endpoint = Endpoint(path="/ws", authentication="optional", open_dialogue=open_dialogue, encode=str, merge=merge)
    with pytest.raises(RuntimeError, match="start"):
        await Connections(ConversationSettings()).serve(MemorySocket(), endpoint, None, {})
