"""Test kit for users of smarthealth: a scripted model server and fakes for ports."""

from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.conformance import check_chat_model, check_embedder
from smarthealth.testing.embedder import HashedWordsEmbedder
from smarthealth.testing.golden import check_golden, write_golden
from smarthealth.testing.provider import ReceivedRequest, ScriptedModelServer, open_model_server
from smarthealth.testing.script import Ending, Refusal, Reply, echo

__all__ = [
    "Ending",
    "HashedWordsEmbedder",
    "ReceivedRequest",
    "Refusal",
    "Reply",
    "ScriptedChatModel",
    "ScriptedModelServer",
    "check_chat_model",
    "check_embedder",
    "check_golden",
    "echo",
    "open_model_server",
    "write_golden",
]
