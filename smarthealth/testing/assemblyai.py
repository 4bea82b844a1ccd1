"""A scripted server of AssemblyAI's streaming protocol, version 3."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import trio
import trio_websocket

from smarthealth.speech.ports import HEARING_RATE_HZ, SAMPLE_BYTES

from .script import Ending
from .speech import GREETING, Heard
from .websockets import Peer, open_websocket_server

_SECOND_BYTES: Final = HEARING_RATE_HZ * SAMPLE_BYTES
_LEAST_BYTES: Final = _SECOND_BYTES // 20
_MOST_BYTES: Final = _SECOND_BYTES


class ScriptedAssemblyAI:
    """What it will hear, and what it was sent. Made by `open_assemblyai`.

    Args:
        otherwise: What is heard when nothing is queued.
        key: The only key that is taken.
    """

    def __init__(self, otherwise: Heard, key: str) -> None:
        self._queue: deque[Heard] = deque()
        self._otherwise = otherwise
        self._key = key
        self.url = ""
        self.refusal: int | None = None
        """HTTP status for every handshake, None for none."""
        self.queries: list[dict[str, str]] = []
        self.bytes_heard = 0
        self.open_now = 0
        self._changed = trio.Event()

    def script(self, *utterances: Heard) -> None:
        """Queue what is heard, each for one session."""
        self._queue.extend(utterances)

    def refuse(self, request: trio_websocket.WebSocketRequest) -> int | None:
        """Look at a handshake."""
        key = dict(request.headers).get(b"authorization", b"").decode()
        return self.refusal or (None if key == self._key else 401)

    async def handle(self, peer: Peer) -> None:
        """Talk to one client."""
        heard = self._queue.popleft() if self._queue else self._otherwise
        self.queries.append(peer.query)
        self.open_now += 1
        try:
            await _Session(self, peer, heard).run()
        finally:
            self.open_now -= 1
            self._changed.set()
            self._changed = trio.Event()

    async def wait_idle(self) -> None:
        """Wait until no session is open."""
        while self.open_now:
            await self._changed.wait()


class _Session:
    def __init__(self, owner: ScriptedAssemblyAI, peer: Peer, heard: Heard) -> None:
        self._owner = owner
        self._peer = peer
        self._heard = heard
        self._segments = [segment.split() for segment in heard.text.split("|")]
        self._seconds = 0.0
        self._told = 0

    async def run(self) -> None:
        await trio.sleep(self._heard.open_delay)
        await self._peer.send({"type": "Begin", "id": "scripted", "expires_at": 1})
        while True:
            message = await self._peer.receive()
            if isinstance(message, bytes):
                await self._hear(message)
            elif message["type"] == "Terminate":
                await self._end()
                return

    async def _hear(self, pcm: bytes) -> None:
        if not _LEAST_BYTES <= len(pcm) <= _MOST_BYTES:
            await self._peer.send({"type": "Error", "error_code": 3007, "error": "Input Duration Violation"})
            await self._peer.close(3007)
        self._owner.bytes_heard += len(pcm)
        self._seconds += len(pcm) / _SECOND_BYTES
        words = [(number, end + 1) for number, seg in enumerate(self._segments) for end in range(len(seg))]
        while (
            self._heard.partials
            and self._told < len(words)
            and (self._told + 1) * self._heard.word_seconds <= self._seconds
        ):
            number, end = words[self._told]
            await self._turn(number, self._segments[number][:end], is_final=False)
            self._told += 1

    async def _turn(self, number: int, words: list[str], *, is_final: bool) -> None:
        await self._peer.send(
            {
                "type": "Turn",
                "turn_order": number,
                "turn_is_formatted": False,
                "end_of_turn": is_final,
                "transcript": " ".join(words if is_final else words[:-1]),
                "end_of_turn_confidence": 0.9 if is_final else 0.1,
                "words": [{"text": word, "start": 0, "end": 1, "confidence": 0.9} for word in words],
                "utterance": "",
            }
        )

    async def _end(self) -> None:
        ending = self._heard.ending
        if ending is Ending.HANG:
            await self._peer.hang()
        await trio.sleep(self._heard.final_delay)
        if ending is Ending.CUT:
            await self._peer.reset()
        if ending is Ending.MALFORMED:
            await self._peer.send("{nonsense")
        if ending is Ending.ERROR:
            await self._peer.send({"type": "Error", "error_code": 3005, "error": "said: scripted words"})
            await self._peer.close(3005)
        if ending is not Ending.END:
            numbered = [(number, words) for number, words in enumerate(self._segments) if words]
            for number, words in reversed(numbered) if self._heard.reverse else numbered:
                await self._turn(number, words, is_final=True)
                await self._turn(number, words, is_final=True)  # formatted anew, as the real one may
        await self._peer.send({"type": "Termination", "audio_duration_seconds": 1, "session_duration_seconds": 1})


@asynccontextmanager
async def open_assemblyai(
    *, otherwise: Heard = GREETING, key: str = "scripted-key"
) -> AsyncIterator[ScriptedAssemblyAI]:
    """Serve in this process; leaving cuts all connections.

    Args:
        otherwise: What is heard when nothing is queued.
        key: The only key that is taken.
    """
    provider = ScriptedAssemblyAI(otherwise, key)
    async with open_websocket_server(provider.handle, refuse=provider.refuse) as url:
        provider.url = f"{url}/v3/ws"
        yield provider
