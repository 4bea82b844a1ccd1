"""The voice of one connection: its ear, who has its floor, and the speaker of its answers.

Nothing of it exists before the client asks for it: a connection that only types has no task for audio. The dialogue gives it what
the client sends, and asks it for the speaker of each turn.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Final, Literal

import attrs
import trio

from smarthealth.actors import ActorError, ChildSpec, SupervisorRef
from smarthealth.apps.taxi.hearing import SendSpeech, Speaker, Speaking
from smarthealth.apps.taxi.wire import AudioEnd, AudioStart, Event, Latency, Level, Playback, Speech, SystemMessage
from smarthealth.conversation.telemetry import Telemetry
from smarthealth.speech.activity import VoiceDetector
from smarthealth.speech.decoding import DecoderPool
from smarthealth.speech.heard import BYTES_PER_SECOND
from smarthealth.speech.ports import HEARING_RATE_HZ, SAMPLE_BYTES, SPEAKING_RATE_HZ, SpeechToText, TextToSpeech

from . import texts
from .ear import Ear, Hearing
from .floor import Floor
from .latency import Stopwatch
from .recordings import Recordings, Spoken
from .settings import VoiceSettings
from .speaking import Manner, VoicedAnswer, run_answer
from .utterance import Utterance

MOST_RECORDED: Final = 120 * BYTES_PER_SECOND
"""Bytes of one answer that are recorded."""


@attrs.frozen(kw_only=True)
class VoiceServices:
    """What all booths share."""

    stt: SpeechToText | None
    tts: TextToSpeech | None
    settings: VoiceSettings
    decoders: DecoderPool
    recordings: Recordings
    telemetry: Telemetry
    supervisor: Callable[[], SupervisorRef]
    """Of the ears."""
    detector: Callable[[], VoiceDetector] | None = None
    """None for WebRTC's, which is loaded with the first voice."""


@attrs.frozen(kw_only=True)
class Client:
    """What a booth needs of its connection."""

    name: str
    """Unique among connections."""
    reply: Callable[[Event], object]
    """Sends a control event, before anything else that waits."""
    answer: Callable[[Utterance, str | None], Awaitable[bool]]
    """Starts the turn that answers an utterance, of this thread or the connection's own; returns whether it did."""
    thread: Callable[[], str]
    """The connection's thread."""
    now_ms: Callable[[], int]


class VoiceBooth:
    """Of one connection.

    Args:
        services: What all share.
        client: The connection.
    """

    def __init__(self, services: VoiceServices, client: Client) -> None:
        self._services = services
        self._client = client
        self._floor = Floor(reply=client.reply, now_ms=client.now_ms)
        self._ear: Ear | None = None
        self._open: AudioStart | None = None
        self._speech = Speech(enabled=False)
        self._recorded: str | None = None
        """The thread whose person has agreed."""

    # --- what the client sends ----------------------------------------------------------------------------------------

    async def command(self, command: AudioStart | AudioEnd | Playback | Speech) -> None:
        """What the client asks of the voice."""
        match command:
            case AudioStart():
                await self.start_audio(command)
            case AudioEnd():
                self.end_audio()
            case Playback():
                self.played(command)
            case _:
                self.set_speech(command)

    async def start_audio(self, command: AudioStart) -> None:
        """Speech follows; what is not possible is answered."""
        if self._services.stt is None:
            self._tell(texts.NO_HEARING, "error")
        elif command.sample_rate != HEARING_RATE_HZ:
            self._tell(texts.WRONG_RATE, "error")
        elif self._open is not None and self._ear is not None and self._ear.alive:
            self._tell(texts.ALREADY_STARTED, "warning")
        elif await self._ready(self._services.stt):
            self._agree(command)
            self._open = command
            if self._services.tts is not None:
                self._speech = Speech(enabled=command.speak, language=command.language, voice=command.voice)
            assert self._ear is not None
            self._ear.start(command)
            if command.mode == "open":
                self._tell(texts.LISTENING, "info")

    def end_audio(self) -> None:
        """No more speech follows."""
        if self._open is None or self._ear is None:
            self._tell(texts.NOT_STARTED, "warning")
            return
        self._open = None
        self._ear.end()

    def hear(self, data: bytes) -> None:
        """A binary frame."""
        if self._open is None or self._ear is None:
            self._tell(texts.NOT_STARTED, "warning")
        elif self._open.encoding == "pcm_s16le" and len(data) % SAMPLE_BYTES:
            self._tell(texts.ODD_SIZE, "error")
        elif not self._ear.alive:
            self._open = None
            self._tell(texts.NOT_UNDERSTOOD, "error")
        elif data:
            self._ear.hear(data)

    def played(self, command: Playback) -> None:
        """The client says how much it has played."""
        self._floor.played(command.played_ms / 1000, command.speech)

    def set_speech(self, command: Speech) -> None:
        """Have answers spoken, or not."""
        if command.enabled and self._services.tts is None:
            self._tell(texts.NO_SPEAKING, "warning")
            return
        self._speech = command

    def hush(self) -> None:
        """The client has typed or cancelled: what it was saying meanwhile is not answered too."""
        if self._ear is not None:
            self._ear.hush()

    def close(self) -> None:
        """The connection is over."""
        if self._ear is not None:
            self._ear.close()

    # --- what turns ask -----------------------------------------------------------------------------------------------

    def speaker(self, utterance: Utterance | None = None) -> Speaker | None:
        """Who speaks the answer to an utterance, or to typed words; None while speech is off."""
        tts = self._services.tts
        if tts is None or not self._speech.enabled:
            return None
        return _BoothSpeaker(self, tts, None if utterance is None else utterance.stopwatch)

    @asynccontextmanager
    async def open_answer(
        self, tts: TextToSpeech, send: SendSpeech, stopwatch: Stopwatch | None
    ) -> AsyncIterator[Speaking]:
        """Speak one answer."""
        settings, speech = self._services.settings, self._speech
        manner = Manner(
            tts=tts,
            language=speech.language,
            voice=speech.voice,
            ahead=settings.ahead,
            patience=settings.tts_timeout,
        )
        sent = bytearray()

        def on_audio(audio: bytes) -> None:
            if stopwatch is not None:
                self._tell_latency(stopwatch)
            if self._recorded is not None and len(sent) < MOST_RECORDED:
                sent.extend(audio)

        answer = VoicedAnswer(
            self._floor.next_number(),
            manner,
            send,
            now_ms=self._client.now_ms,
            on_token=lambda: None if stopwatch is None else stopwatch.first_token(),
            on_audio=on_audio,
        )
        self._floor.take(answer)
        try:
            async with run_answer(answer):
                yield answer
        finally:
            self._floor.leave(answer)
            answer.freeze()
            self._record("agent", answer.heard, bytes(sent[: answer.played_bytes]), SPEAKING_RATE_HZ)

    # --- inside -------------------------------------------------------------------------------------------------------

    async def _ready(self, stt: SpeechToText) -> bool:
        """Whether there is an ear; the first audio makes it."""
        if self._ear is not None and self._ear.alive:
            return True
        services = self._services
        hearing = Hearing(
            stt=stt,
            detector=services.detector or await _load_detector(),
            decoders=services.decoders,
            settings=services.settings,
            telemetry=services.telemetry,
        )
        ear = Ear(
            hearing,
            self._floor,
            answer=self._answer,
            complain=lambda message: self._tell(message, "warning"),
            heard=lambda utterance, start: self._record("user", utterance.text, utterance.audio, HEARING_RATE_HZ),
        )
        try:
            await services.supervisor().start_child(ChildSpec(name=self._client.name, start=ear.serve))
        except ActorError:
            self._tell(texts.NO_ROOM, "error")
            return False
        self._ear = ear
        return True

    async def _answer(self, utterance: Utterance, options: AudioStart) -> bool:
        return await self._client.answer(utterance, options.thread_id)

    def _agree(self, command: AudioStart) -> None:
        """Begin to record, or stop."""
        recordings = self._services.recordings
        self._recorded = None
        if command.record and recordings.enabled:
            self._recorded = command.thread_id or self._client.thread()
            self._tell(texts.recorded(recordings.days), "info")
        elif command.record:
            self._tell(texts.NOT_RECORDED, "warning")

    def _record(self, who: Literal["user", "agent"], text: str, pcm: bytes, rate_hz: int) -> None:
        if self._recorded is not None:
            self._services.recordings.keep(Spoken(thread=self._recorded, who=who, text=text, pcm=pcm, rate_hz=rate_hz))

    def _tell_latency(self, stopwatch: Stopwatch) -> None:
        steps = stopwatch.first_audio()
        if steps is not None:
            self._client.reply(
                Latency(
                    transcript_ms=round(steps.transcript * 1000),
                    first_token_ms=round(steps.first_token * 1000),
                    first_audio_ms=round(steps.first_audio * 1000),
                    ts=self._client.now_ms(),
                )
            )

    def _tell(self, message: str, level: Level) -> None:
        self._client.reply(SystemMessage(message=message, level=level, ts=self._client.now_ms()))


async def _load_detector() -> Callable[[], VoiceDetector]:
    """WebRTC's detector, loaded in a thread: with numpy it may take as long as a word."""
    await trio.to_thread.run_sync(import_module, "smarthealth.speech.webrtc")
    from smarthealth.speech.webrtc import WebRtcDetector

    return WebRtcDetector


@attrs.frozen
class _BoothSpeaker:
    booth: VoiceBooth
    tts: TextToSpeech
    stopwatch: Stopwatch | None

    def open_speaking(self, send: SendSpeech) -> AbstractAsyncContextManager[Speaking]:
        """Speak one answer; see `Speaker.open_speaking`."""
        return self.booth.open_answer(self.tts, send, self.stopwatch)
