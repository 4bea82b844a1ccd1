"""A scripted provider of speech over HTTP, compatible with OpenAI's: `/v1/audio/transcriptions`, `/v1/audio/speech`."""

from __future__ import annotations

import email.parser
import email.policy
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import attrs
import trio

from .completions import error_body
from .http import Exchange, open_http_server
from .script import Ending, Refusal
from .speech import GREETING, Heard, Said, pieces_of


@attrs.frozen(kw_only=True)
class ReceivedAudio:
    """One transcription that was asked for."""

    fields: dict[str, str]
    """Of the form, the file aside."""
    wav: bytes


_BAD_EVENTS: Final = {Ending.MALFORMED: b"{nonsense", Ending.ERROR: b'{"type": "error", "error": {"message": "x"}}'}


class ScriptedAudioServer:
    """What it hears and how it speaks, and what it was asked. Made by `open_audio_server`.

    Args:
        rule: How each text is spoken.
        otherwise: What is heard when nothing is queued.
    """

    def __init__(self, rule: Callable[[str], Said], otherwise: Heard) -> None:
        self.rule = rule
        self._queue: deque[Heard | Refusal] = deque()
        self._otherwise = otherwise
        self.url = ""
        self.refusal: Refusal | None = None
        """For every text to speak, None to speak it."""
        self.streams = True
        """Whether transcripts are streamed; some models answer whole."""
        self.heard: list[ReceivedAudio] = []
        self.spoken: list[dict[str, Any]] = []
        self.broken_off = 0
        """Requests that clients left."""

    def script(self, *utterances: Heard | Refusal) -> None:
        """Queue what is heard, each for one request."""
        self._queue.extend(utterances)

    async def handle(self, exchange: Exchange) -> None:
        """Answer one request."""
        done = False
        try:
            if exchange.path == "/v1/audio/transcriptions":
                await self._transcribe(exchange)
            elif exchange.path == "/v1/audio/speech":
                await self._speak(exchange)
            else:
                await exchange.respond(404, error_body("not_found"))
            done = True
        finally:
            self.broken_off += not done

    async def _transcribe(self, exchange: Exchange) -> None:
        self.heard.append(_read_form(exchange))
        heard = self._queue.popleft() if self._queue else self._otherwise
        if isinstance(heard, Refusal):
            await exchange.respond(heard.status, error_body(heard.code))
            return
        await trio.sleep(heard.open_delay + heard.final_delay)
        words = heard.text.replace("|", " ").split()
        if not self.streams:
            await exchange.respond(200, {"text": " ".join(words)})
            return
        await exchange.begin_stream()
        for number, word in enumerate(words):
            delta = word if number == 0 else f" {word}"
            await exchange.send_event(json.dumps({"type": "transcript.text.delta", "delta": delta}).encode())
        if heard.ending is Ending.HANG:
            await trio.sleep_forever()
        if heard.ending is Ending.CUT:
            await exchange.reset()
        if heard.ending in _BAD_EVENTS:
            await exchange.send_event(_BAD_EVENTS[heard.ending])
        if heard.ending is not Ending.END:
            done = {"type": "transcript.text.done", "text": " ".join(words)}
            await exchange.send_event(json.dumps(done).encode())
            await exchange.send_event(b"[DONE]")
        await exchange.end_stream()

    async def _speak(self, exchange: Exchange) -> None:
        request = json.loads(exchange.body)
        self.spoken.append(request)
        said = self.rule(request["input"])
        if self.refusal is not None:
            await exchange.respond(self.refusal.status, error_body(self.refusal.code))
            return
        if said.ending is Ending.MALFORMED:
            await exchange.respond(200, {"not": "audio"})
            return
        await exchange.begin_stream("audio/pcm")
        for number, piece in enumerate(pieces_of(said, request["input"])):
            await trio.sleep(said.piece_delay if number else said.first_delay)
            # in pieces that end within a sample, as a network may cut them
            await exchange.send_data(piece[:1001])
            await exchange.send_data(piece[1001:])
        if said.ending is Ending.HANG:
            await trio.sleep_forever()
        if said.ending is Ending.CUT:
            await exchange.reset()
        await exchange.end_stream()


def _read_form(exchange: Exchange) -> ReceivedAudio:
    head = f"Content-Type: {exchange.headers['content-type']}\r\n\r\n".encode()
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + exchange.body)
    fields: dict[str, str] = {}
    wav = b""
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename() is None:
            fields[str(part.get_param("name", header="content-disposition"))] = content.decode()
        else:
            wav = content
    return ReceivedAudio(fields=fields, wav=wav)


@asynccontextmanager
async def open_audio_server(
    *, rule: Callable[[str], Said] = lambda text: Said(), otherwise: Heard = GREETING
) -> AsyncIterator[ScriptedAudioServer]:
    """Serve in this process; leaving cuts all connections.

    Args:
        rule: How each text is spoken.
        otherwise: What is heard when nothing is queued.
    """
    server = ScriptedAudioServer(rule, otherwise)
    async with open_http_server(server.handle) as url:
        server.url = f"{url}/v1"
        yield server
