"""The dispatcher heard and spoken to over a socket in memory: real turns, agents, tools and desk; scripted speech."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors import ChildSpec, DynamicSupervisor, SupervisorRef, open_system
from smarthealth.apps.taxi.agents.offline import compose
from smarthealth.apps.taxi.application import taxi_application
from smarthealth.apps.taxi.voice.booth import VoiceServices
from smarthealth.apps.taxi.voice.recordings import Recordings
from smarthealth.apps.taxi.voice.settings import VoiceSettings
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.llm.offline import OfflineChatModel
from smarthealth.llm.port import ChatEvent, ChatRequest
from smarthealth.speech.decoding import DecoderPool
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Heard, Said, ScriptedSpeechToText, ScriptedTextToSpeech
from tests.apps.taxi.conftest import NOW, TS, Client, Host, World
from tests.apps.taxi.voice.conftest import QUIET, VOICE, LoudDetector

TALK = ("Hola", "Necesito un taxi", "Calle 72 #43-25", "El Prado", "En efectivo", "No", "Sí, confirmo")


@asynccontextmanager
async def _open_line(
    world: World, folder: Path, stt: ScriptedSpeechToText | None, tts: ScriptedTextToSpeech | None
) -> AsyncIterator[Host]:
    connections = Connections(ConversationSettings(), wall_clock=lambda: 1_000_000 + trio.current_time())
    async with trio.open_nursery() as nursery, open_system("test") as system:
        await system.start_child(ChildSpec(name="desk", start=world.desk.serve))
        ears: SupervisorRef = await system.start_supervisor(
            ChildSpec(name="ears", start=DynamicSupervisor(max_children=100))
        )
        await connections.start(system)
        voice = VoiceServices(
            stt=stt,
            tts=tts,
            settings=VoiceSettings(),
            decoders=DecoderPool(),
            recordings=Recordings(folder, VoiceSettings(), lambda: NOW),
            telemetry=world.telemetry,
            supervisor=lambda: ears,
            detector=LoudDetector,
        )
        yield Host(connections, taxi_application(attrs.evolve(world.services(), voice=voice)), nursery)


async def _speak(client: Client, seconds: float, frame: bytes = VOICE) -> None:
    for _ in range(round(seconds / 0.02)):
        client.socket.say(frame)
        await trio.sleep(0.02)


def _kinds(events: list[dict[str, Any]]) -> list[str]:
    kinds: list[str] = []
    for event in events:
        if kinds[-1:] != [event["type"]]:
            kinds.append(event["type"])
    return kinds


def _is_balanced(events: list[dict[str, Any]]) -> bool:
    calls = [event["toolCallId"] for event in events if event["type"] == "tool_call"]
    results = [event["toolCallId"] for event in events if event["type"] == "tool_result"]
    return sorted(calls) == sorted(results)


async def test_a_taxi_is_ordered_by_voice(world: World, tmp_path: Path, autojump_clock: MockClock) -> None:
    """The document's conversation, spoken: each utterance is transcribed, answered and spoken, and ends in a booking."""
    stt, tts = ScriptedSpeechToText(*[Heard(text=text) for text in TALK]), ScriptedTextToSpeech()
    async with _open_line(world, tmp_path, stt, tts) as host:
        client = host.connect()
        client.say({"type": "audio_start", "sample_rate": 16000, "encoding": "pcm_s16le", "mode": "open"})
        await client.settled()
        for _ in TALK:
            await _speak(client, 1.0)
            await _speak(client, 60.0, QUIET)
        events = await client.settled()
        client.socket.leave()
    assert [event["text"] for event in events if event["type"] == "stt_output"] == list(TALK)
    assert len(world.booked) == 1
    assert "interrupted" not in _kinds(events)
    assert len([event for event in events if event["type"] == "tts_end"]) == len(TALK)
    assert {event["sample_rate"] for event in events if event["type"] == "tts_chunk"} == {24_000}
    assert all(len(base64.b64decode(event["audio"])) % 2 == 0 for event in events if event["type"] == "tts_chunk")
    latencies = [event for event in events if event["type"] == "latency"]
    assert len(latencies) == len(TALK)
    assert all(latency["first_audio_ms"] <= 300 for latency in latencies), "on top of a provider that takes no time"
    assert _is_balanced(events)


@pytest.mark.parametrize("step", range(24))
async def test_a_confirmation_is_interrupted_at_any_moment(
    world: World, tmp_path: Path, autojump_clock: MockClock, step: int
) -> None:
    """Spoken over whenever: the booking is written once or not at all, and the history holds what was heard."""
    world.backend.trouble.delay = 0.5
    stt = ScriptedSpeechToText(otherwise=Heard(text="espere, una pregunta", word_seconds=0.1))
    tts = ScriptedTextToSpeech(lambda text: Said(first_delay=0.1))
    async with _open_line(world, tmp_path, stt, tts) as host:
        client = host.connect()
        for text in TALK[:-1]:
            await client.tell(text, seconds=2.0)
        client.say({"type": "speech", "enabled": True})
        client.say({"type": "audio_start", "mode": "open", "thread_id": "test-123"})
        await client.settled()
        client.say({"type": "user_input", "text": TALK[-1], "thread_id": "test-123"})
        await _speak(client, step * 0.12 + 0.001, QUIET)
        await _speak(client, 0.5)
        await _speak(client, 60.0, QUIET)
        events = await client.settled()
        client.socket.leave()
    assert _is_balanced(events)
    assert len(world.booked) <= 1
    assert len(set(world.backend.keys)) <= 1
    interrupted = [event for event in events if event["type"] == "interrupted"]
    said = "".join(event["text"] for event in events if event["type"] == "agent_chunk")
    kept = [content for role, content in world.threads.said if role == "assistant" and content]
    for event in interrupted:
        assert event["heard"] in said
        assert not event["heard"] or event["heard"] in kept
    chunks = [event["speech"] for event in events if event["type"] == "tts_chunk"]
    assert chunks == sorted(chunks), "nothing of an answer follows the next one's begin"
    assert [one for one in world.threads.said if one[0] == "user"][-1] == ("user", "espere, una pregunta")


@attrs.define(eq=False)
class Pensive:
    """The offline model, which thinks for a while when told so."""

    delay: float = 0.0
    inner: OfflineChatModel = attrs.field(factory=lambda: OfflineChatModel(compose))

    @property
    def name(self) -> str:
        """The offline model's."""
        return self.inner.name

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        """Think, then answer."""
        await trio.sleep(self.delay)
        async with self.inner.open_stream(request) as events:
            yield events


@pytest.mark.parametrize("words", ["", "no, espere"])
async def test_no_tool_begins_while_somebody_speaks(
    world: World, tmp_path: Path, autojump_clock: MockClock, words: str
) -> None:
    """A sound while the model thinks holds the taxi back: for good when it was a word, else until it is over."""
    world.model = model = Pensive()
    stt = ScriptedSpeechToText(Heard(text=words, final_delay=1.0))
    async with _open_line(world, tmp_path, stt, ScriptedTextToSpeech()) as host:
        client = host.connect()
        for text in TALK[:-1]:
            await client.tell(text, seconds=2.0)
        client.say({"type": "speech", "enabled": True})
        client.say({"type": "audio_start", "mode": "open", "thread_id": "test-123"})
        model.delay = 1.0
        client.say({"type": "user_input", "text": TALK[-1], "thread_id": "test-123"})
        await _speak(client, 0.5, QUIET)
        await _speak(client, 0.2)
        await _speak(client, 1.0, QUIET)
        assert not world.backend.keys, "the model has called the tool by now"
        await _speak(client, 60.0, QUIET)
        events = await client.settled()
        client.socket.leave()
    kinds = _kinds(events)
    assert "speech_paused" in kinds
    assert ("interrupted" in kinds) is bool(words)
    assert len(world.booked) == (0 if words else 1)
    assert ("DispatchToBackend" in [event.get("name") for event in events]) is not bool(words)
    assert _is_balanced(events)


@pytest.mark.parametrize(
    "heard",
    [
        Heard(text="necesito un taxi", ending=Ending.HANG),
        Heard(text="necesito un taxi", ending=Ending.CUT),
        Heard(text="necesito un taxi", ending=Ending.ERROR),
        Heard(text="", ending=Ending.CUT),
        Heard(text="", ending=Ending.HANG),
    ],
)
async def test_bad_hearing_never_leaves_a_turn_open(
    world: World, tmp_path: Path, autojump_clock: MockClock, heard: Heard
) -> None:
    """A provider that hangs, cuts or refuses: what it told is answered, or the person is asked to repeat; then all goes on."""
    async with _open_line(world, tmp_path, ScriptedSpeechToText(heard, heard, Heard(text="hola")), None) as host:
        client = host.connect()
        client.say({"type": "audio_start"})
        await _speak(client, 1.0)
        client.say({"type": "audio_end"})
        await trio.sleep(60)
        events = await client.settled()
        assert events[-1]["type"] in {"system_message", "agent_error"}
        typed = await client.tell("Hola")
        assert typed.agent == "RECEPCIONISTA"
        client.socket.leave()


@pytest.mark.parametrize("ending", [Ending.HANG, Ending.CUT, Ending.ERROR])
@pytest.mark.parametrize("after", [0, 1, 5])
async def test_a_bad_voice_leaves_the_text(
    world: World, tmp_path: Path, autojump_clock: MockClock, ending: Ending, after: int
) -> None:
    """The answer goes on as text, a warning tells why it is silent, and the turn ends."""
    tts = ScriptedTextToSpeech(lambda text: Said(ending=ending, after=after))
    async with _open_line(world, tmp_path, None, tts) as host:
        client = host.connect()
        client.say({"type": "speech", "enabled": True})
        answer = await client.tell("Necesito un taxi", seconds=60)
        assert answer.text
        assert answer.events[-1]["type"] == "system_message"
        assert "warning" in {event.get("level") for event in answer.events}
        client.socket.leave()


async def test_a_connection_that_breaks_leaves_nothing(world: World, tmp_path: Path, autojump_clock: MockClock) -> None:
    """In the middle of an utterance and of an answer: no transcription, no voice, no turn is left."""
    stt, tts = (
        ScriptedSpeechToText(otherwise=Heard(text="una frase que no acaba", word_seconds=9)),
        ScriptedTextToSpeech(),
    )
    async with _open_line(world, tmp_path, stt, tts) as host:
        client = host.connect()
        client.say({"type": "audio_start", "mode": "open"})
        await _speak(client, 1.0)
        client.say({"type": "user_input", "text": "Hola"})
        await _speak(client, 0.5)
        client.socket.leave()
        await trio.sleep(10)
        assert (stt.open_now, tts.open_now) == (0, 0)


async def test_fifty_voices_at_once(world: World, tmp_path: Path, autojump_clock: MockClock) -> None:
    """All are heard and answered aloud, and afterwards nothing of them is left open."""
    stt, tts = ScriptedSpeechToText(otherwise=Heard(text="necesito un taxi")), ScriptedTextToSpeech()
    async with _open_line(world, tmp_path, stt, tts) as host:
        clients = [host.connect() for _ in range(50)]
        for client in clients:
            client.say({"type": "audio_start"})
        async with trio.open_nursery() as nursery:
            for client in clients:
                nursery.start_soon(_speak, client, 0.5)
        for client in clients:
            client.say({"type": "audio_end"})
        await trio.sleep(60)
        for client in clients:
            events = [msgspec.json.decode(frame) for frame in client.socket.frames]
            assert [event["text"] for event in events if event["type"] == "stt_output"] == ["necesito un taxi"]
            assert events[-1]["type"] == "system_message"
            assert "tts_end" in _kinds(events)
            client.socket.leave()
        assert (stt.open_now, tts.open_now) == (0, 0)


async def test_without_a_voice_text_works_and_audio_is_refused(
    world: World, tmp_path: Path, autojump_clock: MockClock
) -> None:
    """Kindly, in the protocol's words, binary frames too; the connection stays usable."""
    async with _open_line(world, tmp_path, None, None) as host:
        client = host.connect()
        await client.settled()
        client.say({"type": "audio_start"}, {"type": "speech", "enabled": True}, {"type": "playback", "played_ms": 5})
        client.socket.say(b"xx")
        events = await client.settled()
        assert [event["level"] for event in events] == ["error", "warning", "warning"]
        assert events[0]["ts"] == TS
        assert (await client.tell("Hola")).agent == "RECEPCIONISTA"
        client.socket.leave()
