"""The taxi's voice, served: speech of this machine over noise, real sockets to providers that follow a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import numpy as np
import pytest
import trio
import trio_websocket

from smarthealth.speech.espeak import find_espeak
from smarthealth.testing.assemblyai import open_assemblyai
from smarthealth.testing.cartesia import open_cartesia
from smarthealth.testing.speech import Heard, Said
from tests.speech.synthesis import synthesised

if TYPE_CHECKING:
    from tests.endtoend.conftest import Launch

LIMIT = 60.0
"""Seconds for everything."""
KEY = "scripted-key"
NOISE = 200.0
"""Loudness of the noise, of 32768: a street with its windows closed."""


@attrs.define(eq=False)
class Line:
    """A client on an open microphone."""

    socket: trio_websocket.WebSocketConnection
    events: list[dict[str, Any]] = attrs.field(factory=list)
    _noise: np.random.Generator = attrs.field(factory=partial(np.random.default_rng, 3))
    _changed: trio.Event = attrs.field(factory=trio.Event)

    async def listen(self) -> None:
        """Take what comes."""
        while True:
            self.events.append(msgspec.json.decode(await self.socket.get_message()))
            self._changed.set()
            self._changed = trio.Event()

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for an event of a kind."""
        while len(found := [event for event in self.events if event["type"] == kind]) < count:
            await self._changed.wait()
        return found[count - 1]

    async def send(self, **message: object) -> None:
        """Send a message."""
        await self.socket.send_message(msgspec.json.encode(message).decode())

    async def speak(self, samples: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        """Send audio as it is spoken, with noise over it."""
        noisy = samples + self._noise.normal(scale=NOISE, size=len(samples))
        pcm = np.clip(noisy, -32768, 32767).astype("<i2").tobytes()
        began = trio.current_time()
        for start in range(0, len(pcm), 640):
            await trio.sleep_until(began + start / 32_000)
            await self.socket.send_message(pcm[start : start + 640])

    async def be_quiet(self, seconds: float) -> None:
        """Send noise alone."""
        await self.speak(np.zeros(int(16_000 * seconds)))


async def _synthesised(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.frombuffer(await synthesised(text, 16_000), "<i2").astype(np.float64)


@asynccontextmanager
async def _open_line(launch: Launch, *heard: Heard) -> AsyncIterator[Line]:
    said = Said(character_seconds=0.15, first_delay=0.02)
    async with open_assemblyai() as hearing, open_cartesia(rule=lambda text: said) as speaking:
        hearing.script(*heard)
        environment = {
            "ASSEMBLYAI_API_KEY": KEY,
            "ASSEMBLYAI_URL": hearing.url,
            "CARTESIA_API_KEY": KEY,
            "CARTESIA_URL": speaking.url,
        }
        server = await trio.to_thread.run_sync(partial(launch, environment=environment))
        url = f"ws://127.0.0.1:{server.port}/taxi/api/v1/ws/chat"
        async with trio.open_nursery() as nursery, trio_websocket.open_websocket_url(url) as socket:
            line = Line(socket)
            nursery.start_soon(line.listen)
            yield line
            nursery.cancel_scope.cancel()


@pytest.mark.skipif(find_espeak() is None, reason="espeak-ng is not installed")
async def test_a_spoken_conversation_over_noise(launch: Launch) -> None:
    """Two utterances of an open microphone; the second is spoken over the first answer, and ends it."""
    first, second = await _synthesised("Hola, necesito un taxi."), await _synthesised("A la calle setenta y dos.")
    with trio.fail_after(LIMIT + 60):
        async with _open_line(
            launch,
            Heard(text="hola necesito un taxi", word_seconds=0.3),
            Heard(text="a la calle setenta y dos número cuarenta y tres veinticinco", word_seconds=0.15),
        ) as line:
            with trio.fail_after(LIMIT):
                await line.send(type="audio_start", sample_rate=16_000, encoding="pcm_s16le", mode="open")
                await line.be_quiet(0.6)
                await line.speak(first)
                await line.be_quiet(1.5)
                latency = await line.until("latency")
                await line.until("tts_chunk")
                await line.be_quiet(1.2)
                before = len(line.events)
                await line.speak(second)
                await line.be_quiet(1.5)
                interrupted = await line.until("interrupted")
                output = await line.until("stt_output", 2)
                await line.until("tts_chunk", 2)
    assert next(event["text"] for event in line.events if event["type"] == "stt_output") == "hola necesito un taxi"
    assert output["text"].startswith("a la calle")
    assert latency["first_audio_ms"] < 5000
    kinds = [event["type"] for event in line.events[before:]]
    assert kinds.index("speech_paused") < kinds.index("interrupted")
    said = "".join(event["text"] for event in line.events[:before] if event["type"] == "agent_chunk")
    assert said.startswith(interrupted["heard"])
    assert 0 < len(interrupted["heard"]) < len(said)
