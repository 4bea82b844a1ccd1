"""One TCP connection: stalled peers, silent peers, TLS, faults of our own."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import structlog
import trio
from hypercorn.trio.worker_context import WorkerContext

from smarthealth.server.hypercorn import serving
from smarthealth.server.hypercorn.config import ShellConfig
from smarthealth.server.hypercorn.connection import HardenedTCPServer
from smarthealth.server.hypercorn.h11_protocol import HardenedH11Protocol
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.server.hypercorn.watch import Unwatched
from smarthealth.testing.raw_peer import PING, PONG, TEXT, RawPeer, frame, open_raw_peer, upgrade_request

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Cuts(Unwatched):
    """Keeps why peers were cut."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.happened = trio.Event()

    def cut(self, reason: str) -> None:
        """Note it."""
        self.reasons.append(reason)
        self.happened.set()


class App:
    """A WebSocket application that talks as much as its path says; HTTP gets `ok`."""

    def __init__(self) -> None:
        self.ended: list[tuple[int, str]] = []
        self.over = trio.Event()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["path"] == "/hang":
            await trio.sleep_forever()
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"ok"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        async with trio.open_nursery() as nursery:
            if scope["path"] == "/flood":
                nursery.start_soon(self._flood, send)
            if scope["path"] == "/deaf":
                await trio.sleep_forever()
            while (event := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": event["text"]})
            self.ended.append((event["code"], event["reason"]))
            nursery.cancel_scope.cancel()
        self.over.set()

    async def _flood(self, send: Send) -> None:
        while True:
            await send({"type": "websocket.send", "text": "x" * 10_000})


async def test_stalled_reader_is_cut_in_time_and_holds_nobody_else(open_shell: OpenShell) -> None:
    """A peer that reads nothing is reset after the send timeout, while others are served as ever."""
    app, cuts = App(), Cuts()
    limits = ShellLimits(send_timeout=0.3, send_buffer=8192)
    async with (
        open_shell(app, limits, watch=cuts) as port,
        open_raw_peer(port, receive_buffer=4096) as stalled,
        open_raw_peer(port) as other,
    ):
        await stalled.upgrade("/flood")
        await other.upgrade("/echo")
        started = trio.current_time()
        with trio.fail_after(3):
            while not cuts.happened.is_set():
                asked = trio.current_time()
                await other.send(frame(TEXT, b"hello"))
                assert await other.read_text() == "hello"
                assert trio.current_time() - asked < 0.25
        assert trio.current_time() - started < 2
        with trio.fail_after(1):
            await app.over.wait()
    assert cuts.reasons == ["send timeout"]
    assert app.ended[0] == (1006, "send timeout")


async def test_writing_at_once_never_waits(open_shell: OpenShell) -> None:
    """A peer that reads nothing takes some at once and no more; what it left is flushed in time, or it is cut."""
    cuts = Cuts()
    taken: list[bool] = []

    async def talker(scope: Any, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        send_now = scope["extensions"]["smarthealth.frames"]["send_now"]
        while not cuts.happened.is_set():
            taken.append(send_now(["x" * 10_000]))
            await trio.sleep(0.001)

    limits = ShellLimits(send_timeout=0.3, send_buffer=8192)
    async with open_shell(talker, limits, watch=cuts) as port, open_raw_peer(port, receive_buffer=4096) as stalled:
        await stalled.upgrade()
        with trio.fail_after(3):
            await cuts.happened.wait()
    assert cuts.reasons == ["send timeout"]
    assert set(taken) == {True, False}


async def test_stalled_reader_does_not_hold_the_shutdown(open_shell: OpenShell) -> None:
    """With a long send timeout and a peer that reads nothing, stopping takes the grace and a moment."""
    stopping = trio.Event()
    started = trio.current_time()
    limits = ShellLimits(send_timeout=60, send_buffer=8192)
    with trio.fail_after(6):
        async with (
            open_shell(App(), limits, stopping=stopping, grace=0.1) as port,
            open_raw_peer(port, receive_buffer=4096) as stalled,
        ):
            await stalled.upgrade("/flood")
            await trio.sleep(0.1)
            stopping.set()
            await trio.sleep(0.2)
    assert trio.current_time() - started < 4


async def test_stalled_reader_of_a_response_is_cut(open_shell: OpenShell) -> None:
    """The send timeout holds for HTTP as well."""
    cuts, size = Cuts(), 5_000_000

    async def large(scope: Any, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
        await send({"type": "http.response.body", "body": bytes(size)})

    limits = ShellLimits(send_timeout=0.2, send_buffer=8192)
    async with open_shell(large, limits, watch=cuts) as port, open_raw_peer(port, receive_buffer=4096) as peer:
        await peer.send(GET)
        with trio.fail_after(2):
            await cuts.happened.wait()
    assert cuts.reasons == ["send timeout"]


async def test_deadlines_of_requests(open_shell: OpenShell) -> None:
    """A slow head is 408, a bad one 400 and what follows it is dropped, an idle connection ends after its pause."""
    limits = ShellLimits(header_timeout=0.1, keep_alive_timeout=0.15, close_timeout=0.2)
    async with open_shell(App(), limits) as port:
        for request, answer in (
            (b"GET / HT", b"HTTP/1.1 408"),
            (b"nonsense\r\n\r\n", b"HTTP/1.1 400"),
            (GET, b"HTTP/1.1 200"),
        ):
            async with open_raw_peer(port) as peer:
                await peer.send(request)
                await trio.sleep(0.02)
                if request.startswith(b"n"):
                    await peer.send(b"and more nonsense")
                with trio.fail_after(2):
                    assert (await peer.read_rest()).startswith(answer)


async def test_request_that_turns_bad_is_answered_once(open_shell: OpenShell) -> None:
    """When a body breaks the rules the 400 is the answer; what the application still says is dropped."""
    async with open_shell(App(), ShellLimits(close_timeout=0.2)) as port, open_raw_peer(port) as peer:
        await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert (await peer.read_head()).startswith("HTTP/1.1 400")
        assert b"200" not in await peer.read_rest()


async def test_request_that_hangs_is_cancelled_when_the_server_goes(
    open_shell: OpenShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request in the works does not hold the end beyond the grace."""
    stopping = trio.Event()
    monkeypatch.setattr(serving, "LAST_WORDS", 0.1)
    async with (
        open_shell(App(), stopping=stopping, grace=0.05) as port,
        open_raw_peer(port) as hanging,
        open_raw_peer(port) as idle,
        open_raw_peer(port) as last,
    ):
        await hanging.send(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
        await idle.send(GET)
        await idle.read_head()
        await last.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await last.read_rest()).endswith(b"ok")
        stopping.set()
        with trio.fail_after(4):
            assert await idle.read_rest() == b"ok"
            assert await hanging.read_rest() == b""


async def test_silent_peer_is_pinged_and_cut_without_a_pong(open_shell: OpenShell) -> None:
    """Who answers no ping is gone: 1006 for the application, a reset for the peer."""
    app, cuts = App(), Cuts()
    limits = ShellLimits(ping_interval=0.1, pong_timeout=0.2)
    async with open_shell(app, limits, watch=cuts) as port, open_raw_peer(port) as peer:
        await peer.upgrade("/echo")
        assert (await peer.read_frame()).opcode == PING
        with trio.fail_after(2):
            assert await peer.read_rest() == b""
            await app.over.wait()
    assert (cuts.reasons, app.ended) == (["ping timeout"], [(1006, "ping timeout")])


async def test_peer_that_answers_pings_stays(open_shell: OpenShell) -> None:
    """A pong, or any other byte, is a sign of life."""
    cuts = Cuts()
    limits = ShellLimits(ping_interval=0.05, pong_timeout=0.1)
    async with open_shell(App(), limits, watch=cuts) as port, open_raw_peer(port) as peer:
        await peer.upgrade("/echo")
        for answer in (frame(PONG), frame(PONG), frame(TEXT, b"x")):
            assert (await peer.read_frame()).opcode == PING
            await peer.send(answer)
        assert await peer.read_text() == "x"
    assert cuts.reasons == []


async def test_silence_means_nothing_while_we_do_not_listen(open_shell: OpenShell) -> None:
    """A peer held by back-pressure is not cut for the pongs that we do not read."""
    cuts = Cuts()
    limits = ShellLimits(ping_interval=0.05, pong_timeout=0.05, read_ahead=100)
    async with open_shell(App(), limits, watch=cuts) as port, open_raw_peer(port) as peer:
        await peer.upgrade("/deaf")
        await peer.send(frame(TEXT, b"unread") * 3)
        await trio.sleep(0.3)
    assert cuts.reasons == []


async def test_fault_of_ours_costs_one_connection(open_shell: OpenShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception in the protocol is logged once, ends its connection, and leaves the server running."""
    handle = HardenedH11Protocol.handle

    async def fault(self: Any, event: Any) -> None:
        monkeypatch.setattr(HardenedH11Protocol, "handle", handle)
        raise ZeroDivisionError

    async with open_shell(App()) as port:
        monkeypatch.setattr(HardenedH11Protocol, "handle", fault)
        with structlog.testing.capture_logs() as lines:
            async with open_raw_peer(port) as peer:
                await peer.send(GET)
                assert await peer.read_rest() == b""
        assert [line["event"] for line in lines] == ["connection_failed"]
        async with open_raw_peer(port) as peer:
            await peer.send(GET)
            assert (await peer.read_head()).startswith("HTTP/1.1 200")


async def test_peer_that_is_gone_before_we_look_is_nobody() -> None:
    """A connection whose address cannot be had any more ends quietly."""
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.setblocking(False)
    unconnected = socket.socket()
    unconnected.setblocking(False)
    limits = ShellLimits()
    stream = trio.SocketStream(trio.socket.from_stdlib_socket(unconnected))
    with ours, structlog.testing.capture_logs() as lines:
        connection = HardenedTCPServer(App(), ShellConfig(limits), WorkerContext(None), {}, stream, Unwatched())
        connection.rest()
        await connection.run()
    assert lines == []


async def test_tls_carries_websockets(
    open_shell: OpenShell, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """Over TLS everything is as without, the 1001 of a server that goes away too."""
    stopping, app = trio.Event(), App()
    limits = ShellLimits(ping_interval=0.1)
    async with open_shell(app, limits, tls=server_tls, stopping=stopping, grace=0.1) as port:
        stream = await trio.open_ssl_over_tcp_stream("localhost", port, ssl_context=client_tls, https_compatible=True)
        peer = RawPeer(stream)
        await peer.send(upgrade_request("/echo") + frame(TEXT, b"early"))
        assert (await peer.read_head()).startswith("HTTP/1.1 101")
        assert await peer.read_text() == "early"
        assert (await peer.read_frame()).opcode == PING
        stopping.set()
        assert await peer.read_close() == (1001, "server going away")
        await trio.aclose_forcefully(stream)


async def test_tls_handshake_that_fails_or_stalls_is_given_up(
    open_shell: OpenShell, server_tls: ssl.SSLContext
) -> None:
    """Who speaks no TLS, or nothing at all, is let go in time, without a log line."""
    limits = ShellLimits(tls_handshake_timeout=0.2)
    async with open_shell(App(), limits, tls=server_tls) as port:
        with structlog.testing.capture_logs() as lines:
            for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16"):
                async with open_raw_peer(port) as peer:
                    await peer.send(data)
                    with trio.fail_after(2):
                        await peer.read_rest()
    assert lines == []


async def test_tls_peer_that_stops_reading_is_cut(
    open_shell: OpenShell, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """The send timeout holds over TLS, and the farewell to a stalled peer does not hold anybody."""
    cuts, app = Cuts(), App()
    limits = ShellLimits(send_timeout=0.3, send_buffer=8192)
    async with open_shell(app, limits, tls=server_tls, watch=cuts) as port:
        stream = await trio.open_ssl_over_tcp_stream("localhost", port, ssl_context=client_tls, https_compatible=True)
        await RawPeer(stream).send(upgrade_request("/flood"))
        with trio.fail_after(3):
            await app.over.wait()
        await trio.aclose_forcefully(stream)
    assert cuts.reasons == ["send timeout"]


async def test_tls_peer_that_vanishes_is_no_error(
    open_shell: OpenShell, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """A reset under TLS ends its connection and nothing else, the farewell included."""
    app = App()
    async with open_shell(app, tls=server_tls) as port:
        with structlog.testing.capture_logs() as lines:
            stream = await trio.open_ssl_over_tcp_stream(
                "localhost", port, ssl_context=client_tls, https_compatible=True
            )
            peer = RawPeer(stream)
            await peer.upgrade("/echo")
            await RawPeer(stream.transport_stream).reset()
            with trio.fail_after(2):
                await app.over.wait()
            await trio.sleep(0.02)
        assert [line["event"] for line in lines] == ["request_answered"]
    assert app.ended == [(1006, "")]
