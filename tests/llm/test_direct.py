"""Bodies of responses, read past the library, over real sockets."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore2
import httpx2
import pytest
import trio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.llm.direct import (
    LONGEST_SIZE_LINE,
    ChunkedBody,
    DirectStream,
    DirectTransport,
    direct_body,
    make_transport,
)

LIMITS = httpx2.Limits(max_connections=4)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunked(*pieces: bytes) -> bytes:
    """A whole chunked body."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class Provider:
    """Answers each request with the next script: pieces of bytes, each sent by itself."""

    def __init__(self) -> None:
        self.scripts: list[Sequence[bytes]] = []
        self.stay = True
        self.ports: list[int] = []
        self.port = 0

    async def answer(self, stream: trio.abc.Stream) -> None:
        """Serve one connection."""
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                data = await stream.receive_some()
                if not data:
                    return
                received += data
            received = received.partition(b"\r\n\r\n")[2]
            for piece in self.scripts.pop(0):
                await stream.send_all(piece)
                await trio.testing.wait_all_tasks_blocked()
            if not self.stay:
                await stream.aclose()
                return

    async def tcp(self, stream: trio.SocketStream) -> None:
        """Serve one connection, and note where it came from."""
        self.ports.append(stream.socket.getpeername()[1])
        await self.answer(stream)


@asynccontextmanager
async def open_provider(*scripts: Sequence[bytes], stay: bool = True) -> AsyncIterator[Provider]:
    """A server on loopback that follows the scripts."""
    provider = Provider()
    provider.scripts, provider.stay = list(scripts), stay
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, provider.tcp, 0)
        provider.port = listeners[0].socket.getsockname()[1]
        yield provider
        nursery.cancel_scope.cancel()


async def read_all(body: ChunkedBody) -> bytes:
    """Everything that is left of a body."""
    pieces = []
    while piece := await body.read():
        pieces.append(piece)
    return b"".join(pieces)


async def ask(client: httpx2.AsyncClient, port: int) -> tuple[bytes, bool]:
    """The body of one answer, and whether it was read past the library."""
    async with client.stream("GET", f"http://127.0.0.1:{port}/") as response:
        chunks = response.aiter_raw()
        body = direct_body(response, 5.0)
        data = await read_all(body) if body is not None else b""
        return data + b"".join([piece async for piece in chunks]), body is not None


async def test_bodies_come_whole_and_connections_are_used_again() -> None:
    """However the bytes are cut, head and body in one piece or byte by byte, trailers or none; three answers, one connection."""
    body = chunked(b"uno ", b"d\r\n\r\nos")
    trailers = body[:-2] + b"X-Checked: yes\r\n\r\n"
    single = [bytes([byte]) for byte in HEAD + body]
    async with (
        open_provider(
            [HEAD + body], single, [HEAD, *(trailers[at : at + 3] for at in range(0, len(trailers), 3))]
        ) as provider,
        httpx2.AsyncClient(transport=DirectTransport(LIMITS)) as client,
    ):
        for _ in range(3):
            assert await ask(client, provider.port) == (b"uno d\r\n\r\nos", True)
    assert len(provider.ports) == 1


async def test_what_is_not_as_expected_is_left_to_the_library() -> None:
    """A body of known length, one after an interim response, and one of which something was read already."""
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nuno"
    interim = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    async with (
        open_provider([plain], [interim + HEAD + chunked(b"uno")], [HEAD, chunked(b"uno")]) as provider,
        httpx2.AsyncClient(transport=DirectTransport(LIMITS)) as client,
    ):
        assert await ask(client, provider.port) == (b"uno", False)
        assert await ask(client, provider.port) == (b"uno", False)
        async with client.stream("GET", f"http://127.0.0.1:{provider.port}/") as response:
            chunks = response.aiter_raw()
            assert await anext(chunks) == b"uno"
            assert direct_body(response, 5.0) is None
            await chunks.aclose()
    async with open_provider([HEAD + chunked(b"uno")]) as provider, httpx2.AsyncClient() as client:
        assert await ask(client, provider.port) == (b"uno", False)


@pytest.mark.parametrize(
    "rest",
    [b"", b"5\r\nuno", b"zz\r\n", b"-1\r\n", b"1_0\r\n", b"\r\n", b";x\r\n", b"1" * LONGEST_SIZE_LINE],
)
async def test_a_broken_body_gives_what_was_whole_and_then_an_error(rest: bytes) -> None:
    """An end too soon, a size that is none, or one without end."""
    async with (
        open_provider([HEAD + b"4\r\nuno \r\n" + rest], stay=False) as provider,
        httpx2.AsyncClient(transport=DirectTransport(LIMITS)) as client,
        client.stream("GET", f"http://127.0.0.1:{provider.port}/") as response,
    ):
        body = direct_body(response, 5.0)
        assert body is not None
        assert (await body.read())[:4] == b"uno "
        with pytest.raises(httpx2.RemoteProtocolError):
            await read_all(body)


async def test_a_body_that_stops_coming_times_out() -> None:
    """The limit is one for the next bytes, not for the whole."""
    async with (
        open_provider([HEAD + b"4\r\nuno \r\n"]) as provider,
        httpx2.AsyncClient(transport=DirectTransport(LIMITS)) as client,
        client.stream("GET", f"http://127.0.0.1:{provider.port}/") as response,
    ):
        body = direct_body(response, 0.05)
        assert body is not None
        assert await body.read() == b"uno "
        with pytest.raises(httpx2.ReadTimeout):
            await body.read()
        body.close()


class Scripted(httpcore2.AsyncNetworkStream):
    """A connection, secured or not, that gives out what it is told to."""

    def __init__(self, *pieces: bytes | Exception, socket: trio.socket.SocketType | None = None) -> None:
        self.pieces = list(pieces)
        self.written: list[bytes] = []
        self.socket = socket

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library's
        """The next piece."""
        piece = self.pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the library's
        """Keep what is written."""
        self.written.append(buffer)

    def get_extra_info(self, info: str) -> object:
        """A socket, or something that secures."""
        return self.socket if info == "socket" else (None if self.socket else "secured")


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.data())
def test_any_cut_of_a_body_gives_the_same_bytes(pieces: list[bytes], data: st.DataObject) -> None:
    """Sizes, ends of lines and contents may be cut anywhere."""
    whole = HEAD + chunked(*pieces)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=12)))
    parts = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    async def read() -> None:
        stream = DirectStream(Scripted(*parts))
        await stream.write(b"GET /")
        head = b""
        while not stream.at_body:
            head += await stream.read(100)
        assert head == HEAD
        body = ChunkedBody(stream, 1.0)
        assert await read_all(body) == b"".join(pieces)
        assert (await stream.read(100)).startswith(b"0")

    trio.run(read)


async def test_a_request_s_head_leaves_with_what_follows_it() -> None:
    """With its body, or with the read of the answer when there is none; the next request does so again."""
    within = Scripted(HEAD, HEAD)
    stream = DirectStream(within)
    for piece in (b"POST /", b"uno", b"dos", b""):
        await stream.write(piece)
    assert await stream.read(100) == HEAD
    await stream.write(b"GET /")
    assert within.written == [b"POST /uno", b"dos", b""]
    assert await stream.read(100) == HEAD
    assert within.written[3:] == [b"GET /"]


@pytest.mark.parametrize(
    ("failure", "told"),
    [(httpcore2.ReadTimeout(), httpx2.ReadTimeout), (httpcore2.ReadError(), httpx2.ReadError)],
)
async def test_failures_of_a_secured_connection_are_the_library_s(failure: Exception, told: type[Exception]) -> None:
    """Whoever reads past the library still gets its words."""
    with pytest.raises(told):
        await ChunkedBody(DirectStream(Scripted(failure)), 1.0).read()


async def test_failures_of_a_socket_are_the_library_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is closed under its reader; one that is readable only in name is waited for again."""
    ours, theirs = trio.socket.socketpair()
    body = ChunkedBody(DirectStream(Scripted(socket=ours)), 5.0)
    reads = iter((BlockingIOError(), b"3\r\nuno\r\n"))

    def read(descriptor: int, size: int) -> bytes:
        found = next(reads)
        if isinstance(found, OSError):
            raise found
        return found

    await theirs.send(b"x")
    with monkeypatch.context() as patched:
        patched.setattr(os, "read", read)
        assert await body.read() == b"uno"
    await ours.recv(1)

    async def spoil() -> None:
        await trio.testing.wait_all_tasks_blocked()
        ours.close()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(spoil)
        with pytest.raises(httpx2.ReadError):
            await body.read()
    theirs.close()


def certificate(folder: Path) -> Path:
    """A certificate for localhost and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    )  # fmt: skip
    path = folder / "localhost.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return path


async def test_secured_connections_are_read_past_the_library_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS the bytes come from the secured stream."""
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    provider = Provider()
    provider.scripts = [[HEAD, chunked(b"uno")]]
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_ssl_over_tcp, provider.answer, 0, context)
        port = listeners[0].transport_listener.socket.getsockname()[1]
        async with (
            httpx2.AsyncClient(transport=DirectTransport(LIMITS)) as client,
            client.stream("GET", f"https://localhost:{port}/") as response,
        ):
            body = direct_body(response, 5.0)
            assert body is not None
            assert await read_all(body) == b"uno"
        nursery.cancel_scope.cancel()


def test_a_proxy_keeps_the_library_s_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's proxies are the library's to use."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert isinstance(make_transport(LIMITS), DirectTransport)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert make_transport(LIMITS) is None
