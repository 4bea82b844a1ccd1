import base64
import json

import numpy as np
import pytest

from smarthealth.llm.port import ChatMessage, ChatRequest, Tool, ToolCall
from smarthealth.testing.completions import (
    chunk_event,
    completion_body,
    deltas,
    embeddings_body,
    error_body,
    last_events,
    read_body,
    read_chat_request,
)
from smarthealth.testing.embedder import hashed_vector
from smarthealth.testing.script import Ending, Reply

CALL = ToolCall(id="c", name="f", arguments='{"a":1}')
REQUEST = ChatRequest(messages=(ChatMessage(role="user", content="uno dos"),))


@pytest.mark.parametrize(
    ("body", "value"), [(b'{"a": 1}', {"a": 1}), (b"", {}), (b"{", {}), (b"[1]", {}), (b"\xff", {})]
)
def test_a_body_is_an_object_or_nothing(body: bytes, value: object) -> None:
    """A request that cannot be read is one without fields."""
    assert read_body(body) == value


def test_a_request_is_read_in_the_terms_of_the_port() -> None:
    """Tests compare what was asked with what they meant to ask."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    body = {
        "messages": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": "r", "tool_call_id": "c"},
        ],
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "max_completion_tokens": 9,
    }
    assert read_chat_request(body) == ChatRequest(
        messages=(
            ChatMessage(role="user", content="q"),
            ChatMessage(role="assistant", content="", tool_calls=(CALL,)),
            ChatMessage(role="tool", content="r", tool_call_id="c"),
        ),
        tools=(Tool(name="f", description="", parameters={}),),
        temperature=1.0,
        max_output_tokens=9,
    )
    assert read_chat_request({}) == ChatRequest(messages=(), temperature=1.0, max_output_tokens=1024)


def test_a_whole_answer_has_text_calls_and_usage() -> None:
    """As without `stream`."""
    body = completion_body({"model": "m"}, Reply(text="uno dos"), REQUEST)
    assert body["model"] == "m"
    assert body["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": "uno dos"}, "finish_reason": "stop"}
    ]
    assert body["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}
    body = completion_body({}, Reply(tool_calls=(CALL,)), REQUEST)
    assert json.dumps(body).count('"arguments": "{\\"a\\":1}"') == 1


def test_deltas_are_tokens_and_fragments_of_calls() -> None:
    """A call opens with its id and name, and its arguments come in two halves."""
    assert deltas(Reply(text="uno dos", tool_calls=(CALL,))) == [
        {"content": "uno "},
        {"content": "dos"},
        {
            "tool_calls": [
                {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": ""}},
            ]
        },
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"a'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '":1}'}}]},
    ]


def test_events_are_json() -> None:
    """Chunks and errors."""
    chunk = json.loads(chunk_event("m", {"content": "a"}, "stop"))
    assert chunk["choices"] == [{"index": 0, "delta": {"content": "a"}, "logprobs": None, "finish_reason": "stop"}]
    assert error_body("c", "p") == {"error": {"message": "scripted", "type": "c", "param": "p", "code": "c"}}


def test_a_stream_ends_as_its_script_says() -> None:
    """With reason, usage if asked for and [DONE], or with nonsense, an error or nothing."""
    *_, usage, done = last_events("m", Reply(text="uno"), REQUEST, with_usage=True)
    assert json.loads(usage)["usage"]["total_tokens"] == 3
    assert done == b"[DONE]"
    assert len(last_events("m", Reply(text="uno"), REQUEST, with_usage=False)) == 2
    assert last_events("m", Reply(ending=Ending.MALFORMED), REQUEST, with_usage=True) == [b'{"choices": [']
    (error,) = last_events("m", Reply(ending=Ending.ERROR), REQUEST, with_usage=True)
    assert json.loads(error) == error_body("server_error")
    assert last_events("m", Reply(ending=Ending.END), REQUEST, with_usage=True) == []


def test_vectors_come_as_numbers_or_base64() -> None:
    """Of the length that the request asks for, else of the server's."""
    body = embeddings_body({"input": "a", "model": "m"}, 4)
    assert body["data"] == [{"object": "embedding", "index": 0, "embedding": hashed_vector("a", 4).tolist()}]
    data = embeddings_body({"input": ["a", "b"], "dimensions": 8, "encoding_format": "base64"}, 4)["data"]
    assert isinstance(data, list)
    assert np.array_equal(np.frombuffer(base64.b64decode(data[1]["embedding"]), "<f4"), hashed_vector("b", 8))
    assert embeddings_body({}, 4)["data"] == []
