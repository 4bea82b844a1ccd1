"""Reads the event stream of a chat completion, bytes in and events out, with no input or output of its own.

Two machines, one on top of the other:

- `SseParser` cuts bytes into server-sent events (WHATWG HTML, 9.2.6): lines end in LF, CR or CRLF, lines of an event's data
  are joined by LF, an empty line ends the event. Of an event only the data is used. Lines and events are bounded.
- `ChatStreamReader` decodes an event's data into what the port calls `ChatEvent`. An answer is whole when a finish reason or
  `[DONE]` has come: not every compatible provider sends both. A stream that ends before either is cut. The usage comes
  between the two, in a chunk of its own, so `Finished` is held back until `[DONE]` or the end.

Only the fields in use are decoded: the provider's chunks are several times longer than the text in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NoReturn

import msgspec

from .errors import ModelError, ModelProtocolError, ModelRefused, ModelStreamCut, ModelUnavailable
from .port import ChatEvent, Finished, FinishReason, TextDelta, ToolCallDelta, Usage

DONE: Final = b"[DONE]"
_END: Final = b"\n\n"
_EVENT: Final = re.compile(rb"data: ([^\r\n]*)\n\n")


class SseParser:
    """Cuts a byte stream into the data of server-sent events.

    Args:
        max_size: Bytes of one line, and of one event's data.
    """

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._pieces: list[bytes] = []
        self._pieces_size = 0
        self._data: list[bytes] = []
        self._data_size = 0
        self._after_cr = False
        self._begun = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take the next bytes and yield the data of each event that they complete.

        Raises:
            ModelProtocolError: A line or an event is too long.
        """
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._after_cr = False
        if not chunk:
            return
        self._after_cr = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if lines:
            lines[0] = self._join(lines[0])
            for line in lines:
                if len(line) > self._max_size:
                    raise ModelProtocolError("a line of the stream is too long")
                if not self._begun:
                    self._begun = True
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line:
                    self._take(line)
                elif self._data:
                    yield self._dispatch()
        self._hold(rest)

    def take_event(self, chunk: bytes) -> bytes | None:
        """The data of the one event that these bytes are; None, and nothing taken, where they are more, less or otherwise.

        Providers send most events each by itself, on one line that ends in LF.
        """
        event = _EVENT.fullmatch(chunk)
        if event is None or self._pieces_size or self._data or len(chunk) - len(_END) > self._max_size:
            return None
        self._begun, self._after_cr = True, False
        return event[1]

    def _hold(self, piece: bytes) -> None:
        """Keep the beginning of a line whose end has not come; joined only then, or single bytes would be copied each time."""
        self._pieces_size += len(piece)
        if self._pieces_size > self._max_size:
            raise ModelProtocolError("a line of the stream is too long")
        self._pieces.append(piece)

    def _join(self, end: bytes) -> bytes:
        """The line that `end` ends."""
        if self._pieces_size:
            self._pieces.append(end)
            end = b"".join(self._pieces)
        self._pieces.clear()
        self._pieces_size = 0
        return end

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data_size += len(value) + 1
            if self._data_size > self._max_size:
                raise ModelProtocolError("an event of the stream is too long")
            self._data.append(value.removeprefix(b" "))

    def _dispatch(self) -> bytes:
        data = b"\n".join(self._data) if len(self._data) > 1 else self._data[0]
        self._data.clear()
        self._data_size = 0
        return data


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


_NO_ERROR: Final = msgspec.Raw(b"null")


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: msgspec.Raw = _NO_ERROR


class _Error(msgspec.Struct):
    code: str | int | None = None
    type: str | None = None


_decode_chunk = msgspec.json.Decoder(_Chunk).decode
_decode_error = msgspec.json.Decoder(_Error | str).decode

_FINISH: Final[dict[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


class ChatStreamReader:
    """Reads the stream of one answer.

    Args:
        max_event_size: Bytes of one line, and of one event's data.
    """

    def __init__(self, max_event_size: int) -> None:
        self._parser = SseParser(max_event_size)
        self._reason: FinishReason | None = None
        self._usage: Usage | None = None
        self._begun = False
        self.done = False
        """Whether the answer is whole; what comes after it is not read."""

    def feed(self, chunk: bytes) -> Iterable[ChatEvent]:
        """Take the next bytes and give the events in them, as far as they are asked for.

        Raises:
            ModelProtocolError: An event cannot be read.
            ModelStreamCut: The provider reported an error in mid-answer, or `[DONE]` came before any answer.
            ModelUnavailable: The provider reported an error before anything of an answer.
            ModelRefused: As above, and it would again.
        """
        data = self._parser.take_event(chunk)
        if data and data != DONE and not self.done:
            return self._read(data)
        return self._read_all((data,) if data is not None else self._parser.feed(chunk))

    def _read_all(self, events: Iterable[bytes]) -> Iterator[ChatEvent]:
        for data in events:
            if self.done:
                return
            if data == DONE:
                yield self._done()
            elif data:
                yield from self._read(data)

    def end(self) -> Finished:
        """Say that the bytes have ended before `[DONE]`, and get the answer's last event.

        Raises:
            ModelStreamCut: The answer is not whole.
        """
        if self._reason is None:
            raise ModelStreamCut("the stream ended before the answer was whole")
        return self._finish(self._reason)

    def _done(self) -> Finished:
        if self._reason is None and not self._begun:
            raise ModelStreamCut("the stream ended without an answer")
        return self._finish(self._reason or "stop")

    def _finish(self, reason: FinishReason) -> Finished:
        self.done = True
        return Finished(reason=reason, usage=self._usage)

    def _read(self, data: bytes) -> list[ChatEvent]:
        try:
            chunk = _decode_chunk(data)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            raise ModelProtocolError("an event of the stream cannot be read") from None
        if chunk.error is not _NO_ERROR and bytes(chunk.error) != b"null":
            self._fail(bytes(chunk.error))
        if chunk.usage is not None:
            self._usage = Usage(
                prompt_tokens=chunk.usage.prompt_tokens, completion_tokens=chunk.usage.completion_tokens
            )
        events: list[ChatEvent] = []
        for choice in chunk.choices or ():
            if choice.index == 0:
                if choice.delta is not None:
                    events += _delta_events(choice.delta)
                if choice.finish_reason is not None:
                    # Providers have reasons of their own ("eos"); all of them mean that the model was done.
                    self._reason = _FINISH.get(choice.finish_reason, "stop")
        self._begun = self._begun or bool(events)
        return events

    def _fail(self, raw: bytes) -> NoReturn:
        code = _error_code(raw)
        if self._begun:
            raise ModelStreamCut("the provider reported an error in mid-answer", code=code)
        raise refusal_or_outage("the provider reported an error before the answer", code=code)


def _delta_events(delta: _Delta) -> list[ChatEvent]:
    text = delta.content or delta.refusal
    events: list[ChatEvent] = [TextDelta(text=text)] if text else []
    if delta.tool_calls is None:
        return events
    for position, call in enumerate(delta.tool_calls):
        function = call.function or _Function()
        events.append(
            ToolCallDelta(
                index=position if call.index is None else call.index,
                id=call.id or None,
                name=function.name or None,
                arguments=function.arguments or "",
            )
        )
    return events


def _error_code(raw: bytes) -> str | None:
    try:
        error = _decode_error(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    if isinstance(error, str):
        return None
    code = error.code if error.code is not None else error.type
    return None if code is None else str(code)


_HOPELESS: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached", "invalid_api_key", "model_not_found"})
_HOPELESS_PARTS: Final = ("invalid_request", "context_length", "content_filter", "content_policy")


def is_hopeless(code: str | None) -> bool:
    """Whether an error code says that the same request would fail again."""
    return code is not None and (code in _HOPELESS or any(part in code for part in _HOPELESS_PARTS))


def refusal_or_outage(message: str, *, code: str | None) -> ModelError:
    """The error for a failure before the answer, by the provider's code."""
    kind = ModelRefused if is_hopeless(code) else ModelUnavailable
    return kind(message, code=code)
