"""Makes a stored conversation fit to be continued.

Providers refuse a conversation in which a tool call has no answer. A process that was killed between a call and its result
leaves just that, and a cancelled turn would. What is done about it is decided in one place, here: every call has exactly one
answer, right behind the message that made it and in the order of the calls, and answers without a call are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smarthealth.llm.port import ChatMessage, ToolCall

from .texts import ENGLISH, ToolingTexts


def open_calls(messages: Sequence[ChatMessage]) -> tuple[ToolCall, ...]:
    """The calls in a conversation that have no answer, in order."""
    answered = {message.tool_call_id for message in messages if message.role == "tool"}
    return tuple(call for message in messages for call in message.tool_calls if call.id not in answered)


def interrupted(call: ToolCall, texts: ToolingTexts = ENGLISH) -> ChatMessage:
    """The answer to a call that never came to an end."""
    return ChatMessage(role="tool", content=texts.interrupted, tool_call_id=call.id)


def complete_history(messages: Iterable[ChatMessage], texts: ToolingTexts = ENGLISH) -> tuple[ChatMessage, ...]:
    """A conversation with every call answered once, behind the message that made it, in the order of the calls.

    Args:
        messages: As they were recorded; results may stand in the order in which they came.
        texts: For calls that were interrupted.
    """
    messages = tuple(messages)
    answers: dict[str, ChatMessage] = {}
    for message in messages:
        if message.role == "tool" and message.tool_call_id is not None:
            answers.setdefault(message.tool_call_id, message)
    whole: list[ChatMessage] = []
    for message in messages:
        if message.role != "tool":
            whole.append(message)
            whole.extend(answers.get(call.id) or interrupted(call, texts) for call in message.tool_calls)
    return tuple(whole)
