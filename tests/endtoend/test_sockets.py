"""Peers that read slowly or not at all, stay silent, or drip: the server gets rid of them, and nobody else notices."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import trio

from smarthealth.testing.raw_peer import PING, PONG, TEXT, PeerClosed, RawPeer, frame
from smarthealth.testing.script import Reply

if TYPE_CHECKING:
    from tests.endtoend.conftest import Eventually, Launch, Model, Server

SHORT_TIMES = {
    "SMARTHEALTH_SEND_TIMEOUT": "1.5",
    "SMARTHEALTH_SLOW_READER_TIMEOUT": "1",
    "SMARTHEALTH_PING_INTERVAL": "0.5",
    "SMARTHEALTH_PONG_TIMEOUT": "0.5",
    "SMARTHEALTH_IDLE_TIMEOUT": "1.5",
    "SMARTHEALTH_HEADER_TIMEOUT": "0.5",
    "SMARTHEALTH_BODY_TIMEOUT": "0.5",
    "SMARTHEALTH_KEEP_ALIVE_TIMEOUT": "0.5",
}


@pytest.fixture
def impatient(launch: Launch, model: Model) -> Server:
    """A server that waits for nobody."""
    server = launch(environment={**SHORT_TIMES, "OPENAI_BASE_URL": model.url})
    server.wait_healthy()
    return server


def query(question: str) -> bytes:
    """A frame with a question."""
    message = {
        "type": "query",
        "session_id": str(uuid.uuid4()),
        "document_type_id": 8,
        "document_number": "30995750",
        "question": question,
    }
    return frame(TEXT, json.dumps(message).encode())


async def ended(peer: RawPeer, *, reading: bool = False) -> None:
    """Wait until the server has ended the stream."""
    try:
        while True:
            await (peer.read_frame() if reading else peer.read(1))
    except PeerClosed:
        return


async def stalled(server: Server, flood: str) -> None:
    """Asks for megabytes and reads nothing, while giving signs of life."""
    async with server.raw(receive_buffer=4096) as peer:
        await peer.upgrade(f"/ws/chat?token={server.token()}")
        await peer.send(query(flood) + query(flood))
        with contextlib.suppress(trio.BrokenResourceError):
            while slow_readers(server) == 0:
                await trio.sleep(0.1)
                await peer.send(frame(PONG))


async def silent(server: Server) -> None:
    """Answers no ping, and says nothing."""
    async with server.raw() as peer:
        await peer.upgrade(f"/ws/chat?token={server.token()}")
        await peer.read_frame()
        assert (await peer.read_frame()).opcode == PING
        await ended(peer, reading=True)


async def idle(server: Server) -> None:
    """Answers pings, and says nothing."""
    async with server.chat() as chat:
        assert (await chat.closed())[0] == 4408


async def dripping(server: Server, sent: bytes) -> None:
    """Sends a request byte by byte, for ever."""
    async with server.raw() as peer, trio.open_nursery() as both:
        both.start_soon(drip, peer, sent)
        await ended(peer)
        both.cancel_scope.cancel()


HEAD = b"GET / HTTP/1.1\r\n"
BODY = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"


async def test_peers_that_waste_time_are_cut(impatient: Server, model: Model) -> None:
    """Each is cut within its own time while others are served as ever: stalled, silent, idle, dripping."""
    flood = model.on(Reply(tokens=("palabra " * 1000,) * 2000))
    results: dict[str, float] = {}

    async def timed(name: str, peer: Callable[[], Awaitable[None]]) -> None:
        """Note how long a peer is borne with, its connecting included."""
        began = trio.current_time()
        await peer()
        results[name] = trio.current_time() - began

    with trio.fail_after(25):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(timed, "stalled", lambda: stalled(impatient, flood))
            nursery.start_soon(timed, "silent", lambda: silent(impatient))
            nursery.start_soon(timed, "idle", lambda: idle(impatient))
            nursery.start_soon(timed, "head", lambda: dripping(impatient, HEAD))
            nursery.start_soon(timed, "body", lambda: dripping(impatient, BODY))
            async with impatient.chat() as chat:
                while len(results) < 5:
                    with trio.fail_after(5):
                        messages = await chat.ask("¿Qué alergias tiene?")
                    assert messages[-1]["type"] == "complete"
    assert 0.5 <= results["silent"] < 5
    assert 1 <= results["idle"] < 5
    assert results["stalled"] < 10
    assert max(results["head"], results["body"]) < 5


async def drip(peer: RawPeer, sent: bytes) -> None:
    """Send some bytes, and then one now and then until the other side has enough."""
    try:
        await peer.send(sent)
        while True:
            await trio.sleep(0.1)
            await peer.send(b"a")
    except trio.BrokenResourceError:
        return


def slow_readers(server: Server) -> int:
    """Clients that were ended for reading too slowly, by the engine or by the shell."""
    lines = server.request("/metrics").body.decode().splitlines()
    counted = [line for line in lines if 'code="4430"' in line or 'peers_cut_total{reason="send timeout"}' in line]
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in counted)


async def test_a_stalled_reader_does_not_hold_the_shutdown(
    launch: Launch, model: Model, eventually: Eventually
) -> None:
    """SIGTERM with a client in mid-answer that reads nothing: it is let go within the grace, and the exit code is 0."""
    flood = model.on(Reply(tokens=("palabra " * 1000,) * 2000))
    server = launch(environment={"SMARTHEALTH_SHUTDOWN_GRACE": "5", "OPENAI_BASE_URL": model.url})
    server.wait_healthy()
    async with server.raw(receive_buffer=4096) as peer:
        await peer.upgrade(f"/ws/chat?token={server.token()}")
        await peer.send(query(flood))
        await eventually(lambda: bool(model.asked(flood)))
        assert await trio.to_thread.run_sync(server.stop) == 0
    said = {event["event"]: datetime.fromisoformat(event["timestamp"]) for event in server.log_events()}
    assert (said["connection_closed"] - said["server_draining"]).total_seconds() < 5
