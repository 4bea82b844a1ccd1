"""Writing to real sockets, some of which nobody reads."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator

import pytest
import trio
import trio.testing

from smarthealth.server.hypercorn.writer import CHECKPOINT_EVERY, MOST_LEFT, SLICE, PeerGone, PeerStalled, Writer

Pair = tuple[trio.SocketStream, trio.SocketStream]


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """Two connected streams with small buffers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ours = socket.create_connection(listening.getsockname())
        theirs, _ = listening.accept()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
    for each in (ours, theirs):
        each.setblocking(False)
    streams = [trio.SocketStream(trio.socket.from_stdlib_socket(each)) for each in (ours, theirs)]
    yield streams[0], streams[1]
    for stream in streams:
        await trio.aclose_forcefully(stream)


async def read(stream: trio.SocketStream, size: int) -> bytes:
    """Exactly so many bytes."""
    data = b""
    while len(data) < size:
        data += await stream.receive_some(size - len(data))
    return data


async def test_small_writes_need_no_waiting_but_let_others_run(pair: Pair) -> None:
    """What the kernel takes at once is sent at once; now and then others get to run all the same."""
    writer = Writer(pair[0], 1)
    with trio.testing.assert_no_checkpoints():
        await writer.write(b"a")
    for _ in range(CHECKPOINT_EVERY - 2):
        await writer.write(b"a")
    with trio.testing.assert_checkpoints():
        await writer.write(b"a")
    assert await read(pair[1], CHECKPOINT_EVERY) == b"a" * CHECKPOINT_EVERY


async def test_what_need_not_wait_is_written_at_once(pair: Pair) -> None:
    """An idle writer writes without a task; what the kernel does not take goes before the next write."""
    writer, size = Writer(pair[0], 5), 1024 * 1024
    assert writer.write_now(lambda: b"a")
    assert not writer.left
    assert writer.write_now(lambda: b"b" * size)
    assert writer.left
    assert not writer.write_now(pytest.fail)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.write, b"c")
        assert await read(pair[1], size + 2) == b"a" + b"b" * size + b"c"
    assert not writer.left


async def test_nothing_is_written_at_once_to_a_peer_that_is_gone(pair: Pair) -> None:
    """That is no error: who reads learns of it."""
    writer = Writer(pair[0], 5)
    await trio.aclose_forcefully(pair[1])
    while writer.write_now(lambda: b"a"):
        await trio.lowlevel.checkpoint()
    assert not writer.write_now(pytest.fail)


async def test_writes_of_several_tasks_do_not_mix(pair: Pair) -> None:
    """A write that has to wait is finished before the next begins."""
    writer, size = Writer(pair[0], 5), SLICE * 2 + 1
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.write, b"a" * size)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(writer.write, b"b" * 10)
        assert await read(pair[1], size + 10) == b"a" * size + b"b" * 10


async def test_peer_that_does_not_read_is_cut_in_time(pair: Pair, autojump_clock: object) -> None:
    """After the time limit the writer gives up, and everybody who waits behind it too."""
    writer = Writer(pair[0], 1.5)
    gone: list[type] = []

    async def write() -> None:
        try:
            await writer.write(b"x" * 2_000_000)
        except PeerGone as error:
            gone.append(type(error))

    started = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(write)
    assert trio.current_time() - started == pytest.approx(1.5)
    assert gone == [PeerStalled, PeerGone]
    writer.cut()


async def test_full_buffer_is_waited_for(pair: Pair) -> None:
    """When the kernel takes nothing at all, the write waits for room."""
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pair[0].socket.fileno(), bytes(SLICE))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Writer(pair[0], 5).write, b"end")
        await trio.testing.wait_all_tasks_blocked()
        while not (await pair[1].receive_some()).endswith(b"end"):
            pass


async def test_cancelled_writer_leaves_the_rest_to_the_next(pair: Pair) -> None:
    """What was sent in part is finished before anything else is sent, and the stream does not end before."""
    writer, size = Writer(pair[0], 60), 2_000_000
    with trio.CancelScope() as scope:
        scope.cancel()
        await writer.write(b"x" * size)
    assert scope.cancelled_caught
    writer.end()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.write, b"end")
        assert await read(pair[1], size + 3) == b"x" * size + b"end"
    writer.end()
    assert await pair[1].receive_some() == b""


async def test_too_much_left_behind_cuts_the_peer(pair: Pair) -> None:
    """Cancelling again and again keeps only so much."""
    writer = Writer(pair[0], 60)
    with trio.CancelScope() as scope:
        scope.cancel()
        await writer.write(bytes(MOST_LEFT))
    with pytest.raises(PeerStalled):
        await writer.write(bytes(MOST_LEFT))


async def test_closed_peer_is_gone(pair: Pair) -> None:
    """A write to a closed socket says so, at once or after waiting; ending it is no error."""
    writer = Writer(pair[0], 60)
    Writer(pair[1], 60).cut()
    for _ in range(2):
        with pytest.raises(PeerGone):
            await writer.write(b"y")
    writer.end()


async def test_ending_after_the_peers_reset_is_no_error(pair: Pair) -> None:
    """There is nobody left to read the end of the stream."""
    Writer(pair[1], 60).cut()
    writer = Writer(pair[0], 60)
    writer.end()
    with pytest.raises(PeerGone):
        await writer.write(b"y")


async def test_peer_that_closes_while_we_wait_is_gone(pair: Pair) -> None:
    """A reset in the middle of a long write is the peer's end, not an error of ours."""
    writer = Writer(pair[0], 60)
    async with trio.open_nursery() as nursery:

        async def write() -> None:
            with pytest.raises(PeerGone):
                await writer.write(b"x" * 2_000_000)

        nursery.start_soon(write)
        await trio.testing.wait_all_tasks_blocked()
        writer.end()
        pair[1].socket.close()


async def test_cut_wakes_who_waits(pair: Pair) -> None:
    """Whoever waits to write learns at once that there is nobody to write to."""
    writer = Writer(pair[0], 60)
    async with trio.open_nursery() as nursery:

        async def write() -> None:
            with pytest.raises(PeerGone):
                await writer.write(b"x" * 2_000_000)

        nursery.start_soon(write)
        await trio.testing.wait_all_tasks_blocked()
        writer.cut()
    writer.cut()


async def test_end_of_stream_reaches_the_peer(pair: Pair) -> None:
    """After `end` the peer reads the end of the stream."""
    writer = Writer(pair[0], 60)
    writer.end()
    assert await pair[1].receive_some() == b""


async def test_tls_is_written_through_its_stream(pair: Pair) -> None:
    """What is encrypted cannot be tried at once; the time limit holds all the same, and `end` does nothing."""
    writer = Writer(trio.SSLStream(pair[0], ssl.create_default_context(), server_hostname="localhost"), 0.05)
    writer.end()
    with pytest.raises(PeerStalled):
        await writer.write(b"a handshake that nobody answers")
    writer.cut()


async def test_tls_arrives_whole(pair: Pair, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    """What takes several slices is put together on the other side."""
    ours = trio.SSLStream(pair[0], server_tls, server_side=True)
    theirs = trio.SSLStream(pair[1], client_tls, server_hostname="localhost")
    size, received = SLICE * 2 + 1, 0
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Writer(ours, 5).write, b"x" * size)
        while received < size:
            received += len(await theirs.receive_some())
    assert received == size


async def test_cancelled_writer_over_tls_cuts_the_peer(pair: Pair) -> None:
    """What was sent of a frame is not known there, so that nothing can follow it."""
    writer = Writer(trio.SSLStream(pair[0], ssl.create_default_context(), server_hostname="localhost"), 60)
    with trio.move_on_after(0.01) as scope:
        await writer.write(b"a handshake that nobody answers")
    assert scope.cancelled_caught
    with pytest.raises(PeerGone):
        await writer.write(b"more")
