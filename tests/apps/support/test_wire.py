"""The messages of the support protocol."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.support.wire import (
    CODEC,
    COMMANDS,
    EVENTS,
    AnswerContext,
    AnswerMetadata,
    AuthFailed,
    AuthSucceeded,
    Complete,
    Event,
    Failed,
    Pong,
    Progress,
    Say,
    Token,
    User,
    merge,
)
from smarthealth.wire.errors import WireError

GOLDEN: dict[str, Event] = {
    '{"type":"auth_success","message":"Authentication successful","user":{"email":"user@example.com","id":"1","name":"User Name"}}': AuthSucceeded(
        message="Authentication successful", user=User(id="1", email="user@example.com", name="User Name")
    ),
    '{"type":"auth_error","message":"Invalid token"}': AuthFailed(message="Invalid token"),
    '{"type":"progress","step":"rag_retrieval","message":"Searching knowledge base..."}': Progress(
        step="rag_retrieval", message="Searching knowledge base..."
    ),
    '{"type":"token","token":"word","partial_response":"a word"}': Token(token="word", partial_response="a word"),
    '{"type":"token","token":"word"}': Token(token="word"),
    '{"type":"complete","response":"Full","session_id":"s","metadata":{"agent":"specs","confidence":0.95,"context":{"citations":[],"sources":["doc1.md"]}}}': Complete(
        response="Full",
        session_id="s",
        metadata=AnswerMetadata(agent="specs", confidence=0.95, context=AnswerContext(sources=("doc1.md",))),
    ),
    '{"type":"error","error":"Error message","code":"PROCESSING_ERROR"}': Failed(
        error="Error message", code="PROCESSING_ERROR"
    ),
    '{"type":"pong"}': Pong(),
}


@pytest.mark.parametrize("frame", GOLDEN)
def test_events_are_as_the_document_has_them(frame: str) -> None:
    """Field by field; fields that are not told are left out."""
    assert json.loads(CODEC.encode(GOLDEN[frame])) == json.loads(frame)


def test_the_printed_messages_are_read() -> None:
    """Null is absent."""
    say = CODEC.decode('{"type": "message", "message": "What?", "session_id": null, "customer_id": "c"}')
    assert say == Say(message="What?", customer_id="c")
    assert COMMANDS.keys() & EVENTS.keys() == {"typing", "read"}


@given(st.text() | st.dictionaries(st.sampled_from(["type", "message", "token", "images"]), st.text()).map(json.dumps))
def test_a_frame_is_read_or_refused(text: str) -> None:
    """Nothing else comes of it."""
    with contextlib.suppress(WireError):
        CODEC.decode(text)


def test_tokens_are_merged() -> None:
    """The later one's answer so far counts; nothing else is joined."""
    first, second = Token(token="a ", partial_response="a "), Token(token="b", partial_response="a b")
    assert merge(first, second) == Token(token="a b", partial_response="a b")
    assert merge(first, Pong()) is None
