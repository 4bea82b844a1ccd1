"""What the tool loop tells while it works, and the ports through which it asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import attrs

from smarthealth.llm.port import ChatMessage, TextDelta, ToolCall, Usage

from .registry import ToolSpec


@attrs.frozen(kw_only=True)
class Thinking:
    """The model is asked, for the so-manieth time in this turn."""

    iteration: int
    """Counts from 1."""


@attrs.frozen(kw_only=True)
class ToolCalled:
    """The model wants a tool to be called; sent before that happens, and answered by one `ToolReturned`."""

    call_id: str
    """Unique in the conversation."""
    tool: str
    """As the model named it; there may be no such tool."""
    arguments: Mapping[str, object]
    """Empty when the model wrote no JSON object."""


@attrs.frozen(kw_only=True)
class ToolReturned:
    """A call is answered."""

    call_id: str
    tool: str
    success: bool
    result: object = None
    """What the tool returned, as JSON has it (text, numbers, lists, mappings); a `CutResult` when it was too long."""
    error: str | None = None
    """Why there is no result, None when there is one."""


@attrs.frozen(kw_only=True)
class CutResult:
    """A result that was too long to be sent whole."""

    excerpt: str
    """Its beginning."""
    characters: int
    """Of the whole."""
    kept_as: str | None
    """Where the whole is kept, None when it is not."""
    truncated: Literal[True] = True


@attrs.frozen(kw_only=True)
class Message:
    """The answer of the turn."""

    content: str


@attrs.frozen(kw_only=True)
class Done:
    """The turn is over; always the last event of a loop that was not broken off."""

    iterations: int
    """Times that the model was asked."""
    reason: Literal["answered", "length", "content_filter", "iterations"]
    """`iterations`: the model wanted to go on calling tools and was not asked again; `Message` then says so."""
    usage: Usage
    """Of all requests together."""


LoopEvent = Thinking | TextDelta | ToolCalled | ToolReturned | Message | Done

Emit = Callable[[LoopEvent], Awaitable[None]]
"""Takes the events, in order, waiting while its client is behind."""
Record = Callable[[ChatMessage], Awaitable[None]]
"""Writes down a message of the conversation. The message with the calls is recorded before any of them runs, each result before
it is told: whatever happens, what a client has seen is in the record."""
Approve = Callable[[ToolCall, ToolSpec], Awaitable[bool]]
"""Asks a person about one call; called when `ToolCalled` is out, for several calls at the same time."""
KeepRest = Callable[[ToolCall, str], Awaitable[str | None]]
"""Keeps the whole of a result that was cut; returns the name under which the model can read it, None when it could not."""


async def ignore(item: object) -> None:
    """Take an event or a message and do nothing."""
