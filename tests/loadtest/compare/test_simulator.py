"""The provider that costs next to nothing, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import cast

import pytest

from loadtest.compare import simulator
from loadtest.compare.simulator import DIMENSIONS, WORD, Clock, Plan, Stream, embeddings, script, serve


async def exchange(plan: Plan, requests: list[tuple[str, bytes]], piece: int = 1 << 20) -> list[bytes]:
    """Make requests of a simulated provider on one connection, and read the answers."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(plan, "127.0.0.1", 0, told.set_result))
    port = int((await told).rpartition(":")[2].removesuffix("/v1"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = b"".join(
        f"POST {path} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body for path, body in requests
    )
    for start in range(0, len(data), piece):
        writer.write(data[start : start + piece])
        await writer.drain()
    answers = [await read_answer(reader) for _ in requests]
    writer.close()
    server.cancel()
    return answers


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """The body of one response."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length" in head:
        return await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body


@pytest.mark.parametrize("pace", [0.0, 2000.0])
def test_answers_have_all_their_tokens_whatever_the_pace(pace: float) -> None:
    """Chats, embeddings and what is not there, one after the other on one connection."""
    plan = Plan(tokens=7, pace=pace, first_token=0.0)
    asked = [
        ("/v1/chat/completions", b"{}"),
        ("/v1/embeddings", json.dumps({"input": "a"}).encode()),
        ("/v1/embeddings", json.dumps({"input": ["a", "b"]}).encode()),
        ("/v1/models", b""),
        ("/v1/chat/completions", b"{}"),
    ]
    chat, one, two, missing, again = asyncio.run(exchange(plan, asked, piece=11))
    assert chat == again
    assert chat.count(WORD.encode()) == 7
    assert chat.endswith(b"data: [DONE]\n\n")
    assert [len(json.loads(answer)["data"]) for answer in (one, two)] == [1, 2]
    assert len(json.loads(one)["data"][0]["embedding"]) == DIMENSIONS
    assert missing == b"{}"


def test_a_script_counts_its_tokens() -> None:
    """The first chunk says whose text it is, the last what it cost."""
    chunks, last = script(Plan(tokens=3))
    assert len(chunks) == 3
    assert b'"role":"assistant"' in chunks[0]
    assert b'"completion_tokens":3' in last
    assert embeddings(2).count(b'"index"') == 2


def test_a_client_that_leaves_ends_its_answer() -> None:
    """Nothing is written to nobody, and the next client is served."""

    async def main() -> None:
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        server = asyncio.create_task(serve(Plan(tokens=50, pace=1000.0), "127.0.0.1", 0, told.set_result))
        port = int((await told).rpartition(":")[2].removesuffix("/v1"))
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
            await reader.readuntil(b"chunk")
            writer.close()
        await asyncio.sleep(0.02)
        server.cancel()

    asyncio.run(main())
    assert simulator.WORD


class ScriptedLoop:
    """An event loop of whose time and timers the test disposes."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[Callable[[], None]] = []

    def time(self) -> float:
        """The time that was set."""
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> None:
        """Keep the call."""
        self.due.append(call)


class Woken:
    """A stream that counts how often it is woken."""

    times = 0

    def go_on(self) -> None:
        """Count."""
        self.times += 1


def test_a_stream_that_is_due_before_the_clock_looks_is_woken() -> None:
    """A loop's time may move on between a stream's reckoning and the clock's: what is due already is due at the next tick."""
    loop, stream = ScriptedLoop(), Woken()
    clock = Clock(cast("asyncio.AbstractEventLoop", loop))
    loop.now = 5.002
    clock.wake_at(5.0, cast("Stream", stream))
    loop.now = 5.003
    loop.due.pop()()
    assert stream.times == 1
    assert not loop.due
