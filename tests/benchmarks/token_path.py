"""What a token costs on its way from the model to the socket, beside the usual ways: `python tests/benchmarks/token_path.py`.

Every way runs in the same process on the same data, in rounds that alternate between the ways, so that a busy machine slows
all alike; the median round counts, and ratios mean more than microseconds. Not under `loadtest`, which may not see `llm`.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import attrs
import httpx2
import msgspec
import trio
from cattrs import Converter
from cattrs.preconf.json import make_converter

from smarthealth.llm.openai_chat import OpenAIChatModel
from smarthealth.llm.openai_client import Client
from smarthealth.llm.port import ChatMessage, ChatRequest, TextDelta
from smarthealth.llm.settings import ModelSettings
from smarthealth.llm.streaming import ChatStreamReader
from smarthealth.testing.completions import chunk_event, last_events
from smarthealth.testing.script import Reply
from smarthealth.wire.codec import Codec

TOKENS = 200
REQUEST = ChatRequest(messages=(ChatMessage(role="user", content="¿Qué alergias tiene?"),))
REPLY = Reply(tokens=tuple(f"palabra{number} " for number in range(TOKENS)))
URL = "http://provider.invalid/v1"

Way = Callable[[], Awaitable[None]]


@attrs.frozen(kw_only=True)
class Token:
    """The event that is sent most."""

    token: str
    session_id: str


SESSION = str(uuid.uuid4())
EVENTS = [Token(token=token, session_id=SESSION) for token in REPLY.pieces()]


def ways_to_encode() -> dict[str, Way]:
    """From an event to a text frame."""
    codec: Codec[Token, Token] = Codec(commands={}, events={"token": Token})
    json_converter = make_converter()
    converter, encoder = Converter(), msgspec.json.Encoder()

    def with_json(event: Token) -> str:
        return json.dumps({"type": "token", "token": event.token, "session_id": event.session_id}, ensure_ascii=False)

    def with_cattrs(event: Token) -> str:
        return json_converter.dumps({"type": "token", **json_converter.unstructure(event)})

    def with_cattrs_and_msgspec(event: Token) -> str:
        return encoder.encode({"type": "token", **converter.unstructure(event)}).decode()

    ways: dict[str, Callable[[Token], str]] = {
        "smarthealth.wire": codec.encode,
        "json.dumps of a dict": with_json,
        "cattrs, json": with_cattrs,
        "cattrs, msgspec": with_cattrs_and_msgspec,
    }
    return {name: _each_event(encode) for name, encode in ways.items()}


def _each_event(encode: Callable[[Token], str]) -> Way:
    async def way() -> None:
        for event in EVENTS:
            encode(event)

    return way


def _chunks() -> list[bytes]:
    """One answer of a provider, one event in each piece of it, as it comes when the model sets the pace."""
    events = [chunk_event("gpt-4o-mini", {"content": token}) for token in REPLY.pieces()]
    events += last_events("gpt-4o-mini", REPLY, REQUEST, with_usage=True)
    return [b"data: %s\n\n" % event for event in events]


class _Body(httpx2.AsyncByteStream):
    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            await trio.lowlevel.checkpoint()
            yield chunk


def ways_to_read(client: Client, chunks: list[bytes]) -> dict[str, Way]:
    """From a provider's bytes to text."""
    model = OpenAIChatModel(ModelSettings(base_url=URL), client)

    async def parser_alone() -> None:
        reader = ChatStreamReader(2**20)
        texts = [event.text for chunk in chunks for event in reader.feed(chunk) if isinstance(event, TextDelta)]
        assert len(texts) == TOKENS

    async def adapter() -> None:
        async with model.open_stream(REQUEST) as events:
            texts = [event.text async for event in events if isinstance(event, TextDelta)]
        assert len(texts) == TOKENS

    async def sdk() -> None:
        stream = await client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "user", "content": REQUEST.messages[0].content}],
            stream=True,
            stream_options={"include_usage": True},
        )
        async with stream:
            texts = [chunk.choices[0].delta.content async for chunk in stream if chunk.choices]
        assert len([text for text in texts if text]) == TOKENS

    return {"smarthealth.llm, adapter": adapter, "smarthealth.llm, parser alone": parser_alone, "openai SDK": sdk}


async def measure(ways: Mapping[str, Way], rounds: int, repeat: int) -> dict[str, float]:
    """Microseconds a token of each way, by the median of alternating rounds."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        await way()
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            begun = time.perf_counter()
            for _ in range(repeat):
                await way()
            times[name].append((time.perf_counter() - begun) / repeat / TOKENS * 1e6)
    return {name: statistics.median(taken) for name, taken in times.items()}


def show(title: str, figures: Mapping[str, float]) -> None:
    """Print one comparison; ratios are to the first way."""
    first = next(iter(figures.values()))
    sys.stdout.write(f"{title}\n")
    for name, microseconds in figures.items():
        sys.stdout.write(f"  {name:32} {microseconds:8.2f} µs a token  {microseconds / first:6.2f}\n")


async def main(rounds: int) -> None:
    """Run both comparisons."""
    show("encode a token event", await measure(ways_to_encode(), rounds, repeat=50))
    chunks = _chunks()

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=_Body(chunks))

    http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    timeout = httpx2.Timeout(60.0)
    async with Client(api_key="k", base_url=URL, http_client=http_client, timeout=timeout, max_retries=0) as client:
        show("read a token from a stream, requests included", await measure(ways_to_read(client, chunks), rounds, 5))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds for each comparison")
    trio.run(main, parser.parse_args().rounds)
