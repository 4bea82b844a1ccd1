import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.llm.errors import ModelError, ModelProtocolError, ModelRefused, ModelStreamCut, ModelUnavailable
from smarthealth.llm.port import ChatEvent, Finished, TextDelta, ToolCallDelta, Usage
from smarthealth.llm.streaming import ChatStreamReader, SseParser

LIMIT = 10_000


def _events(*chunks: bytes, limit: int = LIMIT) -> list[bytes]:
    """The data of the events, `b"refused"` at the end where the stream was."""
    parser = SseParser(limit)
    events: list[bytes] = []
    try:
        for chunk in chunks:
            events.extend(parser.feed(chunk))
    except ModelProtocolError:
        events.append(b"refused")
    return events


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", [b"a"]),
        (b"data:a\n\ndata:  b\n\n", [b"a", b" b"]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [b"a", b"b", b"c"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b"data\n\n", [b""]),
        (b": comment\nevent: x\nid: 3\nretry: 5\ndata: a\nother: b\n\n", [b"a"]),
        (b"event: x\n\n\n\n", []),
        (b"\xef\xbb\xbfdata: a\n\ndata: \xef\xbb\xbf\n\n", [b"a", b"\xef\xbb\xbf"]),
        (b"data: unfinished\n", []),
        (b"\n\xef\xbb\xbfdata: a\n\n", []),
        (b"data: a: b\n\n", [b"a: b"]),
        (b" data: a\n\n", []),
        (b"", []),
    ],
)
def test_server_sent_events_are_read_as_specified(stream: bytes, events: list[bytes]) -> None:
    """Lines end three ways, comments and other fields are skipped, and an event without its empty line is none."""
    assert _events(stream) == events


def _split(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[start:end] for start, end in pairwise(edges)]


lines = st.sampled_from(
    [b"data: a", b"data:", b"data: b\xc3\xb1", b"", b"", b": x", b"event: y", b"\xef\xbb\xbfdata: z"]
)
streams = st.lists(st.tuples(lines, st.sampled_from([b"\n", b"\r", b"\r\n"])), max_size=12).map(
    lambda parts: b"".join(line + end for line, end in parts)
)
cuts = st.lists(st.integers(0, 1000), max_size=12)


@given(streams, cuts, st.sampled_from([7, 8, 12, LIMIT]))
def test_events_do_not_depend_on_how_bytes_arrive(stream: bytes, where: list[int], limit: int) -> None:
    """However a stream is split, in the middle of CRLF or of a character too, the events are the same, and their limit."""
    assert _events(*_split(stream, where), limit=limit) == _events(stream, limit=limit)


def test_lines_and_events_are_bounded() -> None:
    """A provider that never ends a line, or an event, is refused after the limit and not at the end of memory."""
    parser = SseParser(100)
    assert list(parser.feed(b"data: " + b"a" * 60)) == []
    with pytest.raises(ModelProtocolError, match="line"):
        list(parser.feed(b"a" * 60))
    with pytest.raises(ModelProtocolError, match="line"):
        list(SseParser(100).feed(b"data: " + b"a" * 100 + b"\n"))
    parser = SseParser(100)
    with pytest.raises(ModelProtocolError, match="event"):
        list(parser.feed((b"data: " + b"a" * 60 + b"\n") * 2))


def test_the_limit_counts_lines_and_events_anew() -> None:
    """A long stream of short events is no long event."""
    parser = SseParser(20)
    assert len(list(parser.feed(b"data: 0123456789\n\n" * 100))) == 100


def test_single_bytes_are_read_in_linear_time() -> None:
    """A long line that comes byte by byte is joined once, not at each byte."""
    parser = SseParser(10**6)
    for _ in range(200_000):
        list(parser.feed(b"a"))
    assert list(parser.feed(b"\ndata: b\n\n")) == [b"b"]


def _frame(value: object) -> bytes:
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def _delta(reason: str | None = None, **delta: Any) -> bytes:
    return _frame({"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], "usage": None})


DONE = _frame(b"[DONE]")
ROLE = _delta(role="assistant", content="")


def _read(*chunks: bytes) -> tuple[list[ChatEvent], ModelError | None]:
    """The events, and the error at their end."""
    reader = ChatStreamReader(LIMIT)
    events: list[ChatEvent] = []
    try:
        for chunk in chunks:
            events.extend(reader.feed(chunk))
        if not reader.done:
            events.append(reader.end())
    except ModelError as error:
        # list.extend keeps what came before the error.
        return events, error
    return events, None


def test_text_is_read_up_to_done() -> None:
    """Text comes piece by piece, and the finish reason last, with the usage that comes between it and the end."""
    stream = (
        ROLE
        + _delta(content="El ")
        + _delta(content=None)
        + _delta(refusal="no")
        + _delta("stop")
        + _frame({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}})
        + DONE
        + _delta(content="after the end")
    )
    assert _read(stream) == (
        [
            TextDelta(text="El "),
            TextDelta(text="no"),
            Finished(reason="stop", usage=Usage(prompt_tokens=7, completion_tokens=2)),
        ],
        None,
    )


def test_tool_calls_are_read_in_fragments() -> None:
    """Fragments keep their call's index; a provider that sends whole calls without one has them counted."""
    stream = (
        _delta(tool_calls=[{"index": 1, "id": "c1", "function": {"name": "f", "arguments": ""}}])
        + _delta(tool_calls=[{"index": 1, "id": "", "function": {"name": None, "arguments": '{"a'}}])
        + _delta(tool_calls=[{"id": "c2", "function": {"name": "g", "arguments": "{}"}}, {"id": "c3"}])
        + _delta("tool_calls")
        + DONE
    )
    assert _read(stream)[0] == [
        ToolCallDelta(index=1, id="c1", name="f"),
        ToolCallDelta(index=1, arguments='{"a'),
        ToolCallDelta(index=0, id="c2", name="g", arguments="{}"),
        ToolCallDelta(index=1, id="c3"),
        Finished(reason="tool_calls"),
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [("length", "length"), ("content_filter", "content_filter"), ("function_call", "tool_calls"), ("eos", "stop")],
)
def test_finish_reasons_are_those_of_the_port(said: str, reason: str) -> None:
    """A provider's own reasons mean that it was done."""
    events, error = _read(_delta(said) + DONE)
    assert (events, error) == ([Finished(reason=reason)], None)  # type: ignore[arg-type]  # from a table of texts


def test_other_choices_and_empty_events_are_skipped() -> None:
    """Only the first choice is the answer; keep-alives and unknown fields are nothing."""
    stream = (
        b": keep-alive\n\ndata:\n\n"
        + _frame({"prompt_filter_results": [{"a": [1, {"b": None}]}], "choices": None, "error": None})
        + _frame({"choices": [{"index": 1, "delta": {"content": "other"}}, {"index": 0}]})
        + _delta("stop", content="this")
        + DONE
    )
    assert _read(stream) == ([TextDelta(text="this"), Finished(reason="stop")], None)


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        ROLE,
        _delta(content="El "),
        DONE,
        b'data: {"choices": [',
    ],
)
def test_a_stream_that_ends_before_its_end_is_cut(stream: bytes) -> None:
    """Without a finish reason or [DONE] an answer may lack its end, so it is no answer."""
    _, error = _read(stream)
    assert isinstance(error, ModelStreamCut)


@pytest.mark.parametrize("stream", [_delta(content="El ") + _delta("stop"), _delta(content="El ") + DONE])
def test_either_sign_of_the_end_is_enough(stream: bytes) -> None:
    """Not every compatible provider sends both a finish reason and [DONE]."""
    events, error = _read(stream)
    assert events == [TextDelta(text="El "), Finished(reason="stop", usage=None)]
    assert error is None


@pytest.mark.parametrize(
    "data",
    [
        b'{"choices": [',
        b"not json",
        b"[]",
        b"null",
        b'{"choices": {}}',
        b'{"choices": [{"delta": {"content": 3}}]}',
        b'{"choices": [{"delta": {"content": "\\ud83d"}}]}',
        b'{"choices": [{"delta": {"content": "\xff"}}]}',
        b'{"usage": {"prompt_tokens": "7"}}',
        b'{"x": ' + b"[" * 9_000,
    ],
)
def test_an_event_that_cannot_be_read_is_a_protocol_error(data: bytes) -> None:
    """What came before it has been given out; its own words go nowhere."""
    events, error = _read(_delta(content="El ") + _frame(data) + DONE)
    assert events == [TextDelta(text="El ")]
    assert isinstance(error, ModelProtocolError)
    assert error.__cause__ is None
    assert error.__suppress_context__


@pytest.mark.parametrize(
    ("value", "kind", "code"),
    [
        ({"message": "m", "code": "server_error"}, ModelUnavailable, "server_error"),
        ({"message": "m", "type": "overloaded"}, ModelUnavailable, "overloaded"),
        ({"message": "m", "code": 503}, ModelUnavailable, "503"),
        ("it broke", ModelUnavailable, None),
        ({}, ModelUnavailable, None),
        (["odd"], ModelUnavailable, None),
        ({"code": "insufficient_quota"}, ModelRefused, "insufficient_quota"),
        ({"code": "context_length_exceeded"}, ModelRefused, "context_length_exceeded"),
        ({"type": "invalid_request_error"}, ModelRefused, "invalid_request_error"),
    ],
)
def test_an_error_in_the_stream_before_the_answer_is_an_outage_or_a_refusal(
    value: object, kind: type[ModelError], code: str | None
) -> None:
    """The role alone is no answer yet; whether asking again helps is told by the code."""
    events, error = _read(ROLE + _frame({"error": value}))
    assert events == []
    assert type(error) is kind
    assert error.code == code


@pytest.mark.parametrize("begun", [_delta(content="El "), _delta(tool_calls=[{"index": 0, "id": "c"}])])
def test_an_error_in_mid_answer_cuts_it(begun: bytes) -> None:
    """Whatever the code says, half an answer is out."""
    events, error = _read(begun + _frame({"error": {"code": "server_error"}}))
    assert len(events) == 1
    assert isinstance(error, ModelStreamCut)
    assert error.code == "server_error"


STREAM_PARTS = [
    ROLE,
    _delta(content="niño 😀 "),
    _delta(content="b"),
    _delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]),
    _delta("stop"),
    _frame({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}),
    DONE,
    _frame(b"{"),
    _frame({"error": {"code": "server_error"}}),
    b"\r\n",
]


@given(st.lists(st.sampled_from(STREAM_PARTS), max_size=8), cuts)
def test_an_answer_does_not_depend_on_how_bytes_arrive(parts: list[bytes], where: list[int]) -> None:
    """However a stream is split, the same events come before the same end."""
    stream = b"".join(parts)
    events, error = _read(stream)
    again, other = _read(*_split(stream, where))
    assert again == events
    assert type(other) is type(error)


@given(st.lists(st.binary(max_size=40) | st.sampled_from(STREAM_PARTS), max_size=8))
def test_any_bytes_are_read_or_refused(chunks: list[bytes]) -> None:
    """Whatever a provider sends, the reader gives events or raises a ModelError, and nothing else."""
    _read(*chunks)
