import json
from collections.abc import Callable

import pytest
import trio
import trio.testing

from smarthealth.testing import http
from smarthealth.testing.http import Exchange, open_http_server


async def _connect(url: str) -> trio.SocketStream:
    return await trio.open_tcp_stream("127.0.0.1", int(url.rpartition(":")[2]))


async def _read(stream: trio.SocketStream, until: Callable[[bytes], bool]) -> bytes:
    """What comes until `until` is true of it, or the connection ends."""
    data = b""
    with trio.fail_after(5):
        while not until(data) and (more := await stream.receive_some()):
            data += more
    return data


def _post(body: bytes, path: str = "/x?token=1", **headers: str) -> bytes:
    fields = {"Host": "h", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def _echo(exchange: Exchange) -> None:
    said = {"method": exchange.method, "path": exchange.path, "body": exchange.body.decode()}
    await exchange.respond(201, said, {"X-Kind": exchange.headers["x-kind"]})


async def test_requests_are_answered_over_one_connection() -> None:
    """Several requests follow each other, sent at once or after the answer; the query is no part of the path."""
    async with open_http_server(_echo) as url, await _connect(url) as stream:
        await stream.send_all(_post(b"a", X_Kind="k") * 2)
        answers = await _read(stream, lambda data: data.count(b"}") == 2)
        await stream.send_all(_post(b"b" * 100_000, X_Kind="k"))
        last = await _read(stream, lambda data: data.endswith(b"}"))
    assert answers.count(b"HTTP/1.1 201") == 2
    assert b"X-Kind: k" in answers
    assert json.loads(last.rpartition(b"\r\n")[2]) == {"method": "POST", "path": "/x", "body": "b" * 100_000}


async def test_a_request_may_come_before_the_answer_to_the_last() -> None:
    """What comes while a handler works is kept for the next."""
    second_sent = trio.Event()

    async def handle(exchange: Exchange) -> None:
        await second_sent.wait()
        await trio.testing.wait_all_tasks_blocked()
        await exchange.respond(200, exchange.path)

    async with open_http_server(handle) as url, await _connect(url) as stream:
        await stream.send_all(_post(b"", "/first"))
        await trio.testing.wait_all_tasks_blocked(0.01)
        await stream.send_all(_post(b"", "/second"))
        second_sent.set()
        answers = await _read(stream, lambda data: b"/second" in data)
    assert answers.index(b"/first") < answers.index(b"/second")


async def test_events_are_streamed_in_chunks() -> None:
    """Each event is out before the next is made."""
    go_on = trio.Event()

    async def handle(exchange: Exchange) -> None:
        await exchange.begin_stream()
        await exchange.send_event(b"one")
        await go_on.wait()
        await exchange.send_event(b"two")
        await exchange.end_stream()

    async with open_http_server(handle) as url, await _connect(url) as stream:
        await stream.send_all(_post(b""))
        begun = await _read(stream, lambda data: b"data: one\n\n" in data)
        assert b"text/event-stream" in begun
        go_on.set()
        assert (await _read(stream, lambda data: data.endswith(b"0\r\n\r\n"))).count(b"data: two") == 1


async def test_a_client_that_leaves_cancels_its_handler() -> None:
    """The handler's clean-up runs at once, without waiting for it to send."""
    started, cleaned = trio.Event(), trio.Event()

    async def handle(exchange: Exchange) -> None:
        started.set()
        try:
            await trio.sleep_forever()
        finally:
            cleaned.set()

    async with open_http_server(handle) as url:
        async with await _connect(url) as stream:
            await stream.send_all(_post(b""))
            await started.wait()
        with trio.fail_after(1):
            await cleaned.wait()


async def test_a_reset_breaks_the_connection_in_a_chunk() -> None:
    """The client sees an error and no end of the answer."""

    async def handle(exchange: Exchange) -> None:
        await exchange.begin_stream()
        await exchange.send_event(b"one")
        await exchange.reset()

    async with open_http_server(handle) as url, await _connect(url) as stream:
        await stream.send_all(_post(b""))
        with pytest.raises(trio.BrokenResourceError):
            await _read(stream, lambda data: False)


async def test_a_handler_that_sends_to_nobody_ends() -> None:
    """Sending to a client that is gone is no error of the server."""
    ended = trio.Event()

    async def handle(exchange: Exchange) -> None:
        try:
            # Shielded, as a handler may be that must finish something.
            with trio.CancelScope(shield=True):
                await exchange.begin_stream()
                while True:
                    await exchange.send_event(b"x" * 10_000)
        finally:
            ended.set()

    async with open_http_server(handle) as url:
        async with await _connect(url) as stream:
            await stream.send_all(_post(b""))
        with trio.fail_after(5):
            await ended.wait()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /x HT",
        b"nonsense\r\n\r\n",
        _post(b"a" * 2000),
        b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nshort",
    ],
)
async def test_what_is_no_request_ends_the_connection_alone(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server goes on serving others."""
    monkeypatch.setattr(http, "MAX_BODY", 1000)
    async with open_http_server(_echo) as url:
        async with await _connect(url) as stream:
            await stream.send_all(sent)
            await stream.send_eof()
            assert await _read(stream, lambda data: False) == b""
        async with await _connect(url) as stream:
            await stream.send_all(_post(b"a", X_Kind="k"))
            assert await _read(stream, lambda data: data.endswith(b"}"))


async def test_errors_leave_as_themselves() -> None:
    """Neither the block's exception nor a handler's is wrapped in a group."""
    with pytest.raises(KeyError):
        async with open_http_server(_echo):
            raise KeyError("block")

    async def handle(exchange: Exchange) -> None:
        raise LookupError("handler")

    async def ask() -> None:
        async with open_http_server(handle) as url, await _connect(url) as stream:
            await stream.send_all(_post(b""))
            await trio.sleep_forever()

    with pytest.raises(LookupError, match="handler"):
        await ask()


async def test_errors_of_two_leave_together() -> None:
    """When the block fails because a handler did, both are told."""

    async def handle(exchange: Exchange) -> None:
        raise LookupError("handler")

    async def fail_too() -> None:
        async with open_http_server(handle) as url:
            try:
                async with await _connect(url) as stream:
                    await stream.send_all(_post(b""))
                    await trio.sleep_forever()
            finally:
                raise KeyError("block")

    with pytest.raises(BaseExceptionGroup) as raised:
        await fail_too()
    assert raised.group_contains(LookupError)
    assert raised.group_contains(KeyError)


async def test_an_answer_may_be_a_stream_of_bytes() -> None:
    """In pieces, of any type; none is no piece, which would end it."""

    async def handle(exchange: Exchange) -> None:
        await exchange.begin_stream("audio/pcm")
        for piece in (b"one", b"", b"two"):
            await exchange.send_data(piece)
        await exchange.end_stream()

    async with open_http_server(handle) as url, await _connect(url) as stream:
        await stream.send_all(_post(b""))
        answer = await _read(stream, lambda data: data.endswith(b"0\r\n\r\n"))
    assert b"audio/pcm" in answer
    assert answer.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
