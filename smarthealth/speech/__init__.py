"""Speech recognition and speech synthesis behind ports."""

from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from smarthealth.speech.ports import (
    FinalTranscript,
    PartialTranscript,
    SpeechLanguage,
    SpeechToText,
    TextToSpeech,
    TranscriptEvent,
    Transcription,
    Voice,
)

__all__ = [
    "FinalTranscript",
    "PartialTranscript",
    "SpeechCut",
    "SpeechError",
    "SpeechLanguage",
    "SpeechProtocolError",
    "SpeechRefused",
    "SpeechToText",
    "SpeechUnavailable",
    "TextToSpeech",
    "TranscriptEvent",
    "Transcription",
    "Voice",
]
