"""What was said and done in a conversation, as clients are told of it: bounded, and true at any moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
import msgspec
from msgspec import UNSET

from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.llm.tooling import SPANISH
from smarthealth.storage.conversations import Entry, StoredEntry
from smarthealth.wire.timestamps import utc_timestamp

from .wire import Encoded, History, HistoryItem, MessageEvent, ToolCallEvent, ToolResultEvent, UserMessage, encode

LONGEST_PART: Final = 4_000
"""Characters of one result or argument in the history; the rest was in the live event, and is in the database."""
LONGEST_HISTORY: Final = 200_000
"""Characters of all items of one history."""

_calls = msgspec.json.Decoder(list[dict[str, str]]).decode


def calls_of(entry: Entry) -> tuple[ToolCall, ...]:
    """The calls of a stored message."""
    return tuple(
        ToolCall(id=call["id"], name=call["name"], arguments=call["arguments"]) for call in _calls(entry.calls)
    )


def calls_text(calls: Iterable[ToolCall]) -> str:
    """Calls as they are stored."""
    return msgspec.json.encode([attrs.asdict(call) for call in calls]).decode()


def message_of(entry: Entry) -> ChatMessage:
    """A stored message as a model is told of it."""
    return ChatMessage(role=entry.role, content=entry.content, tool_calls=calls_of(entry), tool_call_id=entry.call_id)


class Story:
    """The history of one conversation.

    Args:
        longest: Items that are kept.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._items: dict[str, HistoryItem] = {}
        """By a key of their own: of tools, the call's id."""
        self._added = 0
        self._frame: Encoded | None = None

    def load(self, entries: Iterable[StoredEntry]) -> None:
        """Take what was stored; calls without a result were interrupted."""
        for entry in entries:
            at = utc_timestamp(entry.at)
            if entry.role == "tool":
                self._answer(entry.call_id or "", json.loads(entry.detail or "{}"))
            elif entry.calls != "[]":
                for call in calls_of(entry):
                    self._add(call.id, _tool_item(call.name, _arguments(call), call.id, at))
            else:
                self._add(None, _said(entry, at))
        for item in tuple(self._items.values()):
            if item.role == "tool" and item.success is UNSET:
                self._answer(str(item.tool_call_id), {"success": False, "error": SPANISH.interrupted})

    def take(self, event: object, timestamp: str) -> None:
        """Take what is being published; what belongs to no history is passed over."""
        match event:
            case UserMessage(content=content, message_id=message_id, author=author):
                item = HistoryItem(
                    role="user", timestamp=timestamp, content=content, message_id=message_id, author=author
                )
                self._add(None, item)
            case ToolCallEvent(tool=tool, arguments=arguments, tool_call_id=call_id):
                self._add(call_id, _tool_item(tool, arguments, call_id, timestamp))
            case ToolResultEvent(tool_call_id=call_id, success=success, result=result, error=error):
                self._answer(call_id, {"success": success, "result": result, "error": error})
            case MessageEvent(content=content, message_id=message_id):
                self._add(
                    None, HistoryItem(role="assistant", timestamp=timestamp, content=content, message_id=message_id)
                )
            case _:
                pass

    def frame(self) -> Encoded | None:
        """The history encoded, once for all who ask before it changes; None when nothing was said."""
        if self._frame is None and self._items:
            self._frame = Encoded(encode(History(messages=self._newest())))
        return self._frame

    def _add(self, key: str | None, item: HistoryItem) -> None:
        self._added += 1
        self._items[key if key is not None else f" {self._added}"] = item
        while len(self._items) > self._longest:
            del self._items[next(iter(self._items))]
        self._frame = None

    def _answer(self, call_id: str, detail: Mapping[str, Any]) -> None:
        item = self._items.get(call_id)
        if item is not None:
            answer = {name: detail.get(name, UNSET) for name in ("success", "result", "error")}
            self._items[call_id] = attrs.evolve(item, **answer | {"result": brief(answer["result"])})
            self._frame = None

    def _newest(self) -> tuple[HistoryItem, ...]:
        """As many of the newest items as one frame takes."""
        found: list[HistoryItem] = []
        size = 0
        for item in reversed(self._items.values()):
            size += len(msgspec.json.encode(item))
            if size > LONGEST_HISTORY and found:
                break
            found.append(item)
        return tuple(reversed(found))


def brief(value: Any) -> Any:
    """A value, or the beginning of it where it is long."""
    if value is UNSET:
        return UNSET
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if len(text) <= LONGEST_PART:
        return value
    return {"truncated": True, "excerpt": text[:LONGEST_PART], "characters": len(text)}


def _said(entry: StoredEntry, at: str) -> HistoryItem:
    return HistoryItem(
        role="user" if entry.role == "user" else "assistant",
        timestamp=at,
        content=entry.content,
        message_id=entry.id,
        author=entry.author if entry.author is not None else UNSET,
    )


def _tool_item(tool: str, arguments: Mapping[str, object], call_id: str, at: str) -> HistoryItem:
    return HistoryItem(
        role="tool",
        timestamp=at,
        tool=tool,
        arguments={name: brief(value) for name, value in arguments.items()},
        tool_call_id=call_id,
    )


def _arguments(call: ToolCall) -> dict[str, object]:
    # what is stored was read before: the loop keeps no arguments that are not an object
    value: dict[str, object] = json.loads(call.arguments)
    return value
