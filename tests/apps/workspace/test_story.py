from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from smarthealth.apps.workspace.story import (
    LONGEST_HISTORY,
    LONGEST_PART,
    Story,
    brief,
    calls_of,
    calls_text,
    message_of,
)
from smarthealth.apps.workspace.wire import (
    DoneEvent,
    MessageEvent,
    ToolCallEvent,
    ToolResultEvent,
    UserMessage,
)
from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.storage.conversations import StoredEntry

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOW = "2026-11-21T12:00:00.000Z"
CALL = ToolCall(id="c", name="read_file", arguments='{"path":"a"}')


def _told(story: Story) -> list[dict[str, Any]]:
    frame = story.frame()
    return [] if frame is None else msgspec.json.decode(frame.text)["messages"]


def _stored(**fields: Any) -> StoredEntry:
    return StoredEntry(**{"id": 1, "at": AT, "content": "", **fields})


def test_events_make_the_history_that_the_database_makes() -> None:
    """What was seen live and what is read later are told alike, but for what nobody was told."""
    live, read = Story(99), Story(99)
    live.take(UserMessage(content="hola", message_id=1, viewer_id="v", timestamp=NOW), NOW)
    live.take(ToolCallEvent(tool="read_file", arguments={"path": "a"}, tool_call_id="c"), NOW)
    live.take(ToolResultEvent(success=False, error="no", tool_call_id="c"), NOW)
    live.take(MessageEvent(content="sí", message_id=1), NOW)
    live.take(DoneEvent(iterations=1), NOW)
    read.load(
        [
            _stored(role="user", content="hola"),
            _stored(role="assistant", content="a ver", calls=calls_text([CALL])),
            _stored(role="tool", content="no", call_id="c", detail='{"success":false,"error":"no"}'),
            _stored(role="assistant", content="sí"),
        ]
    )
    assert _told(live) == _told(read)
    assert [item["role"] for item in _told(read)] == ["user", "tool", "assistant"]
    assert read.frame() is read.frame()


def test_a_call_without_a_result_was_interrupted() -> None:
    """When what is stored has none, the process did not live to answer it; live, it still works."""
    read, live = Story(9), Story(9)
    read.load([_stored(role="assistant", calls=calls_text([CALL])), _stored(role="tool", content="x", call_id="other")])
    assert (_told(read)[0]["success"], "interrumpida" in _told(read)[0]["error"]) == (False, True)
    live.take(ToolCallEvent(tool="read_file", arguments={}, tool_call_id="c"), NOW)
    assert "success" not in _told(live)[0]


def test_a_history_is_bounded() -> None:
    """In items, in the size of each, and in the size of all: the newest are kept."""
    story = Story(3)
    for number in range(5):
        story.take(MessageEvent(content=str(number)), NOW)
    assert [item["content"] for item in _told(story)] == ["2", "3", "4"]
    long = Story(99)
    for _ in range(3):
        long.take(MessageEvent(content="x" * (LONGEST_HISTORY * 2 // 3)), NOW)
    assert len(_told(long)) == 1
    assert Story(1).frame() is None


def test_long_parts_are_told_by_their_beginning() -> None:
    """Results and arguments alike."""
    story = Story(9)
    story.take(ToolCallEvent(tool="write_file", arguments={"content": "x" * 9999, "n": 1}, tool_call_id="c"), NOW)
    story.take(ToolResultEvent(success=True, result={"text": "y" * 9999}, tool_call_id="c"), NOW)
    item = _told(story)[0]
    assert item["arguments"]["n"] == 1
    assert item["arguments"]["content"]["characters"] == 9999
    assert len(item["result"]["excerpt"]) == LONGEST_PART
    assert (brief(UNSET), brief("short")) == (UNSET, "short")


def test_stored_messages_are_a_model_s_again() -> None:
    """Calls come back as they were."""
    entry = _stored(role="assistant", content="a ver", calls=calls_text([CALL]))
    assert calls_of(entry) == (CALL,)
    assert message_of(entry) == ChatMessage(role="assistant", content="a ver", tool_calls=(CALL,))
