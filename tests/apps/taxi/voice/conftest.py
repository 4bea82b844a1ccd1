"""A booth with scripted speech under it and, above it, turns as small as turns can be, on a virtual clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
import trio

from smarthealth.actors import ChildSpec, DynamicSupervisor, SupervisorRef, open_system
from smarthealth.apps.taxi.hearing import Speaker
from smarthealth.apps.taxi.voice.booth import Client, VoiceBooth, VoiceServices
from smarthealth.apps.taxi.voice.recordings import Recordings
from smarthealth.apps.taxi.voice.settings import VoiceSettings
from smarthealth.apps.taxi.voice.utterance import Utterance
from smarthealth.apps.taxi.wire import Event, Interrupted, SttChunk, SttOutput, TtsChunk
from smarthealth.conversation.telemetry import NullTelemetry
from smarthealth.speech.decoding import DecoderPool
from smarthealth.speech.errors import SpeechError
from smarthealth.speech.ports import SpeechToText, TextToSpeech
from smarthealth.testing.speech import ScriptedSpeechToText, ScriptedTextToSpeech

FRAME_SECONDS = 0.02
VOICE = b"\x00\x20\x00\xe0" * 160
"""20 ms of something loud."""
QUIET = bytes(640)
NOW = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)


class LoudDetector:
    """`VoiceDetector` that takes anything loud for a voice."""

    def is_voiced(self, frame: bytes) -> bool:
        """Whether it is not silence."""
        return any(frame[1::64])


class Measured(NullTelemetry):
    """Keeps the stages and errors that it hears of."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, float]] = []
        self.errors: list[str] = []

    def stage_finished(self, application: str, stage: str, seconds: float) -> None:
        """Keep it."""
        self.stages.append((stage, round(seconds, 3)))

    def error(self, application: str, code: str) -> None:
        """Keep it."""
        self.errors.append(code)


@attrs.define(eq=False)
class Caller:
    """One client of a booth, and the turns that answer it: each says `reply`, in pieces, and is interrupted by the next."""

    reply: Sequence[str] = ("Claro que sí. ", "¿A qué dirección va?")
    thinking: float = 0.0
    """Seconds before the answer begins."""
    refuses: bool = False
    """Whether no turn may start."""
    crashes: bool = False
    """Whether starting one is a bug."""
    events: list[Event] = attrs.field(factory=list)
    times: list[tuple[float, Event]] = attrs.field(factory=list)
    turns: list[str] = attrs.field(factory=list)
    """How each ended."""
    errors: list[SpeechError] = attrs.field(factory=list)
    _scope: trio.CancelScope = attrs.field(factory=trio.CancelScope)
    _nursery: trio.Nursery | None = None
    booth: VoiceBooth = attrs.field(init=False)

    def told(self, event: Event) -> None:
        """The client gets an event."""
        self.events.append(event)
        self.times.append((trio.current_time(), event))

    def of(self, kind: type[Event]) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def answer(self, utterance: Utterance, thread: str | None) -> bool:
        """Start a turn that answers an utterance."""
        if self.crashes:
            raise KeyError("scripted")
        if self.refuses:
            return False
        self.start(utterance.listen, self.booth.speaker(utterance))
        return True

    def type(self, text: str) -> None:
        """Start a turn that answers typed words."""

        async def listen(partial: object) -> str:
            return text

        self.booth.hush()
        self.start(listen, self.booth.speaker())

    def start(self, listen: Callable[..., object], speaker: Speaker | None) -> None:
        """Start a turn, after the one that is running was interrupted."""
        assert self._nursery is not None
        self._scope.cancel()
        self._scope = trio.CancelScope()
        self._nursery.start_soon(self._turn, listen, speaker, self._scope)

    async def _turn(self, listen: Callable[..., object], speaker: Speaker | None, scope: trio.CancelScope) -> None:
        async def partial(text: str) -> None:
            self.told(SttChunk(text=text, ts=0))

        async def send(event: Event) -> None:
            await trio.lowlevel.checkpoint()
            self.told(event)

        speaking = None
        try:
            with scope:
                text = await listen(partial)  # type: ignore[misc]  # it is async
                self.told(SttOutput(text=str(text), ts=0))
                async with AsyncExitStack() as stack:
                    if speaker is not None:
                        speaking = await stack.enter_async_context(speaker.open_speaking(send))
                    await trio.sleep(self.thinking)
                    for piece in self.reply:
                        if speaking is not None:
                            await speaking.say(piece)
                    if speaking is not None:
                        await speaking.finish()
                self.turns.append("finished")
        except SpeechError as error:
            self.errors.append(error)
            self.turns.append("failed")
        if scope.cancelled_caught:
            heard = speaking.heard if speaking is not None else ""
            self.told(Interrupted(agent="RECEPCIONISTA", heard=heard, ts=0))
            self.turns.append("interrupted")

    async def speak(self, seconds: float, frame: bytes = VOICE) -> None:
        """Send audio as it is spoken."""
        for _ in range(round(seconds / FRAME_SECONDS)):
            self.booth.hear(frame)
            await trio.sleep(FRAME_SECONDS)

    async def be_quiet(self, seconds: float) -> None:
        """Send silence."""
        await self.speak(seconds, QUIET)


@attrs.define(eq=False)
class Studio:
    """What booths are made of."""

    folder: Path
    telemetry: Measured = attrs.field(factory=Measured)
    supervisor: SupervisorRef | None = None
    nursery: trio.Nursery | None = None
    recordings: Recordings | None = None
    callers: int = 0

    def call(
        self,
        *,
        stt: SpeechToText | None = None,
        tts: TextToSpeech | None = None,
        settings: VoiceSettings | None = None,
        **changes: object,
    ) -> Caller:
        """Connect a caller."""
        settings = settings or VoiceSettings()
        self.callers += 1
        recordings = Recordings(self.folder, settings, lambda: NOW)
        self.recordings = recordings
        assert self.supervisor is not None
        supervisor = self.supervisor
        services = VoiceServices(
            stt=stt,
            tts=tts,
            settings=settings,
            decoders=DecoderPool(),
            recordings=recordings,
            telemetry=self.telemetry,
            supervisor=lambda: supervisor,
            detector=LoudDetector,
        )
        caller = Caller(**changes)  # type: ignore[arg-type]  # of the test's choice
        caller._nursery = self.nursery
        caller.booth = VoiceBooth(
            services,
            Client(
                name=f"caller-{self.callers}",
                reply=caller.told,
                answer=caller.answer,
                thread=lambda: "thread",
                now_ms=lambda: round(trio.current_time() * 1000),
            ),
        )
        return caller


@pytest.fixture
def open_studio(tmp_path: Path) -> Callable[[], AbstractAsyncContextManager[Studio]]:
    """Opens what booths need; tests take the virtual clock besides."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Studio]:
        studio = Studio(folder=tmp_path)
        async with trio.open_nursery() as nursery, open_system("test") as system:
            studio.nursery = nursery
            studio.supervisor = await system.start_supervisor(
                ChildSpec(name="ears", start=DynamicSupervisor(max_children=100))
            )
            yield studio
            nursery.cancel_scope.cancel()

    return opened


def audio_seconds(caller: Caller) -> float:
    """How much speech the client got."""
    return sum(len(event.audio) * 3 // 4 for event in caller.events if isinstance(event, TtsChunk)) / 48_000


__all__ = ["QUIET", "VOICE", "Caller", "ScriptedSpeechToText", "ScriptedTextToSpeech", "Studio", "audio_seconds"]
