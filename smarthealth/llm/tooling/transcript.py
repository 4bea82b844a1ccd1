"""The conversation as a loop continues it: true at any moment, also when the loop is broken off."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from smarthealth.llm.port import ChatMessage, ToolCall

from .events import ToolReturned
from .history import complete_history, interrupted, open_calls
from .texts import ENGLISH, ToolingTexts


@attrs.frozen(kw_only=True)
class Interruption:
    """What it takes to end a turn properly that was broken off."""

    returned: tuple[ToolReturned, ...]
    """To be told: one for each call that was told and not answered."""
    messages: tuple[ChatMessage, ...]
    """To be recorded: the answers that were not."""


def _listed(messages: Iterable[ChatMessage]) -> list[ChatMessage]:
    return list(messages)


@attrs.define(eq=False)
class Transcript:
    """The messages so far, and which calls are open.

    Args:
        messages: What is there before the turn: instructions, the conversation, the question.
    """

    _messages: list[ChatMessage] = attrs.field(converter=_listed)
    partial: str = attrs.field(default="", init=False)
    """Text of the answer that is being streamed now."""
    _before: int = attrs.field(init=False)
    _open: dict[str, tuple[ToolCall, ToolReturned | None]] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._before = len(self._messages)

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """All messages, fit for a model: every call answered, in the order of the calls."""
        return complete_history(self._messages)

    @property
    def added(self) -> tuple[ChatMessage, ...]:
        """What the loop has added, in the order in which it happened."""
        return tuple(self._messages[self._before :])

    def ids(self) -> set[str]:
        """Ids of all calls."""
        return {call.id for message in self._messages for call in message.tool_calls}

    def add(self, *messages: ChatMessage) -> None:
        """Take messages in."""
        self._messages.extend(messages)

    def opened(self, call: ToolCall) -> None:
        """A call is being told."""
        self._open[call.id] = (call, None)

    def returned(self, call: ToolCall, event: ToolReturned) -> None:
        """A call has its answer, which is not yet told."""
        self._open[call.id] = (call, event)

    def told(self, calls: Iterable[ToolCall]) -> None:
        """The answers to these calls have been told."""
        for call in calls:
            self._open.pop(call.id, None)

    def interrupt(self, texts: ToolingTexts = ENGLISH) -> Interruption:
        """Answer every open call as interrupted; the second time there is nothing left to answer."""
        messages = tuple(interrupted(call, texts) for call in open_calls(self._messages))
        self._messages.extend(messages)
        told = [
            event or ToolReturned(call_id=call.id, tool=call.name, success=False, error=texts.interrupted)
            for call, event in self._open.values()
        ]
        self._open.clear()
        return Interruption(returned=tuple(told), messages=messages)
