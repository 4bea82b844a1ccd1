"""The messages of the taxi protocol."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from hypothesis import given

from smarthealth.apps.taxi import wire
from smarthealth.apps.taxi.wire import CODEC, Event
from smarthealth.testing.fuzzing import broken_texts
from smarthealth.testing.golden import check_golden
from smarthealth.wire.errors import WireError

GOLDEN = Path(__file__).parent / "golden"
TS = 1234567890
EVENTS: dict[str, Event] = {
    "system_message": wire.SystemMessage(message="Procesando mensaje en thread abc123", level="info", ts=TS),
    "system_message_thread": wire.SystemMessage(message="Conectado", level="info", ts=TS, thread_id="abc123"),
    "stt_chunk": wire.SttChunk(text="Necesito un", ts=TS),
    "stt_output": wire.SttOutput(text="Necesito un taxi", ts=TS),
    "agent_chunk": wire.AgentChunk(text="¡Hola", agent="RECEPCIONISTA", ts=TS),
    "tool_call": wire.ToolCallSent(toolCallId="call_abc123", name="TransferToNavegante", args={}, ts=TS),
    "tool_result": wire.ToolResultSent(toolCallId="call_abc123", result="Transfer successful", ts=TS),
    "agent_end": wire.AgentEnd(agent="RECEPCIONISTA", ts=TS),
    "agent_error": wire.AgentError(error="Error message", ts=TS),
    "tts_chunk": wire.TtsChunk(audio="AAAA", sample_rate=24000, ts=TS),
    "tts_end": wire.TtsEnd(ts=TS),
    "interrupted": wire.Interrupted(agent="OPERADOR", heard="¡Hola", ts=TS),
    "cancelled": wire.Cancelled(thread_id="abc123", ts=TS),
    "pong": wire.Pong(ts=TS),
    "speech_paused": wire.SpeechPaused(speech=1, ts=TS),
    "speech_resumed": wire.SpeechResumed(speech=1, ts=TS),
    "latency": wire.Latency(transcript_ms=1, first_token_ms=2, first_audio_ms=3, ts=TS),
}
COMMANDS: list[dict[str, object]] = [
    {"type": "user_input", "text": "Necesito un taxi", "thread_id": "uuid-opcional"},
    {"type": "ping"},
    {"type": "cancel", "thread_id": "t"},
    {"type": "audio_start", "sample_rate": 16000, "encoding": "pcm_s16le"},
    {"type": "audio_end"},
    {"type": "playback", "played_ms": 500},
    {"type": "speech", "enabled": True},
]


def test_frames() -> None:
    """As the document prints them."""
    check_golden(GOLDEN, {name: CODEC.encode(event) for name, event in EVENTS.items()})


def test_every_event_has_a_frame() -> None:
    """So that none changes unseen."""
    assert {type(event) for event in EVENTS.values()} == set(wire.EVENTS.values())


@pytest.mark.parametrize("command", COMMANDS, ids=[str(command["type"]) for command in COMMANDS])
def test_commands(command: dict[str, object]) -> None:
    """Are read with their fields; null is absent."""
    read = CODEC.decode(json.dumps({**command, **({"thread_id": None} if command["type"] == "user_input" else {})}))
    assert type(read) is wire.COMMANDS[str(command["type"])]
    for name, value in command.items():
        if name not in ("type", "thread_id"):
            assert getattr(read, name) == value


@given(broken_texts([json.dumps(command) for command in COMMANDS]))
def test_anything_else_is_refused(text: str) -> None:
    """As a wire error, and as nothing else."""
    with contextlib.suppress(WireError):
        CODEC.decode(text)


def test_time_is_whole_milliseconds() -> None:
    """Since the epoch."""
    assert wire.milliseconds(datetime(1970, 1, 1, 0, 0, 1, 234567, tzinfo=UTC)) == 1235


def test_only_pieces_of_one_agent_are_joined() -> None:
    """The first one's time stays."""
    first = wire.AgentChunk(text="a", agent="OPERADOR", ts=1)
    assert wire.merge(first, wire.AgentChunk(text="b", agent="OPERADOR", ts=2)) == attrs.evolve(first, text="ab")
    assert wire.merge(first, wire.AgentChunk(text="b", agent="NAVEGANTE", ts=2)) is None
    assert wire.merge(first, wire.Pong(ts=1)) is None
    assert wire.merge(wire.Pong(ts=1), first) is None
