"""Test kit for users of smarthealth: a scripted model server and fakes for ports."""

from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.conformance import check_chat_model, check_embedder
from smarthealth.testing.embedder import HashedWordsEmbedder
from smarthealth.testing.golden import check_golden, write_golden
from smarthealth.testing.provider import ReceivedRequest, ScriptedModelServer, open_model_server
from smarthealth.testing.script import Ending, Refusal, Reply, echo
from smarthealth.testing.speech import Heard, Said, ScriptedSpeechToText, ScriptedTextToSpeech
from smarthealth.testing.speech_conformance import check_speech_to_text, check_text_to_speech

__all__ = [
    "Ending",
    "HashedWordsEmbedder",
    "Heard",
    "ReceivedRequest",
    "Refusal",
    "Reply",
    "Said",
    "ScriptedChatModel",
    "ScriptedModelServer",
    "ScriptedSpeechToText",
    "ScriptedTextToSpeech",
    "check_chat_model",
    "check_embedder",
    "check_golden",
    "check_speech_to_text",
    "check_text_to_speech",
    "echo",
    "open_model_server",
    "write_golden",
]
