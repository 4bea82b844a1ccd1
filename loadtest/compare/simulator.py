"""A provider that costs next to nothing: OpenAI's chat completions streamed at a pace, and embeddings.

`python -m loadtest.compare.simulator --port 9000 --tokens 200 --pace 50 --first-token 0.1`

It must never be what is measured, so it is a bare protocol on the event loop: one timer for all streams, chunks made
beforehand, no request parsed further than its length and its path. Several streams that are due at the same instant are
written one after the other in one turn of the loop. With a pace of 0 a stream comes as fast as its reader takes it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
from collections.abc import Callable, Sequence
from typing import Final, cast

import attrs

DIMENSIONS: Final = 384
WORD: Final = "wrd"
"""In each token once, and nowhere else in what servers say: tokens delivered are counted by it, however they are merged."""
_TICK: Final = 0.001
"""Seconds: how finely the clock of the streams goes."""
_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
_NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


@attrs.frozen(kw_only=True)
class Plan:
    """How every answer comes."""

    tokens: int = 200
    pace: float = 50.0
    """Tokens a second; 0 for as fast as they are read."""
    first_token: float = 0.1
    """Seconds before the first."""

    @property
    def seconds(self) -> float:
        """That an answer takes."""
        return self.first_token + (self.tokens / self.pace if self.pace else 0.0)

    def text(self) -> list[str]:
        """The tokens: words of the length that an answer's tokens have on average."""
        return [f"{WORD}{number % 10} " for number in range(self.tokens)]


def chunked(data: bytes) -> bytes:
    """One chunk of a response whose length is not known beforehand."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(delta: dict[str, object], finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    """One event as OpenAI writes it, everything that clients do not read included."""
    choices = [] if usage else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    body = {
        "id": "chatcmpl-BkzQ1vH8tY2nUw7mR4cXpLsEoD3fG",
        "object": "chat.completion.chunk",
        "created": 1760000000,
        "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default",
        "system_fingerprint": "fp_34a54ae93c",
        "choices": choices,
        "usage": usage,
    }
    return chunked(b"data: " + json.dumps(body, separators=(",", ":")).encode() + b"\n\n")


def script(plan: Plan) -> tuple[list[bytes], bytes]:
    """The chunks of an answer: one per token, and all that follows the last."""
    tokens = [event({"content": token}) for token in plan.text()]
    tokens[0] = event({"role": "assistant", "content": "", "refusal": None}) + tokens[0]
    usage = {"prompt_tokens": 900, "completion_tokens": plan.tokens, "total_tokens": 900 + plan.tokens}
    last = event({}, finish="stop") + event({}, usage=usage) + chunked(b"data: [DONE]\n\n") + b"0\r\n\r\n"
    return tokens, last


class Clock:
    """Wakes each stream when its next token is due; one timer for all."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: dict[int, list[Stream]] = {}
        self._now = math.floor(loop.time() / _TICK)
        self._running = False

    def wake_at(self, when: float, stream: Stream) -> None:
        """Wake the stream at this time of the loop."""
        if not self._running:
            self._running = True
            self._now = max(self._now, math.floor(self._loop.time() / _TICK) - 1)
            self._loop.call_later(_TICK, self._tick)
        self._due.setdefault(max(self._now + 1, math.ceil(when / _TICK)), []).append(stream)

    def _tick(self) -> None:
        now = math.floor(self._loop.time() / _TICK)
        while self._now < now:
            self._now += 1
            for stream in self._due.pop(self._now, ()):
                stream.go_on()
        if self._due:
            self._loop.call_later(_TICK, self._tick)
        else:
            self._running = False


class Stream:
    """One answer on its way."""

    def __init__(self, connection: Connection, plan: Plan, clock: Clock, chunks: list[bytes], last: bytes) -> None:
        self._connection = connection
        self._clock = clock
        self._chunks = chunks
        self._last = last
        self._sent = 0
        self._step = 1 / plan.pace if plan.pace else 0.0
        self._due = connection.loop.time() + plan.first_token
        self.ended = False
        connection.write(_HEAD)
        clock.wake_at(self._due, self)

    def go_on(self) -> None:
        """Send what is due."""
        if self.ended:
            return
        if not self._step:
            self._connection.write(b"".join(self._chunks) + self._last)
            self._end()
            return
        data = self._chunks[self._sent]
        self._sent += 1
        if self._sent == len(self._chunks):
            self._connection.write(data + self._last)
            self._end()
            return
        self._connection.write(data)
        self._due += self._step
        self._clock.wake_at(self._due, self)

    def _end(self) -> None:
        self.ended = True
        self._connection.answered()


class Connection(asyncio.Protocol):
    """One connection of a client; requests come one after the other."""

    def __init__(self, begin: Callable[[Connection], Stream], embedding: Callable[[int], bytes]) -> None:
        self.loop = asyncio.get_running_loop()
        self._begin = begin
        self._embedding = embedding
        self._buffer = b""
        self._stream: Stream | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the answer."""
        if self._stream is not None:
            self._stream.ended = True

    def data_received(self, data: bytes) -> None:
        """Take more of a request."""
        self._buffer += data
        self._answer()

    def write(self, data: bytes) -> None:
        """Send."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def answered(self) -> None:
        """The answer is whole; the next request may be there already."""
        self._stream = None
        self._answer()

    def _answer(self) -> None:
        while self._stream is None and (request := self._take()):
            path, body = request
            if path.endswith(b"/chat/completions"):
                self._stream = self._begin(self)
            elif path.endswith(b"/embeddings"):
                self.write(self._embedding(_texts_in(body)))
            else:
                self.write(_NOT_FOUND)

    def _take(self) -> tuple[bytes, bytes] | None:
        """The path and the body of the next request, if it has come whole."""
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if not found or len(rest) < length:
            return None
        self._buffer = rest[length:]
        return head.split(b" ", 2)[1], rest[:length]


def _texts_in(body: bytes) -> int:
    given = json.loads(body)["input"]
    return 1 if isinstance(given, str) else len(given)


def embeddings(count: int) -> bytes:
    """As many embeddings, all the same: what is near is not what is measured."""
    vector = [1 / math.sqrt(DIMENSIONS)] * DIMENSIONS
    data = [{"object": "embedding", "index": index, "embedding": vector} for index in range(count)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    body = json.dumps({"object": "list", "data": data, "model": "simulated", "usage": usage}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


async def serve(plan: Plan, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until cancelled."""
    loop = asyncio.get_running_loop()
    clock = Clock(loop)
    chunks, last = script(plan)
    cached = {1: embeddings(1)}

    def embedding(count: int) -> bytes:
        return cached.get(count) or embeddings(count)

    def begin(connection: Connection) -> Stream:
        return Stream(connection, plan, clock, chunks, last)

    server = await loop.create_server(lambda: Connection(begin, embedding), host, port, backlog=4096)
    ready(f"http://{host}:{server.sockets[0].getsockname()[1]}/v1")
    await server.serve_forever()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted; prints `ready URL`."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.compare.simulator")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--pace", type=float, default=50.0, help="tokens a second; 0 for as fast as they are read")
    parser.add_argument("--first-token", type=float, default=0.1, help="seconds")
    options = parser.parse_args(arguments)
    plan = Plan(tokens=options.tokens, pace=options.pace, first_token=options.first_token)
    import uvloop  # of the group `loadtest`

    uvloop.run(serve(plan, options.host, options.port, lambda url: print("ready", url, flush=True)))


if __name__ == "__main__":
    main()
