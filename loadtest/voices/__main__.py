"""Measures voices: `python -m loadtest.voices --voices 50 --turns 3`.

Starts a server and two speech providers of known delays, opens so many microphones, and says in each a sentence, listens to the
answer, and says the next. Told are the processor time of the server for each turn, its memory, and how long the first audio takes
from the end of speech beyond the providers' own time, by the server's clock.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import attrs
import numpy as np
import trio
import trio_websocket

from loadtest.compare.servers import PROGRAM, UNBOUNDED, Cores, Process, free_port, running, well

HEARD: Final = "necesito un taxi al aeropuerto por favor"
SPEECH_SECONDS: Final = 2.4
SILENCE_SECONDS: Final = 2.0
"""Sent after each sentence; longer than any silence that ends one."""
PIECE_BYTES: Final = 1280
"""40 ms, as the page sends them."""
RATE_HZ: Final = 16_000
FINAL_DELAY: Final = 0.1
FIRST_DELAY: Final = 0.1
PATIENCE: Final = 60.0
CORES: Final = len(os.sched_getaffinity(0))


@attrs.define
class Measured:
    """What came of all turns, in milliseconds."""

    told: list[float] = attrs.field(factory=list)
    """By the server's clock: from the end of speech to the first audio, less the providers' own time."""
    transcript: list[float] = attrs.field(factory=list)
    """Of that, to the transcript."""
    memory: int = 0
    """The most bytes that the server held."""
    failed: int = 0


def speech() -> bytes:
    """Something that a detector of voices takes for one: a buzz with formants, loud and soft by syllables."""
    at = np.arange(int(RATE_HZ * SPEECH_SECONDS)) / RATE_HZ
    pitch = 120 + 15 * np.sin(2 * np.pi * 0.7 * at)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    formants = ((500, 120), (1500, 150), (2500, 200))
    voice = sum(sum(np.exp(-(((120 * k - f) / w) ** 2)) for f, w in formants) * np.sin(k * phase) for k in range(1, 30))
    loudness = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * at)
    samples = 6000 * voice / np.max(np.abs(voice)) * loudness
    pcm: bytes = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    return pcm


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[Process]:
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        given = {
            "SMARTHEALTH_DATA": data,
            "SMARTHEALTH_TAXI_MESSAGES_PER_MINUTE": UNBOUNDED,
            "SMARTHEALTH_TAXI_MESSAGE_BURST": UNBOUNDED,
            "SMARTHEALTH_CONNECTIONS_PER_ADDRESS": "1000",
            **environment,
        }
        command, cores = [PROGRAM, "serve", "--port", str(port)], Cores.of_this_machine()
        with running(
            command, port=port, cores=(cores.server, *cores.others), environment=given, ready=well(port)
        ) as one:
            yield one


class Caller:
    """One open microphone.

    Args:
        socket: To the taxi.
        measured: Where what is seen goes.
        voice: A sentence, as PCM.
    """

    def __init__(self, socket: trio_websocket.WebSocketConnection, measured: Measured, voice: bytes) -> None:
        self._socket = socket
        self._measured = measured
        self._voice = voice
        self._done = trio.Event()

    async def call(self, turns: int, delay: float) -> None:
        """Say so many sentences, each after the answer to the one before."""
        await trio.sleep(delay)
        await self._send(type="audio_start", mode="open")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._listen)
            await self._speak(bytes(PIECE_BYTES * 15))
            for _ in range(turns):
                self._done = trio.Event()
                await self._speak(self._voice + bytes(int(RATE_HZ * SILENCE_SECONDS) * 2))
                with trio.move_on_after(PATIENCE) as scope:
                    await self._done.wait()
                self._measured.failed += scope.cancelled_caught
            nursery.cancel_scope.cancel()

    async def _speak(self, pcm: bytes) -> None:
        began = trio.current_time()
        for start in range(0, len(pcm), PIECE_BYTES):
            await trio.sleep_until(began + start / (RATE_HZ * 2))
            await self._socket.send_message(pcm[start : start + PIECE_BYTES])

    async def _listen(self) -> None:
        while True:
            event: dict[str, Any] = json.loads(await self._socket.get_message())
            if event["type"] == "latency":
                own = 1000 * FINAL_DELAY
                self._measured.transcript.append(event["transcript_ms"] - own)
                self._measured.told.append(event["first_audio_ms"] - own - 1000 * FIRST_DELAY)
            elif event["type"] == "system_message" and event["message"] == "Mensaje procesado":
                self._done.set()

    async def _send(self, **message: object) -> None:
        await self._socket.send_message(json.dumps(message))


async def measure(process: Process, voices: int, turns: int, over: float) -> Measured:
    """Have all of them call, one after the other within so many seconds."""
    measured, voice = Measured(), speech()
    url = f"ws://127.0.0.1:{process.port}/taxi/api/v1/ws/chat"

    async def one(number: int) -> None:
        async with trio_websocket.open_websocket_url(url) as socket:
            await Caller(socket, measured, voice).call(turns, over * number / voices)

    async def watch() -> None:
        while True:
            measured.memory = max(measured.memory, process.memory())
            await trio.sleep(0.5)

    async with trio.open_nursery() as watching:
        watching.start_soon(watch)
        async with trio.open_nursery() as calling:
            for number in range(voices):
                calling.start_soon(one, number)
        watching.cancel_scope.cancel()
    return measured


def _percentiles(values: list[float]) -> str:
    if len(values) < 2:
        return "none"
    cuts = statistics.quantiles(values, n=100)
    return f"p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms, longest {max(values):.0f} ms"


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--voices", type=int, default=50)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--over", type=float, default=10.0, help="seconds within which the callers begin")
    asked = parser.parse_args()
    port = free_port()
    command = [
        sys.executable, "-m", "loadtest.voices.providers", "--port", str(port), "--heard", HEARD,
        "--final-delay", str(FINAL_DELAY), "--first-delay", str(FIRST_DELAY),
    ]  # fmt: skip
    keys = {
        "ASSEMBLYAI_API_KEY": "load",
        "ASSEMBLYAI_URL": f"ws://127.0.0.1:{port}/v3/ws",
        "CARTESIA_API_KEY": "load",
        "CARTESIA_URL": f"ws://127.0.0.1:{port}/tts/websocket",
    }
    with (
        running(command, port=port, cores=Cores.of_this_machine().others, environment={}) as providers,
        _server(keys) as process,
    ):
        trio.run(measure, process, 1, 1, 0.0)  # what is loaded with the first voice is loaded
        print(f"process {process.pid}", flush=True)
        before, idle, began, others = (
            process.memory(),
            process.cpu(),
            time.monotonic(),
            providers.cpu() + time.process_time(),
        )
        measured = trio.run(measure, process, asked.voices, asked.turns, asked.over)
        seconds, used = time.monotonic() - began, process.cpu() - idle
        others = providers.cpu() + time.process_time() - others
        turns = max(1, len(measured.told))
        print(f"{asked.voices} voices, {len(measured.told)} turns answered, {measured.failed} not")
        print(
            f"processor time of the server: {1000 * used / turns:.0f} ms a turn, {100 * used / seconds:.0f} % of a core"
        )
        print(f"of callers and providers: {100 * others / seconds:.0f} %; the machine is full above {100 * CORES} %")
        print(f"memory: {before >> 20} MiB before, {measured.memory >> 20} MiB at most")
        print(f"beyond the providers' own time, transcript:  {_percentiles(measured.transcript)}")
        print(f"beyond the providers' own time, first audio: {_percentiles(measured.told)}")


if __name__ == "__main__":
    main()
