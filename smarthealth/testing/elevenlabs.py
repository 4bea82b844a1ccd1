"""A scripted server of ElevenLabs' text-to-speech WebSocket."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import trio
import trio_websocket

from .script import Ending
from .speech import Said, pieces_of
from .websockets import Peer, open_websocket_server

Rule = Callable[[str], Said]


class ScriptedElevenLabs:
    """How it speaks, and what it was asked. Made by `open_elevenlabs`.

    Args:
        rule: How each text is spoken.
        key: The only key that is taken.
    """

    def __init__(self, rule: Rule, key: str) -> None:
        self.rule = rule
        self._key = key
        self.url = ""
        self.refusal: int | None = None
        """HTTP status for every handshake, None for none."""
        self.texts: list[str] = []
        self.queries: list[dict[str, str]] = []
        self.voices: list[str] = []
        self.open_now = 0

    def refuse(self, request: trio_websocket.WebSocketRequest) -> int | None:
        """Look at a handshake."""
        key = dict(request.headers).get(b"xi-api-key", b"").decode()
        return self.refusal or (None if key == self._key else 401)

    async def handle(self, peer: Peer) -> None:
        """Take one text from a client and speak it."""
        self.queries.append(peer.query)
        self.voices.append(peer.path.split("/")[-2])
        self.open_now += 1
        try:
            text = ""
            while piece := await self._next_text(peer):
                text += piece
            text = text.strip()
            self.texts.append(text)
            await self._speak(peer, text, self.rule(text))
        finally:
            self.open_now -= 1

    async def _next_text(self, peer: Peer) -> str:
        message = await peer.receive()
        assert isinstance(message, dict), "clients send no binary frames"
        return str(message["text"])

    async def _speak(self, peer: Peer, text: str, said: Said) -> None:
        if said.ending is Ending.ERROR:
            await peer.send({"message": f"cannot say {text}", "error": "quota_exceeded", "code": 1008})
            await peer.close(1008)
        for number, piece in enumerate(pieces_of(said, text)):
            await trio.sleep(said.piece_delay if number else said.first_delay)
            await peer.send({"audio": b64encode(piece).decode(), "isFinal": None, "alignment": None})
        if said.ending is Ending.HANG:
            await peer.hang()
        if said.ending is Ending.CUT:
            await peer.reset()
        if said.ending is Ending.MALFORMED:
            await peer.send({"audio": "%%%"})
        if said.ending is Ending.END:
            await peer.close(1000)
        await peer.send({"audio": None, "isFinal": True})


@asynccontextmanager
async def open_elevenlabs(
    *, rule: Rule = lambda text: Said(), key: str = "scripted-key"
) -> AsyncIterator[ScriptedElevenLabs]:
    """Serve in this process; leaving cuts all connections.

    Args:
        rule: How each text is spoken.
        key: The only key that is taken.
    """
    provider = ScriptedElevenLabs(rule, key)
    async with open_websocket_server(provider.handle, refuse=provider.refuse) as url:
        provider.url = f"{url}/v1/text-to-speech"
        yield provider
