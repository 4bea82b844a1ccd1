"""Settings of the taxi's voice."""

from __future__ import annotations

import attrs
from attrs.validators import ge, gt, le

from smarthealth.speech.activity import ActivityLimits

DAY = 24 * 3600.0
"""Seconds."""
MIB = 1024 * 1024
"""Bytes."""


@attrs.frozen(kw_only=True)
class VoiceSettings:
    """Durations in seconds."""

    shortest_silence: float = attrs.field(
        default=0.45,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_SHORTEST_SILENCE",
            "help": "seconds of silence that end the turn of somebody who never pauses",
        },
    )
    longest_silence: float = attrs.field(
        default=1.4,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_LONGEST_SILENCE",
            "help": "seconds of silence that end the turn of somebody who pauses a lot",
        },
    )
    longest_utterance: float = attrs.field(
        default=60.0,
        validator=[gt(0), le(600)],
        metadata={"env": "SMARTHEALTH_TAXI_LONGEST_UTTERANCE", "help": "seconds that one may speak in one turn"},
    )
    ahead: float = attrs.field(
        default=5.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_TAXI_AUDIO_AHEAD", "help": "seconds of speech sent before they are played"},
    )
    stt_timeout: float = attrs.field(
        default=8.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_STT_TIMEOUT",
            "help": "seconds for opening a transcription, and from the end of speech to its transcript",
        },
    )
    tts_timeout: float = attrs.field(
        default=8.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_TTS_TIMEOUT",
            "help": "seconds for each next piece of speech; later the answer goes on as text",
        },
    )
    hold: float = attrs.field(
        default=6.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_HOLD",
            "help": "seconds that speech stays paused for somebody of whom no words are heard",
        },
    )
    most_voices: int = attrs.field(
        default=200,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_TAXI_VOICES", "help": "connections that may send audio at once"},
    )
    recordings: bool = attrs.field(
        default=True,
        metadata={
            "env": "SMARTHEALTH_TAXI_RECORDINGS",
            "help": "whether threads are recorded whose people agree to it",
        },
    )
    recording_days: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_TAXI_RECORDING_DAYS", "help": "days after which a recording is deleted"},
    )
    recording_minutes: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_TAXI_RECORDING_MINUTES", "help": "minutes recorded of one thread"},
    )
    recordings_size: int = attrs.field(
        default=2048 * MIB,
        validator=ge(MIB),
        metadata={"env": "SMARTHEALTH_TAXI_RECORDINGS_SIZE", "help": "bytes of all recordings; then none is made"},
    )

    def __attrs_post_init__(self) -> None:
        if self.shortest_silence > self.longest_silence:
            raise ValueError("SMARTHEALTH_TAXI_SHORTEST_SILENCE must not be above SMARTHEALTH_TAXI_LONGEST_SILENCE")

    def activity(self) -> ActivityLimits:
        """The limits of an open microphone."""
        usual = min(max(0.7, self.shortest_silence), self.longest_silence)
        return ActivityLimits(
            shortest_silence=self.shortest_silence,
            usual_silence=usual,
            longest_silence=self.longest_silence,
            longest_utterance=self.longest_utterance,
        )
