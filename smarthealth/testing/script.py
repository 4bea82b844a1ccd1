"""What a scripted model answers, in a process or over HTTP."""

from __future__ import annotations

import enum
import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from smarthealth.llm.offline import count_tokens
from smarthealth.llm.port import ChatRequest, FinishReason, ToolCall, Usage

_WORD: Final = re.compile(r"\s*\S+\s*")


class Ending(enum.Enum):
    """How an answer ends."""

    WHOLE = "whole"
    """As it should."""
    HANG = "hang"
    """It stays open and nothing more comes."""
    CUT = "cut"
    """The connection is reset in the middle of a chunk."""
    END = "end"
    """The stream ends cleanly, without finish reason and `[DONE]`."""
    MALFORMED = "malformed"
    """An event comes that is not JSON."""
    ERROR = "error"
    """An event comes that holds an error object."""


@attrs.frozen(kw_only=True)
class Reply:
    """An answer of the model."""

    text: str = ""
    """Streamed word by word, spaces attached to the word before them."""
    tokens: tuple[str, ...] | None = None
    """Streamed as they are, in place of `text`."""
    tool_calls: tuple[ToolCall, ...] = ()
    """Streamed after the text, each in several fragments."""
    first_token_delay: float = 0.0
    """Seconds from the request to the first token."""
    pace: float | None = None
    """Tokens a second, None for all at once."""
    ending: Ending = Ending.WHOLE
    after: int | None = None
    """Pieces (tokens and fragments of tool calls) before the ending, None for all."""
    finish_reason: FinishReason | None = None
    """None for `tool_calls` when there are any, else `stop`."""
    usage: Usage | None = None
    """None for a count of the request's and the answer's tokens."""

    def pieces(self) -> tuple[str, ...]:
        """The text's tokens, in order."""
        return self.tokens if self.tokens is not None else tuple(_WORD.findall(self.text))

    def reason(self) -> FinishReason:
        """The finish reason."""
        return self.finish_reason or ("tool_calls" if self.tool_calls else "stop")

    def count(self, request: ChatRequest) -> Usage:
        """The usage."""
        if self.usage is not None:
            return self.usage
        prompt = sum(count_tokens(message.content) for message in request.messages)
        return Usage(prompt_tokens=prompt, completion_tokens=len(self.pieces()))


@attrs.frozen(kw_only=True)
class Refusal:
    """An HTTP error in place of an answer."""

    status: int
    code: str = "scripted_error"
    param: str | None = None
    """The parameter that the error is about."""
    retry_after: float | None = None
    """Seconds, sent as `Retry-After`."""
    delay: float = 0.0
    """Seconds before it is sent."""


Answer = Reply | Refusal
Rule = Callable[[ChatRequest], Answer]


def echo(request: ChatRequest) -> Reply:
    """Repeat the last message of the user."""
    said = [message.content for message in request.messages if message.role == "user"]
    return Reply(text=said[-1] if said else "")


class Script:
    """Decides what is answered: queued answers first, then the rule.

    Args:
        answers: To begin with, in order.
        rule: For requests that find the queue empty.
    """

    def __init__(self, answers: Sequence[Answer] = (), rule: Rule = echo) -> None:
        self._queue = deque(answers)
        self.rule = rule

    def add(self, *answers: Answer) -> None:
        """Queue answers, each for one request."""
        self._queue.extend(answers)

    @property
    def left(self) -> int:
        """Queued answers that nobody asked for yet."""
        return len(self._queue)

    def answer(self, request: ChatRequest) -> Answer:
        """The answer to the next request."""
        return self._queue.popleft() if self._queue else self.rule(request)
