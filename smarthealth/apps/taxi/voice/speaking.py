"""The voice of one answer: text in as it is written, audio out as it is needed, stopped at any moment.

    say(text) → sentence gate → sentences → synthesis → audio → playback, paced → tts_chunk
               (in the turn)    (bounded)   (a task)  (bounded)   (a task)

Synthesis runs ahead of playback by a few sentences, playback ahead of the listener by a few seconds. A pause freezes playback and,
through the bounds, everything before it; leaving the block stops both tasks and the provider with them. What was played is known
at every moment, so what was heard is too.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from math import inf
from typing import Final

import attrs
import trio

from smarthealth.actors.errors import first_leaf
from smarthealth.apps.taxi.hearing import SendSpeech
from smarthealth.apps.taxi.wire import TtsChunk, TtsEnd
from smarthealth.speech.errors import SpeechError, SpeechProtocolError, SpeechUnavailable
from smarthealth.speech.heard import BYTES_PER_SECOND, SpokenText
from smarthealth.speech.pacing import Playback
from smarthealth.speech.ports import SAMPLE_BYTES, SPEAKING_RATE_HZ, SpeechLanguage, TextToSpeech, Voice
from smarthealth.speech.sentences import SentenceGate
from smarthealth.speech.spoken import spoken_form

MOST_SENTENCES: Final = 16
"""That wait to be synthesised."""
MOST_PIECES: Final = 8
"""Pieces of audio that wait to be sent."""
PIECE_BYTES: Final = BYTES_PER_SECOND // 5
"""200 ms: what one `tts_chunk` holds at most."""
FIRST_PIECE_BYTES: Final = BYTES_PER_SECOND // 50
"""20 ms: the first chunk of a sentence does not wait for more."""


SLACK: Final = 15.0
"""Seconds beyond its length that an answer may be played for, by a client that says it is behind, or with pauses."""


SECONDS_PER_CHARACTER: Final = 0.5
"""Of audio that a provider may make at most, some seconds aside: a figure takes a word."""


@attrs.frozen(kw_only=True)
class Manner:
    """How one connection's answers are spoken."""

    tts: TextToSpeech
    language: SpeechLanguage
    voice: str | None
    ahead: float
    """Seconds that may be sent before they are played."""
    patience: float
    """Seconds for the provider's next audio."""


@attrs.frozen
class _Begin:
    text: str


@attrs.frozen
class _Piece:
    audio: bytes


class VoicedAnswer:
    """One answer being spoken; a `Speaking` of the turn. Made by `open_answer`.

    Args:
        number: Counts the answers of the connection.
        manner: How it is spoken.
        send: Sends events to the client, in the turn's order.
        now_ms: The protocol's time.
        on_token: Called when the first text comes.
        on_audio: Called with each piece of audio when it was sent.
    """

    def __init__(
        self,
        number: int,
        manner: Manner,
        send: SendSpeech,
        *,
        now_ms: Callable[[], int],
        on_token: Callable[[], None] = lambda: None,
        on_audio: Callable[[bytes], None] = lambda audio: None,
    ) -> None:
        self.number = number
        self._manner = manner
        self._send = send
        self._now_ms = now_ms
        self._on_token = on_token
        self._on_audio = on_audio
        self._gate = SentenceGate()
        self._text_in, self._text_out = trio.open_memory_channel[str](MOST_SENTENCES)
        self._audio_in, self._audio_out = trio.open_memory_channel[_Begin | _Piece](MOST_PIECES)
        self._spoken = SpokenText()
        self._playback = Playback(ahead=manner.ahead)
        self._moved = trio.Event()
        """Set, and made anew, when playback was paused, resumed or marked."""
        self._done = trio.Event()
        self._limit = trio.CancelScope()
        """Of the provider's patience."""
        self._error: SpeechError | None = None
        self._given = ""
        self._begun = False
        """Whether audio of the last text came."""

    # --- what the turn does ---------------------------------------------------------------------------------------

    @property
    def heard(self) -> str:
        """What of the text was played so far; without a voice, the text itself reached the person."""
        if self._error is not None:
            return self._given
        return self._spoken.heard(self._playback.played(trio.current_time()))

    async def say(self, text: str) -> None:
        """Take the next piece of the answer; see `Speaking.say`."""
        if text and not self._given:
            self._on_token()
        self._given += text
        await self.may_go_on()
        await self._pass_on(self._gate.feed(text))

    async def finish(self) -> None:
        """Speak the rest and return when it is played; see `Speaking.finish`."""
        await self._pass_on(self._gate.finish())
        self._text_in.close()
        await self._done.wait()
        if self._playback.sent:
            await self._send(TtsEnd(ts=self._now_ms(), speech=self.number))
        with trio.move_on_after(self._playback.sent + SLACK):
            await self._wait_played()
        if self._error is not None:
            raise self._error

    async def _pass_on(self, sentences: list[str]) -> None:
        for sentence in sentences:
            try:
                await self._text_in.send(sentence)
            except trio.BrokenResourceError:
                return  # the provider has failed, which `finish` tells

    async def _wait_played(self) -> None:
        while (left := self._playback.left(trio.current_time())) > 0:
            await self._sleep(left)

    # --- what the connection does -----------------------------------------------------------------------------------

    @property
    def sounding(self) -> bool:
        """Whether some of it is not played yet, or is still to come."""
        return not self._done.is_set() or self._playback.left(trio.current_time()) > 0

    @property
    def paused(self) -> bool:
        """Whether it stands still for somebody who speaks."""
        return self._playback.paused

    def pause(self) -> None:
        """Stand still: nothing is sent, nothing counts as played, nobody before goes on."""
        self._playback.pause(trio.current_time())
        self._move()

    def resume(self) -> None:
        """Go on where it stood."""
        self._playback.resume(trio.current_time())
        self._move()

    @property
    def played_bytes(self) -> int:
        """How much of its audio was played."""
        return round(self._playback.played(trio.current_time()) * BYTES_PER_SECOND) // SAMPLE_BYTES * SAMPLE_BYTES

    def freeze(self) -> None:
        """It is over, whole or not: what was heard until now is what was heard."""
        self._playback.pause(trio.current_time())

    def mark(self, played: float) -> None:
        """The client has played so many seconds."""
        self._playback.mark(played, trio.current_time())
        self._move()

    async def may_go_on(self) -> None:
        """Return when nobody speaks over this answer: at once, or when they are done."""
        while self._playback.paused:
            await self._moved.wait()

    def _move(self) -> None:
        self._moved.set()
        self._moved = trio.Event()

    async def _sleep(self, seconds: float) -> None:
        """Wait so long, or until playback is not what it was."""
        moved = self._moved
        with trio.move_on_after(seconds) if seconds < inf else trio.CancelScope():
            await moved.wait()

    # --- the tasks ----------------------------------------------------------------------------------------------------

    async def synthesise(self) -> None:
        """Turn sentences into audio, until there are no more or the provider has failed."""
        with self._audio_in, self._text_out:
            try:
                with self._limit:
                    async with AsyncExitStack() as stack:
                        await self._speak_all(stack)
            except SpeechError as error:
                self._error = error
            if self._limit.cancelled_caught:
                self._error = SpeechUnavailable("the provider did not go on", code="timeout")

    async def _speak_all(self, stack: AsyncExitStack) -> None:
        voice = await self._open_voice(stack)
        async for sentence in self._text_out:
            await self._audio_in.send(_Begin(sentence))
            words = spoken_form(sentence, self._manner.language)
            if not words:
                continue
            try:
                begun = await self._speak(voice, words)
            except SpeechError as error:
                if not error.retryable or self._begun:
                    raise
                # a connection that broke while nothing was said is opened once more
                voice = await self._open_voice(stack)
                begun = await self._speak(voice, words)
            if not begun:
                raise SpeechUnavailable("the provider made no audio of a text")

    async def _open_voice(self, stack: AsyncExitStack) -> Voice:
        manner = self._manner
        with self._patiently():
            return await stack.enter_async_context(manner.tts.open_voice(manner.language, manner.voice))

    @contextmanager
    def _patiently(self) -> Iterator[None]:
        """Wait for the provider, but not for ever: what it opens outlives this block, so the scope is one around all."""
        self._limit.deadline = trio.current_time() + self._manner.patience
        yield
        self._limit.deadline = inf

    async def _speak(self, voice: Voice, words: str) -> bool:
        self._begun = False
        async with AsyncExitStack() as stack:
            with self._patiently():
                audio = await stack.enter_async_context(voice.open_speech(words))
            waiting, most = b"", (len(words) * SECONDS_PER_CHARACTER + SLACK) * BYTES_PER_SECOND
            while piece := await self._next(audio):
                waiting += piece
                most -= len(piece)
                if most < 0:
                    raise SpeechProtocolError("the provider says more than it was given")
                least = PIECE_BYTES if self._begun else FIRST_PIECE_BYTES
                while len(waiting) >= least:
                    await self._hand_on(waiting[:PIECE_BYTES])
                    waiting, least = waiting[PIECE_BYTES:], PIECE_BYTES
            if waiting:
                await self._hand_on(waiting)
        return self._begun

    async def _hand_on(self, audio: bytes) -> None:
        await self._audio_in.send(_Piece(audio))
        self._begun = True

    async def _next(self, audio: AsyncIterator[bytes]) -> bytes:
        with self._patiently():
            return await anext(audio, b"")

    async def play(self) -> None:
        """Send audio when it is due."""
        try:
            async for item in self._audio_out:
                if isinstance(item, _Begin):
                    self._spoken.begin(item.text)
                    continue
                await self._wait_due(len(item.audio) / BYTES_PER_SECOND)
                await self._send_piece(item.audio)
            self._spoken.end()
        finally:
            self._audio_out.close()
            self._done.set()

    async def _wait_due(self, seconds: float) -> None:
        while True:
            await self.may_go_on()
            wait = self._playback.wait(seconds, trio.current_time())
            if not wait:
                return
            await self._sleep(wait)

    async def _send_piece(self, audio: bytes) -> None:
        chunk = TtsChunk(
            audio=b64encode(audio).decode(), sample_rate=SPEAKING_RATE_HZ, ts=self._now_ms(), speech=self.number
        )
        await self._send(chunk)
        self._spoken.add(len(audio))
        self._playback.add(len(audio) / BYTES_PER_SECOND, trio.current_time())
        self._on_audio(audio)


@asynccontextmanager
async def run_answer(answer: VoicedAnswer) -> AsyncIterator[VoicedAnswer]:
    """Run the tasks of an answer beside the block; leaving stops them."""
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(answer.synthesise)
            nursery.start_soon(answer.play)
            yield answer
            nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        raise first_leaf(group) or group from None
