"""Bodies of requests and answers of OpenAI's API, as a scripted provider reads and writes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from smarthealth.llm.port import ChatMessage, ChatRequest, Tool, ToolCall

from .embedder import hashed_vector
from .script import Ending, Reply

MODELS: Final = {"object": "list", "data": [{"id": "scripted", "object": "model"}]}

Body = Mapping[str, Any]

_ID: Final = "chatcmpl-scripted"
_encode = msgspec.json.Encoder().encode


def read_body(body: bytes) -> Body:
    """The JSON object in a request's body, empty when there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def read_chat_request(body: Body) -> ChatRequest:
    """A chat request in the port's terms."""
    return ChatRequest(
        messages=tuple(_message(message) for message in body.get("messages", ())),
        tools=tuple(_tool(tool["function"]) for tool in body.get("tools", ())),
        temperature=body.get("temperature", 1.0),
        max_output_tokens=body.get("max_tokens", body.get("max_completion_tokens", 1024)),
    )


def _message(message: Body) -> ChatMessage:
    calls = message.get("tool_calls", ())
    return ChatMessage(
        role=message["role"],
        content=message.get("content") or "",
        tool_calls=tuple(ToolCall(id=call["id"], **call["function"]) for call in calls),
        tool_call_id=message.get("tool_call_id"),
    )


def _tool(function: Body) -> Tool:
    return Tool(
        name=function["name"], description=function.get("description", ""), parameters=function.get("parameters", {})
    )


def error_body(code: str, param: str | None = None) -> dict[str, object]:
    """An error as OpenAI writes it."""
    return {"error": {"message": "scripted", "type": code, "param": param, "code": code}}


def completion_body(body: Body, reply: Reply, request: ChatRequest) -> dict[str, object]:
    """A whole answer at once."""
    message: dict[str, object] = {"role": "assistant", "content": "".join(reply.pieces())}
    if reply.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in reply.tool_calls
        ]
    return {
        "id": _ID,
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", ""),
        "choices": [{"index": 0, "message": message, "finish_reason": reply.reason()}],
        "usage": _usage(reply, request),
    }


def _usage(reply: Reply, request: ChatRequest) -> dict[str, int]:
    used = reply.count(request)
    total = used.prompt_tokens + used.completion_tokens
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": total,
    }


def deltas(reply: Reply) -> list[dict[str, object]]:
    """The deltas of an answer, tool calls in three fragments each."""
    written: list[dict[str, object]] = [{"content": piece} for piece in reply.pieces()]
    for index, call in enumerate(reply.tool_calls):
        half = len(call.arguments) // 2
        opening: dict[str, object] = {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": ""},
        }
        rest: list[dict[str, object]] = [
            {"function": {"arguments": part}} for part in (call.arguments[:half], call.arguments[half:])
        ]
        written.extend({"tool_calls": [{"index": index, **fragment}]} for fragment in (opening, *rest))
    return written


def chunk_event(model: str, delta: Mapping[str, object], reason: str | None = None) -> bytes:
    """One delta; as long as a real one, since what a client's parser costs depends on it."""
    return _encode(
        {
            "id": _ID,
            "object": "chat.completion.chunk",
            "created": 1733653800,
            "model": model,
            "service_tier": "default",
            "system_fingerprint": "fp_scripted",
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}],
            "usage": None,
        }
    )


def last_events(model: str, reply: Reply, request: ChatRequest, *, with_usage: bool) -> list[bytes]:
    """What ends a stream, by its ending."""
    if reply.ending is Ending.MALFORMED:
        return [b'{"choices": [']
    if reply.ending is Ending.ERROR:
        return [_encode(error_body("server_error"))]
    if reply.ending is not Ending.WHOLE:
        return []
    usage = _encode({"id": _ID, "model": model, "choices": [], "usage": _usage(reply, request)})
    return [chunk_event(model, {}, reply.reason()), *([usage] if with_usage else []), b"[DONE]"]


def embeddings_body(body: Body, dimensions: int) -> dict[str, object]:
    """Vectors for the texts of a request."""
    given = body.get("input", [])
    texts = given if isinstance(given, list) else [given]
    vectors = [hashed_vector(text, body.get("dimensions", dimensions)) for text in texts]
    as_base64 = body.get("encoding_format") == "base64"
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": base64.b64encode(vector.tobytes()).decode() if as_base64 else vector.tolist(),
        }
        for index, vector in enumerate(vectors)
    ]
    used = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "model": body.get("model", ""), "data": data, "usage": used}
