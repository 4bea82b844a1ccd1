"""One utterance of a person: audio in, transcript out; the turn that answers it asks it for its words.

Theory of operation. Audio goes into a bounded channel, and is kept as well: when the provider breaks off, the utterance is
transcribed once more from its beginning. The first words, or the final transcript, say that it is one; until then it may be a
cough. Segments may become final in any order; the text is made of them in the order of their numbers. When the provider does not
finish in time, what it has told so far is what was said, or, if that is nothing, the utterance failed.
"""

from __future__ import annotations

from typing import Final

import trio

from smarthealth.apps.taxi.hearing import OnPartial
from smarthealth.apps.taxi.wire import LONGEST_TEXT
from smarthealth.speech.errors import SpeechError, SpeechUnavailable
from smarthealth.speech.ports import (
    HEARING_RATE_HZ,
    SAMPLE_BYTES,
    FinalTranscript,
    SpeechLanguage,
    SpeechToText,
    TranscriptEvent,
    Transcription,
)

from .latency import Stopwatch

TIMEOUT: Final = "timeout"


class Transcript:
    """What was said, put together from what comes in any order."""

    def __init__(self) -> None:
        self._segments: dict[int, str] = {}
        self._final: set[int] = set()

    @property
    def text(self) -> str:
        """All segments, final or not, in their order."""
        return " ".join(" ".join(self._segments[number].split()) for number in sorted(self._segments)).strip()

    def add(self, event: TranscriptEvent) -> None:
        """Take the next event; what comes for a segment that is final is no longer taken."""
        if event.segment in self._final:
            return
        self._segments[event.segment] = event.text
        if isinstance(event, FinalTranscript):
            self._final.add(event.segment)


class Utterance:
    """Being said, or said; a `Hearing` of the turn that answers it.

    Args:
        stt: Who transcribes.
        language: Of the speaker.
        stopwatch: Of this utterance and its answer.
        patience: Seconds for opening, and for the transcript after the end.
    """

    def __init__(self, stt: SpeechToText, language: SpeechLanguage, stopwatch: Stopwatch, patience: float) -> None:
        self.stopwatch = stopwatch
        self._stt = stt
        self._language = language
        self._patience = patience
        self._audio = bytearray()
        self._taken = 0
        """Bytes of the audio that this attempt has sent."""
        self._ended = False
        self._transcript = Transcript()
        self._error: SpeechError | None = None
        self._whole = False
        self._scope = trio.CancelScope()
        self._news = trio.Event()
        """Set, and made anew, when anything of this has changed."""

    # --- the ear ------------------------------------------------------------------------------------------------------

    @property
    def audio(self) -> bytes:
        """All of it so far."""
        return bytes(self._audio)

    @property
    def seconds(self) -> float:
        """Its length so far."""
        return len(self._audio) / (HEARING_RATE_HZ * SAMPLE_BYTES)

    @property
    def has_words(self) -> bool:
        """Whether anything that was heard is a word."""
        return any(character.isalnum() for character in self.text)

    @property
    def over(self) -> bool:
        """Whether all that will be known of it is known."""
        return self._whole

    @property
    def error(self) -> SpeechError | None:
        """Why there is no transcript, None when there is one."""
        return self._error

    @property
    def text(self) -> str:
        """What was said so far; empty where nobody is to answer it."""
        return "" if self._scope.cancel_called else self._transcript.text[:LONGEST_TEXT].rstrip()

    def add(self, pcm: bytes) -> None:
        """More of it was said."""
        self._audio += pcm
        self._tell()

    def end(self) -> None:
        """It is over."""
        self._ended = True
        self.stopwatch.speech_ended()
        self._tell()

    def forget(self) -> None:
        """Nobody is to answer it."""
        self._ended = True
        self._scope.cancel()

    async def transcribe(self) -> None:
        """Have it transcribed, in a task of its own, from its beginning to its end."""
        try:
            with self._scope:
                await self._try()
        finally:
            self._whole = True
            self.stopwatch.transcript()
            self._tell()

    async def _try(self) -> None:
        try:
            try:
                await self._attempt()
            except SpeechError as error:
                if not error.retryable or error.code == TIMEOUT:
                    raise
                await self._attempt()  # once more, from its beginning
        except SpeechError as error:
            if not (self._ended and self.has_words):
                self._error = error

    async def wait_words(self) -> bool:
        """Return True at the first words, False when it is over without any."""
        while not (self.has_words or self._whole):
            await self._news.wait()
        return self.has_words

    # --- the turn -----------------------------------------------------------------------------------------------------

    async def listen(self, partial: OnPartial) -> str:
        """Return what was said when all is there; see `Hearing.listen`."""
        told = ""
        while not self._whole:
            news, text = self._news, self.text
            if text != told and self.has_words:
                told = text
                await partial(text)
            else:
                await news.wait()
        if self._error is not None:
            raise self._error
        if not self.has_words:
            return ""
        if self.text != told:
            await partial(self.text)
        return self.text

    # --- inside -------------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        self._news.set()
        self._news = trio.Event()

    async def _attempt(self) -> None:
        self._taken, self._transcript = 0, Transcript()
        opening = trio.CancelScope(deadline=trio.current_time() + self._patience)
        with opening:
            async with self._stt.open_transcription(self._language) as transcription:
                opening.deadline = float("inf")
                await self._run(transcription, opening)
        if opening.cancelled_caught:
            raise SpeechUnavailable("the provider did not answer in time", code=TIMEOUT)

    async def _run(self, transcription: Transcription, limit: trio.CancelScope) -> None:
        """Feed and read; `limit` is moved to when the transcript must be there."""
        failed: list[SpeechError] = []
        async with trio.open_nursery() as nursery:

            async def feed() -> None:
                try:
                    await self._feed(transcription)
                    limit.deadline = trio.current_time() + self._patience
                    await transcription.finish()
                except SpeechError as error:
                    failed.append(error)
                    nursery.cancel_scope.cancel()

            nursery.start_soon(feed)
            try:
                async for event in transcription.events:
                    self._transcript.add(event)
                    self._tell()
            except SpeechError as error:
                failed.append(error)
            nursery.cancel_scope.cancel()
        if failed:
            raise failed[0]

    async def _feed(self, transcription: Transcription) -> None:
        while True:
            news = self._news
            piece = bytes(self._audio[self._taken : self._taken + _SEND_BYTES])
            if piece:
                self._taken += len(piece)
                await transcription.send(piece)
            elif self._ended:
                return
            else:
                await news.wait()


_SEND_BYTES: Final = HEARING_RATE_HZ * SAMPLE_BYTES // 10
"""100 ms at most in one piece."""
