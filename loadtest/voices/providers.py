"""Two speech providers that cost next to nothing: AssemblyAI's protocol hears one sentence, Cartesia's says a tone of the right length.

python -m loadtest.voices.providers --port 9001 --heard "necesito un taxi" --final-delay 0.1 --first-delay 0.1
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import attrs
import trio
import trio_websocket

HEARD_BYTES: Final = 32_000
"""Of a second of audio that is heard."""
WORD_SECONDS: Final = 0.3
CHARACTER_BYTES: Final = 2400
"""50 ms of 24 kHz for each character that is said."""
PIECE: Final = base64.b64encode(bytes(4800)).decode()
"""100 ms."""


@attrs.frozen(kw_only=True)
class Script:
    """How long a provider takes, in seconds, and what it hears."""

    heard: str
    final_delay: float
    first_delay: float


Send = Callable[[dict[str, Any]], Awaitable[None]]


async def serve(port: int, script: Script) -> None:
    """Serve both protocols on one port, by their paths."""

    async def handle(request: trio_websocket.WebSocketRequest) -> None:
        socket = await request.accept()

        async def send(message: dict[str, Any]) -> None:
            await socket.send_message(json.dumps(message))

        with suppress(trio_websocket.ConnectionClosed):
            await (_speak if request.path.startswith("/tts") else _hear)(socket, send, script)

    await trio_websocket.serve_websocket(handle, "127.0.0.1", port, None)


async def _hear(socket: trio_websocket.WebSocketConnection, send: Send, script: Script) -> None:
    words, heard, told = script.heard.split(), 0, 0
    await send({"type": "Begin", "id": "load", "expires_at": 1})
    while True:
        message = await socket.get_message()
        if isinstance(message, bytes):
            heard += len(message)
            while told < len(words) and (told + 1) * WORD_SECONDS * HEARD_BYTES <= heard:
                told += 1
                await send(_turn(words[:told], is_final=False))
        elif json.loads(message)["type"] == "Terminate":
            await trio.sleep(script.final_delay)
            await send(_turn(words, is_final=True))
            await send({"type": "Termination"})


def _turn(words: list[str], *, is_final: bool) -> dict[str, Any]:
    text = " ".join(words)
    return {"type": "Turn", "turn_order": 0, "end_of_turn": is_final, "transcript": text, "words": [{"text": text}]}


async def _speak(socket: trio_websocket.WebSocketConnection, send: Send, script: Script) -> None:
    while True:
        asked = json.loads(await socket.get_message())
        if asked.get("cancel"):
            continue
        context = asked["context_id"]
        await trio.sleep(script.first_delay)
        for _ in range(max(1, len(asked["transcript"]) * CHARACTER_BYTES // 4800)):
            await send({"type": "chunk", "context_id": context, "data": PIECE, "done": False})
        await send({"type": "done", "context_id": context, "done": True, "status_code": 200})


def main() -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--heard", required=True)
    parser.add_argument("--final-delay", type=float, default=0.1)
    parser.add_argument("--first-delay", type=float, default=0.1)
    asked = parser.parse_args()
    script = Script(heard=asked.heard, final_delay=asked.final_delay, first_delay=asked.first_delay)
    trio.run(serve, asked.port, script)


if __name__ == "__main__":
    main()
