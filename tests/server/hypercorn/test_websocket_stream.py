"""WebSockets over real sockets: what hostile and unlucky peers do, and what the application sees of it."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import trio
import trio.testing

from smarthealth.server.hypercorn.config import ShellConfig
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.server.hypercorn.websocket_stream import HardenedWSStream
from smarthealth.testing.raw_peer import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Frame,
    PeerClosed,
    close_frame,
    frame,
    open_raw_peer,
    upgrade_request,
)

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

SMALL = ShellLimits(max_message_size=1000, read_ahead=2000, close_timeout=0.3)
DEFLATE = ("Sec-WebSocket-Extensions", "permessage-deflate")


class Echo:
    """Accepts, sends every message back, and keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.over = trio.Event()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one WebSocket."""
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                self.seen.append((event["code"], event["reason"]))
                self.over.set()
                return
            self.seen.append(event.get("text", event.get("bytes")))
            await send({"type": "websocket.send", **{key: event[key] for key in event if key != "type"}})


async def accept(receive: Receive, send: Send) -> None:
    """Accept the connection."""
    await receive()
    await send({"type": "websocket.accept"})


async def test_bytes_in_the_segment_of_the_upgrade_are_delivered_in_order(open_shell: OpenShell) -> None:
    """Frames that come with the handshake, or before it is accepted, reach the application after accept, in order."""
    go = trio.Event()
    seen: list[str] = []

    async def late(scope: Any, receive: Receive, send: Send) -> None:
        await go.wait()
        await accept(receive, send)
        while len(seen) < 3:
            seen.append((await receive())["text"])
        await send({"type": "websocket.close", "code": 1000})

    async with open_shell(late) as port, open_raw_peer(port) as peer:
        await peer.send(upgrade_request() + frame(TEXT, b"one"))
        await peer.send(frame(TEXT, b"two")[:3])
        await peer.send(frame(TEXT, b"two")[3:] + frame(PING, b"p"))
        await trio.testing.wait_all_tasks_blocked(0.02)
        go.set()
        assert (await peer.read_head()).startswith("HTTP/1.1 101")
        assert await peer.read_frame() == Frame(PONG, b"p")
        await peer.send(frame(TEXT, b"three"))
        assert await peer.read_close() == (1000, "")
    assert seen == ["one", "two", "three"]


async def test_one_byte_after_the_upgrade_does_not_end_the_server(open_shell: OpenShell) -> None:
    """A stray byte costs the peer its connection at most."""
    async with open_shell(Echo()) as port:
        async with open_raw_peer(port) as peer:
            await peer.upgrade(early=b"\x00")
            await peer.send(b"\x00")
            assert (await peer.read_close())[0] == 1002
        async with open_raw_peer(port) as peer:
            await peer.upgrade(early=frame(TEXT, b"still there"))
            assert await peer.read_text() == "still there"


async def test_early_bytes_are_bounded(open_shell: OpenShell) -> None:
    """A client that floods before it is accepted is held by TCP, not kept in memory."""
    go, heard = trio.Event(), trio.Event()

    async def late(scope: Any, receive: Receive, send: Send) -> None:
        await go.wait()
        await accept(receive, send)
        assert len((await receive())["text"]) == 1000
        heard.set()

    limits = ShellLimits(read_ahead=2000, max_message_size=1000, receive_buffer=16384)
    async with open_shell(late, limits) as port, open_raw_peer(port, send_buffer=16384) as peer:
        await peer.send(upgrade_request())
        flood = frame(TEXT, b"x" * 1000) * 500
        with trio.move_on_after(0.2) as blocked:
            await peer.send(flood)
        assert blocked.cancelled_caught
        go.set()
        await peer.read_head()
        with trio.fail_after(5):
            await heard.wait()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(TEXT, b"x" * 1001), 1009),
        (frame(TEXT, b"x" * 600, fin=False) + frame(CONTINUATION, b"x" * 600), 1009),
        (frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 2000, 1009),
        (frame(TEXT, b"a", fin=False) + frame(CONTINUATION, b"a", fin=False) * 2000, 1009),
        (frame(BINARY, b"x" * 70000), 1009),
        (frame(TEXT, b"\xff\xfe"), 1007),
        (frame(CONTINUATION, b"x"), 1002),
        (frame(0xB, b"x"), 1002),
    ],
)
async def test_broken_rule_reaches_both_sides_with_its_code(data: bytes, code: int, open_shell: OpenShell) -> None:
    """The peer gets the close frame, the application the same code, and the server lives on."""
    echo = Echo()
    async with open_shell(echo, SMALL) as port:
        async with open_raw_peer(port) as peer:
            await peer.upgrade()
            await peer.send(frame(TEXT, b"good") + data)
            assert (await peer.read_close())[0] == code
            assert await peer.read_rest() == b""
        await echo.over.wait()
        assert echo.seen[0] == "good"
        assert echo.seen[1][0] == code
        async with open_raw_peer(port) as peer:
            await peer.upgrade(early=frame(TEXT, b"ok"))
            assert await peer.read_text() == "ok"


async def test_peer_in_the_middle_of_an_endless_message_still_reads_its_1009(open_shell: OpenShell) -> None:
    """Who is still sending when it is refused gets the close frame, not a reset."""
    async with open_shell(Echo(), SMALL) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        with trio.move_on_after(0.1):
            await peer.send(frame(TEXT, b"x" * 3_000_000))
        assert (await peer.read_close())[0] == 1009


@pytest.mark.parametrize("accepted", [False, True])
async def test_the_application_may_take_longer_messages(open_shell: OpenShell, *, accepted: bool) -> None:
    """From the beginning, or from when it has learnt who is there."""

    async def trusting(scope: Any, receive: Receive, send: Send) -> None:
        take_longer = scope["extensions"]["smarthealth.frames"]["take_longer"]
        if not accepted:
            take_longer(3000)
        await accept(receive, send)
        if accepted:
            await receive()
            take_longer(3000)
        await send({"type": "websocket.send", "text": str(len((await receive())["text"]))})
        await receive()

    async with open_shell(trusting, SMALL) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        if accepted:
            await peer.send(frame(TEXT, b"who"))
            await trio.testing.wait_all_tasks_blocked(0.02)
        await peer.send(frame(TEXT, b"x" * 3000))
        assert await peer.read_text() == "3000"
        await peer.send(frame(TEXT, b"x" * 3001))
        assert (await peer.read_close())[0] == 1009


@pytest.mark.parametrize("fragments", [1, 50])
async def test_deflate_bomb_ends_in_1009(fragments: int, open_shell: OpenShell) -> None:
    """A bomb is refused at the bound of a message, in one frame or many."""
    compressor = zlib.compressobj(wbits=-15)
    bomb = compressor.compress(bytes(30_000_000)) + compressor.flush(zlib.Z_SYNC_FLUSH)
    size = len(bomb) // fragments + 1
    pieces = [bomb[start : start + size] for start in range(0, len(bomb), size)]
    limits = ShellLimits(compression=True, close_timeout=0.3)
    async with open_shell(Echo(), limits) as port, open_raw_peer(port) as peer:
        assert "permessage-deflate" in await peer.upgrade(headers=[DEFLATE])
        for index, piece in enumerate(pieces):
            first, last = index == 0, index == len(pieces) - 1
            await peer.send(frame(BINARY if first else CONTINUATION, piece, fin=last, compressed=first))
        assert (await peer.read_close())[0] == 1009


async def test_compression_is_off_unless_it_is_on(open_shell: OpenShell) -> None:
    """By default an offer of permessage-deflate is not taken; when on, messages go both ways."""
    async with open_shell(Echo()) as port, open_raw_peer(port) as peer:
        assert "permessage-deflate" not in await peer.upgrade(headers=[DEFLATE])
        await peer.send(frame(TEXT, b"plain"))
        assert await peer.read_frame() == Frame(TEXT, b"plain")
    async with open_shell(Echo(), ShellLimits(compression=True)) as port, open_raw_peer(port) as peer:
        await peer.upgrade(headers=[DEFLATE])
        await peer.send(frame(TEXT, b"plain"))
        got = await peer.read_frame()
        assert got.compressed
        assert zlib.decompressobj(wbits=-15).decompress(got.payload) == b"plain"


async def test_real_close_codes_reach_the_application(open_shell: OpenShell) -> None:
    """The peer's code and reason are what `websocket.disconnect` says, after the messages before it."""
    echo = Echo()
    async with open_shell(echo) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        await peer.send(frame(TEXT, b"last words") + close_frame(4000, "bye"))
        assert await peer.read_close() == (4000, "bye")
        assert await peer.read_rest() == b""
        await echo.over.wait()
    assert echo.seen == ["last words", (4000, "bye")]


async def test_vanished_peer_is_1006(open_shell: OpenShell) -> None:
    """End of stream and reset without a close frame are both 1006."""
    for reset in (False, True):
        echo = Echo()
        async with open_shell(echo) as port:
            async with open_raw_peer(port) as peer:
                await peer.upgrade()
                if reset:
                    await peer.reset()
            await echo.over.wait()
        assert echo.seen == [(1006, "")]


async def test_sending_to_a_peer_that_has_gone_is_no_error(open_shell: OpenShell) -> None:
    """Whatever the application sends after the peer's end is ignored; `receive` tells it, and goes on telling."""
    done = trio.Event()

    async def talker(scope: Any, receive: Receive, send: Send) -> None:
        await accept(receive, send)
        assert (await receive())["code"] == 1006
        for _ in range(100):
            await send({"type": "websocket.send", "text": "x" * 1000})
        await send({"type": "websocket.close", "code": 1000})
        assert (await receive())["code"] == 1006
        done.set()

    async with open_shell(talker) as port:
        async with open_raw_peer(port) as peer:
            await peer.upgrade()
            await peer.reset()
        with trio.fail_after(2):
            await done.wait()


async def test_peer_that_closes_while_we_send_is_no_error(open_shell: OpenShell) -> None:
    """A close frame and a reset in the middle of our writing end quietly, with the peer's code if it gave one."""
    codes, ended = trio.open_memory_channel[int](2)

    async def talker(scope: Any, receive: Receive, send: Send) -> None:
        await accept(receive, send)
        async with trio.open_nursery() as nursery:

            async def listen() -> None:
                codes.send_nowait((await receive())["code"])
                nursery.cancel_scope.cancel()

            nursery.start_soon(listen)
            while True:
                await send({"type": "websocket.send", "text": "x" * 10_000})

    async with open_shell(talker, ShellLimits(send_buffer=8192)) as port:
        for closing in (True, False):
            async with open_raw_peer(port, receive_buffer=8192) as peer:
                await peer.upgrade()
                await peer.read_frame()
                if closing:
                    await peer.send(close_frame(1001))
                    await peer.read_close()
                else:
                    await peer.reset()
            with trio.fail_after(2):
                assert await ended.receive() == (1001 if closing else 1006)


async def test_pings_are_answered_while_the_application_does_not_read(open_shell: OpenShell) -> None:
    """A ping behind more small messages than the application cares to read gets its pong."""

    async def deaf(scope: Any, receive: Receive, send: Send) -> None:
        await accept(receive, send)
        await trio.sleep_forever()

    async with open_shell(deaf) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        await peer.send(frame(TEXT, b"unread") * 50 + frame(PING, b"there?"))
        with trio.fail_after(2):
            assert await peer.read_frame() == Frame(PONG, b"there?")


async def test_inbound_queue_is_small_and_then_tcp_holds_the_client(open_shell: OpenShell) -> None:
    """A client that outruns the application is held; every message arrives once it is heard."""
    go, all_heard = trio.Event(), trio.Event()

    async def slow(scope: Any, receive: Receive, send: Send) -> None:
        await accept(receive, send)
        await go.wait()
        for _ in range(500):
            assert (await receive())["type"] == "websocket.receive"
        all_heard.set()

    limits = ShellLimits(read_ahead=2000, receive_buffer=16384, max_message_size=1000)
    async with open_shell(slow, limits) as port, open_raw_peer(port, send_buffer=16384) as peer:
        await peer.upgrade()
        async with trio.open_nursery() as nursery:
            sent = trio.Event()

            async def flood() -> None:
                await peer.send(frame(TEXT, b"x" * 1000) * 500)
                sent.set()

            nursery.start_soon(flood)
            await trio.sleep(0.2)
            assert not sent.is_set()
            go.set()
            with trio.fail_after(5):
                await sent.wait()
                await all_heard.wait()


async def test_several_texts_leave_in_one_write(open_shell: OpenShell) -> None:
    """The extension `smarthealth.frames` sends several messages in one segment; binary messages go one by one."""

    async def talker(scope: Any, receive: Receive, send: Send) -> None:
        assert "smarthealth.frames" in scope["extensions"]
        await accept(receive, send)
        await send({"type": "smarthealth.frames", "texts": ["uno", "dos"]})
        await send({"type": "websocket.send", "bytes": b"\x00"})
        await send({"type": "websocket.close", "code": 4401, "reason": "expired"})
        await send({"type": "websocket.send", "text": "ignored"})
        await send({"type": "websocket.close"})
        assert (await receive())["code"] == 4401

    async with open_shell(talker, SMALL) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        assert [await peer.read_text(), await peer.read_text()] == ["uno", "dos"]
        assert await peer.read_frame() == Frame(BINARY, b"\x00")
        assert await peer.read_close() == (4401, "expired")
        await peer.send(frame(TEXT, b"crossing") + close_frame(4401))
        assert await peer.read_rest() == b""


async def test_texts_are_sent_at_once_while_nothing_has_to_wait(open_shell: OpenShell) -> None:
    """The extension sends without waiting, on an open connection; what a slow reader leaves behind still comes whole, in order."""
    told = trio.Event()

    async def talker(scope: Any, receive: Receive, send: Send) -> None:
        send_now = scope["extensions"]["smarthealth.frames"]["send_now"]
        assert not send_now(["before the handshake"])
        await accept(receive, send)
        count = 0
        while send_now([f"{count:08}" * 8192]):
            count += 1
        told.set()
        await send({"type": "smarthealth.frames", "texts": [f"{count:08}" * 8192, "last"]})
        await send({"type": "websocket.close", "code": 1000})
        assert not send_now(["after the end"])
        assert (await receive())["code"] == 1000

    async with open_shell(talker, SMALL) as port, open_raw_peer(port, receive_buffer=4096) as peer:
        await peer.upgrade()
        await told.wait()
        count = 0
        while (text := await peer.read_text()) != "last":
            assert text == f"{count:08}" * 8192
            count += 1
        assert count > 1
        assert (await peer.read_close())[0] == 1000
        await peer.send(close_frame(1000))


class Guest:
    """An application that accepts, hands its socket over and returns; the test goes on in its place."""

    def __init__(self) -> None:
        self.returned = trio.Event()
        self.receive: Receive
        self.release: Callable[[], None]

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one WebSocket's beginning."""
        self.receive = receive
        await accept(receive, send)
        self.release = scope["extensions"]["smarthealth.frames"]["hand_over"]()
        self.returned.set()


async def test_application_that_hands_over_may_return(open_shell: OpenShell) -> None:
    """Its return is not the end then, but the release is: who has not closed by then is closed with 1011."""
    guest = Guest()
    async with open_shell(guest, SMALL) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        await guest.returned.wait()
        await peer.send(frame(TEXT, b"hola"))
        assert (await guest.receive())["text"] == "hola"
        guest.release()
        assert await peer.read_close() == (1011, "")
        await peer.send(close_frame(1011))
        assert await peer.read_rest() == b""


async def test_who_goes_on_elsewhere_hears_of_the_end(open_shell: OpenShell) -> None:
    """The close code of a peer that leaves, 1006 when the shell itself is ended; a release that comes late is no matter."""
    guest = Guest()
    async with open_shell(guest, SMALL) as port:
        async with open_raw_peer(port) as peer:
            await peer.upgrade()
            await peer.send(close_frame(4000, "bye"))
            assert await peer.read_close() == (4000, "bye")
        assert await guest.receive() == {"type": "websocket.disconnect", "code": 4000, "reason": "bye"}
        guest.release()
        cancelled = await open_and_leave(port)
    assert (await guest.receive())["code"] == 1006
    guest.release()
    await cancelled.aclose()


async def open_and_leave(port: int) -> trio.SocketStream:
    """A WebSocket whose client does nothing."""
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    await stream.send_all(upgrade_request("/"))
    await stream.receive_some()
    return stream


async def test_slow_reader_that_was_given_up_still_reads_why(open_shell: OpenShell) -> None:
    """An application that stops waiting for a peer can close: what was begun arrives whole, then the close frame."""
    given_up = trio.Event()

    async def impatient(scope: Any, receive: Receive, send: Send) -> None:
        await accept(receive, send)
        with trio.move_on_after(0.1):
            while True:
                await send({"type": "websocket.send", "text": "x" * 50_000})
        given_up.set()
        await send({"type": "websocket.close", "code": 4430, "reason": "reading too slowly"})

    limits = ShellLimits(send_buffer=8192, close_timeout=2)
    async with open_shell(impatient, limits) as port, open_raw_peer(port, receive_buffer=4096) as peer:
        await peer.upgrade()
        await given_up.wait()
        assert await peer.read_close() == (4430, "reading too slowly")


async def test_peer_that_does_not_answer_our_close_is_let_go(open_shell: OpenShell) -> None:
    """After our close frame the peer has a short time; then the connection ends without it."""

    async def closer(scope: Any, receive: Receive, send: Send) -> None:
        await accept(receive, send)
        await send({"type": "websocket.close"})

    async with open_shell(closer, SMALL) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        assert await peer.read_close() == (1000, "")
        with trio.fail_after(2):
            assert await peer.read_rest() == b""


async def test_application_that_fails_or_leaves_ends_in_1011_or_500(open_shell: OpenShell) -> None:
    """After accept a failing application ends in 1011, before it in 500, and one that just returns likewise."""

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if "accept" in scope["path"]:
            await accept(receive, send)
        if "fail" in scope["path"]:
            raise RuntimeError("a private detail")

    async with open_shell(app, SMALL) as port:
        for path in ("/accept-fail", "/accept-return"):
            async with open_raw_peer(port) as peer:
                await peer.upgrade(path)
                assert await peer.read_close() == (1011, "")
        for path in ("/fail", "/return"):
            async with open_raw_peer(port) as peer:
                assert (await peer.upgrade(path)).startswith("HTTP/1.1 500")
                assert b"private" not in await peer.read_rest()


async def test_refusal_of_the_application_is_an_http_response(open_shell: OpenShell) -> None:
    """An application refuses with a status and a body, or with a close that becomes 403."""

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await receive()
        if scope["path"] == "/words":
            await send({"type": "websocket.http.response.start", "status": 429, "headers": [(b"retry-after", b"3")]})
            await send({"type": "websocket.http.response.body", "body": b"later"})
        else:
            await send({"type": "websocket.close"})

    async with open_shell(app) as port:
        async with open_raw_peer(port) as peer:
            head = await peer.upgrade("/words")
            assert head.startswith("HTTP/1.1 429")
            assert "retry-after: 3" in head
            assert b"later" in await peer.read_rest()
        async with open_raw_peer(port) as peer:
            assert (await peer.upgrade("/close")).startswith("HTTP/1.1 403")


@pytest.mark.parametrize(
    ("header", "status"),
    [(("Sec-WebSocket-Version", "8"), 426), (("Sec-WebSocket-Key", "x"), 400), (("Sec-WebSocket-Protocol", "ñ"), 400)],
)
async def test_malformed_handshake_is_refused(header: tuple[str, str], status: int, open_shell: OpenShell) -> None:
    """A handshake against the rules gets a status; the application never hears of it."""

    async def never(scope: Any, receive: Receive, send: Send) -> None:
        raise AssertionError

    async with open_shell(never) as port, open_raw_peer(port) as peer:
        assert (await peer.upgrade(headers=[header])).startswith(f"HTTP/1.1 {status}")


async def test_peer_that_leaves_during_the_handshake_is_told_to_the_application(open_shell: OpenShell) -> None:
    """An application that is still deciding finds the disconnect after the connect, and its accept is ignored."""
    go, told = trio.Event(), trio.Event()

    async def late(scope: Any, receive: Receive, send: Send) -> None:
        await go.wait()
        await accept(receive, send)
        assert (await receive())["code"] == 1006
        told.set()

    async with open_shell(late) as port:
        async with open_raw_peer(port) as peer:
            await peer.send(upgrade_request())
            await trio.sleep(0.05)
        await trio.sleep(0.05)
        go.set()
        with trio.fail_after(2):
            await told.wait()


async def test_data_after_the_close_handshake_is_dropped(open_shell: OpenShell) -> None:
    """Bytes behind a close frame do nothing."""
    echo = Echo()
    async with open_shell(echo, SMALL) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        await peer.send(close_frame(1000) + frame(TEXT, b"late"))
        assert await peer.read_close() == (1000, "")
        with pytest.raises(PeerClosed):
            await peer.read_frame()
        await echo.over.wait()
    assert echo.seen == [(1000, "")]


async def test_server_that_goes_away_says_1001_to_both_sides(open_shell: OpenShell) -> None:
    """When the grace is over the shell closes whoever is left, and the application learns of it."""
    echo, stopping = Echo(), trio.Event()
    async with open_shell(echo, SMALL, stopping=stopping, grace=0.1) as port:
        async with open_raw_peer(port) as peer:
            await peer.upgrade(early=frame(TEXT, b"hello"))
            assert await peer.read_text() == "hello"
            stopping.set()
            assert await peer.read_close() == (1001, "server going away")
            await peer.send(frame(CLOSE))
        await echo.over.wait()
    assert echo.seen[-1] == (1001, "server going away")


async def test_server_that_goes_away_during_a_handshake_is_told_to_the_application(open_shell: OpenShell) -> None:
    """An application that is still deciding learns of the end, and may refuse or fall silent."""
    told, stopping = trio.Event(), trio.Event()

    async def undecided(scope: Any, receive: Receive, send: Send) -> None:
        await receive()
        assert (await receive())["code"] == 1001
        told.set()

    async with open_shell(undecided, SMALL, stopping=stopping, grace=0.05) as port, open_raw_peer(port) as peer:
        await peer.send(upgrade_request())
        await trio.sleep(0.02)
        stopping.set()
        assert (await peer.read_head()).startswith("HTTP/1.1 500")
        await told.wait()


async def test_only_an_open_websocket_is_pinged() -> None:
    """A ping that comes when a connection is not open yet, or no more, is none."""

    async def never(event: Any) -> None:
        raise AssertionError

    stream = HardenedWSStream(None, ShellConfig(SMALL), None, None, False, None, None, never, 1)
    await stream.ping()


async def test_binary_messages_go_both_ways(open_shell: OpenShell) -> None:
    """Bytes stay bytes."""
    async with open_shell(Echo()) as port, open_raw_peer(port) as peer:
        await peer.upgrade(early=frame(BINARY, b"\x00\xff"))
        assert await peer.read_frame() == Frame(BINARY, b"\x00\xff")


async def test_application_learns_why_its_peer_was_cut(open_shell: OpenShell) -> None:
    """A peer without pongs and one that does not read are 1006, with the reason in words."""
    echo = Echo()
    async with open_shell(echo, ShellLimits(ping_interval=0.05, pong_timeout=0.1)) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        assert (await peer.read_frame()).opcode == PING
        with trio.fail_after(2):
            await echo.over.wait()
    assert echo.seen == [(1006, "ping timeout")]
