"""A scripted server of Cartesia's text-to-speech WebSocket."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import trio
import trio_websocket

from .errors import ClientGone
from .script import Ending
from .speech import Said, pieces_of
from .websockets import Peer, open_websocket_server

Rule = Callable[[str], Said]


class ScriptedCartesia:
    """How it speaks, and what it was asked. Made by `open_cartesia`.

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
        self.requests: list[dict[str, Any]] = []
        self.cancelled: list[str] = []
        """Contexts that clients broke off."""
        self.connections = 0

    def refuse(self, request: trio_websocket.WebSocketRequest) -> int | None:
        """Look at a handshake."""
        key = dict(request.headers).get(b"x-api-key", b"").decode()
        return self.refusal or (None if key == self._key else 401)

    async def handle(self, peer: Peer) -> None:
        """Talk to one client: several contexts, side by side."""
        self.connections += 1
        scopes: dict[str, trio.CancelScope] = {}
        async with trio.open_nursery() as nursery:
            try:
                while True:
                    message = await peer.receive()
                    assert isinstance(message, dict), "clients send no binary frames"
                    context = message["context_id"]
                    if message.get("cancel"):
                        self.cancelled.append(context)
                        scopes[context].cancel()
                        continue
                    self.requests.append(message)
                    scopes[context] = trio.CancelScope()
                    nursery.start_soon(self._speak, peer, message, scopes[context])
            except ClientGone:
                nursery.cancel_scope.cancel()

    async def _speak(self, peer: Peer, request: dict[str, Any], scope: trio.CancelScope) -> None:
        context, said = request["context_id"], self.rule(request["transcript"])
        with scope:
            try:
                if said.ending is Ending.ERROR:
                    await peer.send(
                        {"type": "error", "context_id": context, "error": "x", "status_code": 400, "done": True}
                    )
                    return
                for number, piece in enumerate(pieces_of(said, request["transcript"])):
                    await trio.sleep(said.piece_delay if number else said.first_delay)
                    audio = {"type": "chunk", "context_id": context, "data": b64encode(piece).decode(), "done": False}
                    await peer.send({**audio, "status_code": 206, "step_time": 1.0})
                await self._end(peer, context, said.ending)
            except ClientGone:
                return

    async def _end(self, peer: Peer, context: str, ending: Ending) -> None:
        if ending is Ending.HANG:
            await trio.sleep_forever()
        if ending is Ending.CUT:
            await peer.reset()
        if ending is Ending.MALFORMED:
            await peer.send({"type": "chunk", "context_id": context, "data": "%%%", "done": False})
        if ending is Ending.END:
            await peer.close(1013)
        await peer.send({"type": "flush_done", "context_id": context, "done": False, "status_code": 206})
        await peer.send({"type": "done", "context_id": context, "done": True, "status_code": 200})


@asynccontextmanager
async def open_cartesia(
    *, rule: Rule = lambda text: Said(), key: str = "scripted-key"
) -> AsyncIterator[ScriptedCartesia]:
    """Serve in this process; leaving cuts all connections.

    Args:
        rule: How each text is spoken.
        key: The only key that is taken.
    """
    provider = ScriptedCartesia(rule, key)
    async with open_websocket_server(provider.handle, refuse=provider.refuse) as url:
        provider.url = f"{url}/tts/websocket"
        yield provider
