"""The messages of the taxi protocol (docs/reference/protocol-taxi.md), and its codec."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import attrs
from msgspec import UNSET, UnsetType

from smarthealth.speech.ports import HEARING_RATE_HZ
from smarthealth.wire.codec import Codec
from smarthealth.wire.fields import between, length

LONGEST_TEXT: Final = 2000
"""Characters that a person may say at once: ten minutes of speech."""
LONGEST_THREAD_ID: Final = 128
"""Characters."""

LONGEST_PLAYBACK_MS: Final = 24 * 3600 * 1000
LONGEST_VOICE: Final = 64
"""Characters."""

AudioEncoding = Literal["pcm_s16le", "webm_opus", "ogg_opus"]
AgentName = Literal["RECEPCIONISTA", "NAVEGANTE", "OPERADOR", "CONFIRMADOR"]
Level = Literal["info", "warning", "error"]


@attrs.frozen(kw_only=True)
class UserInput:
    """What a person says, typed."""

    text: str = attrs.field(validator=length(1, LONGEST_TEXT))
    thread_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_THREAD_ID))


@attrs.frozen(kw_only=True)
class Ping:
    """Asks for a pong."""


@attrs.frozen(kw_only=True)
class Cancel:
    """Stops the answer of a thread, by default the connection's own."""

    thread_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_THREAD_ID))


@attrs.frozen(kw_only=True)
class AudioStart:
    """Speech follows in binary frames."""

    sample_rate: int = HEARING_RATE_HZ
    encoding: AudioEncoding = "pcm_s16le"
    mode: Literal["push", "open"] = "push"
    """`push`: what comes until `audio_end` is one utterance. `open`: the microphone stays open, and pauses end utterances."""
    thread_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_THREAD_ID))
    language: Literal["es", "en"] = "es"
    voice: str | None = attrs.field(default=None, validator=length(1, LONGEST_VOICE))
    """The provider's name of the voice that answers."""
    speak: bool = True
    """Whether the answers are spoken."""
    record: bool = False
    """The person agrees that this thread is recorded."""


@attrs.frozen(kw_only=True)
class AudioEnd:
    """No more speech follows."""


@attrs.frozen(kw_only=True)
class Playback:
    """How much of an answer's speech was played so far."""

    played_ms: int = attrs.field(validator=between(0, LONGEST_PLAYBACK_MS))
    speech: int | None = None
    """The number that its chunks have, by default that of the last one."""


@attrs.frozen(kw_only=True)
class Speech:
    """Has answers spoken, or not, typed ones too."""

    enabled: bool
    language: Literal["es", "en"] = "es"
    voice: str | None = attrs.field(default=None, validator=length(1, LONGEST_VOICE))


Command = UserInput | Ping | Cancel | AudioStart | AudioEnd | Playback | Speech


@attrs.frozen(kw_only=True)
class SystemMessage:
    """What the system says of itself; a level of warning or error refuses a message."""

    message: str
    level: Level
    ts: int
    thread_id: str | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class SttChunk:
    """What was understood so far, from the beginning."""

    text: str
    ts: int


@attrs.frozen(kw_only=True)
class SttOutput:
    """What the person said."""

    text: str
    ts: int


@attrs.frozen(kw_only=True)
class AgentChunk:
    """The next piece of an agent's answer."""

    text: str
    agent: AgentName
    ts: int


@attrs.frozen(kw_only=True)
class ToolCallSent:
    """An agent calls a tool; its result follows."""

    toolCallId: str  # the protocol's spelling
    name: str
    args: Mapping[str, object]
    ts: int


@attrs.frozen(kw_only=True)
class ToolResultSent:
    """What a tool said."""

    toolCallId: str  # the protocol's spelling
    result: str
    ts: int


@attrs.frozen(kw_only=True)
class AgentEnd:
    """An agent has said everything."""

    agent: AgentName
    ts: int


@attrs.frozen(kw_only=True)
class AgentError:
    """The answer failed; the last message of its turn."""

    error: str
    ts: int


@attrs.frozen(kw_only=True)
class TtsChunk:
    """The next piece of speech."""

    audio: str
    """PCM of 16-bit little-endian samples, mono, in base64."""
    sample_rate: int
    ts: int
    speech: int | UnsetType = UNSET
    """Counts the spoken answers of the connection, from 1."""


@attrs.frozen(kw_only=True)
class TtsEnd:
    """All of the answer's speech is out."""

    ts: int
    speech: int | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class SpeechPaused:
    """Somebody speaks while the agent does: stop playing, and keep what is not played."""

    speech: int
    ts: int


@attrs.frozen(kw_only=True)
class SpeechResumed:
    """It was a cough: go on playing."""

    speech: int
    ts: int


@attrs.frozen(kw_only=True)
class Latency:
    """How long each step took from the end of the person's speech, in milliseconds; sent with the first audio."""

    transcript_ms: int
    """To the final transcript."""
    first_token_ms: int
    """To the first words of the answer."""
    first_audio_ms: int
    """To the first of its speech."""
    ts: int


@attrs.frozen(kw_only=True)
class Interrupted:
    """The person spoke while the agent did; the last message of its turn."""

    agent: AgentName
    heard: str
    """What had reached the person by then, and all that the conversation remembers."""
    ts: int


@attrs.frozen(kw_only=True)
class Cancelled:
    """The client cancelled the answer; the last message of its turn."""

    thread_id: str
    ts: int


@attrs.frozen(kw_only=True)
class Pong:
    """Answers a ping."""

    ts: int


Event = (
    SystemMessage
    | SttChunk
    | SttOutput
    | AgentChunk
    | ToolCallSent
    | ToolResultSent
    | AgentEnd
    | AgentError
    | TtsChunk
    | TtsEnd
    | Interrupted
    | Cancelled
    | Pong
    | SpeechPaused
    | SpeechResumed
    | Latency
)

COMMANDS: Final[Mapping[str, type[Command]]] = {
    "user_input": UserInput,
    "ping": Ping,
    "cancel": Cancel,
    "audio_start": AudioStart,
    "audio_end": AudioEnd,
    "playback": Playback,
    "speech": Speech,
}
EVENTS: Final[Mapping[str, type[Event]]] = {
    "system_message": SystemMessage,
    "stt_chunk": SttChunk,
    "stt_output": SttOutput,
    "agent_chunk": AgentChunk,
    "tool_call": ToolCallSent,
    "tool_result": ToolResultSent,
    "agent_end": AgentEnd,
    "agent_error": AgentError,
    "tts_chunk": TtsChunk,
    "tts_end": TtsEnd,
    "interrupted": Interrupted,
    "cancelled": Cancelled,
    "pong": Pong,
    "speech_paused": SpeechPaused,
    "speech_resumed": SpeechResumed,
    "latency": Latency,
}

CODEC: Final[Codec[Command, Event]] = Codec(commands=COMMANDS, events=EVENTS)


def milliseconds(moment: datetime) -> int:
    """A moment as the protocol's `ts`: whole milliseconds since the epoch."""
    return round(moment.timestamp() * 1000)


def merge(first: Event, second: Event) -> Event | None:
    """Join two adjacent pieces of one agent's answer; None when they are not that."""
    if isinstance(first, AgentChunk) and isinstance(second, AgentChunk) and first.agent == second.agent:
        return attrs.evolve(first, text=first.text + second.text)
    return None
