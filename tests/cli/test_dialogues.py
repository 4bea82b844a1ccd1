"""How the applications are talked to."""

from __future__ import annotations

import pytest

from smarthealth.cli.dialogues import DIALOGUES, Shown

ALARM = {
    "type": "emergency",
    "recommendation": "Call 123.",
    "contacts": [{"name": "Emergency", "number": "123"}, {"name": "Line", "number": "106"}],
}
SHOWN = [
    ("doctor", {"type": "status", "status": "running_triage"}, Shown("running triage", "dim")),
    ("doctor", {"type": "token", "content": "a"}, Shown("a", "text")),
    ("doctor", ALARM, Shown("Call 123.\nEmergency 123 · Line 106", "alarm")),
    ("doctor", {"type": "error", "error": "no"}, Shown("no", "error")),
    ("doctor", {"type": "pong"}, None),
    ("taxi", {"type": "agent_chunk", "text": "a"}, Shown("a", "text")),
    ("taxi", {"type": "system_message", "message": "m", "level": "info"}, Shown("m", "dim")),
    ("taxi", {"type": "system_message", "message": "m", "level": "error"}, Shown("m", "error")),
    ("taxi", {"type": "tool_call", "name": "fare"}, Shown("fare", "dim")),
    ("taxi", {"type": "agent_error", "error": "e"}, Shown("e", "error")),
    ("taxi", {"type": "tts_chunk"}, None),
    ("workspace", {"type": "message", "content": "c"}, Shown("c", "line")),
    ("workspace", {"type": "tool_call", "tool": "t", "arguments": {}}, Shown("t {}", "dim")),
    ("workspace", {"type": "tool_result", "success": False, "error": "e"}, Shown("e", "error")),
    ("workspace", {"type": "tool_result", "success": True}, None),
    ("workspace", {"type": "error", "error": "e"}, Shown("e", "error")),
    ("support", {"type": "progress", "message": "m"}, Shown("m", "dim")),
    ("support", {"type": "token", "token": "t"}, Shown("t", "text")),
    ("support", {"type": "auth_error", "message": "m"}, Shown("m", "error")),
    ("support", {"type": "complete"}, None),
]
OVER = [
    ("doctor", {"type": "stream_end", "metadata": {}}, set(), True),
    ("doctor", {"type": "stream_end", "metadata": {"interrupted": True}}, set(), False),
    ("doctor", {"type": "error"}, set(), True),
    ("doctor", {"type": "token"}, set(), False),
    ("taxi", {"type": "system_message", "level": "info"}, set(), False),
    ("taxi", {"type": "system_message", "level": "info"}, {"agent_end"}, True),
    ("taxi", {"type": "system_message", "level": "warning"}, set(), True),
    ("taxi", {"type": "agent_error"}, set(), True),
    ("taxi", {"type": "agent_end"}, set(), False),
    ("workspace", {"type": "done"}, {"thinking"}, True),
    ("workspace", {"type": "error"}, {"thinking"}, False),
    ("workspace", {"type": "error"}, set(), True),
    ("workspace", {"type": "thinking"}, set(), False),
    ("support", {"type": "complete"}, set(), True),
    ("support", {"type": "progress"}, set(), False),
]


@pytest.mark.parametrize(("application", "event", "shown"), SHOWN)
def test_what_an_event_looks_like(application: str, event: dict[str, object], shown: Shown | None) -> None:
    """Text streams, alarms and errors stand out, and what is not for people is not shown."""
    assert DIALOGUES[application].show(event) == shown


@pytest.mark.parametrize(("application", "event", "before", "over"), OVER)
def test_when_an_answer_is_over(application: str, event: dict[str, object], before: set[str], over: bool) -> None:
    """By its terminal message, whatever came before."""
    assert DIALOGUES[application].is_over(event, before) is over


def test_a_line_is_said_within_a_session() -> None:
    """As each protocol has it; the workspace names the session in its path."""
    said = {name: dialogue.say("hi", "s") for name, dialogue in DIALOGUES.items()}
    assert said["doctor"] == {"message": "hi", "session_id": "s"}
    assert said["taxi"] == {"type": "user_input", "text": "hi", "thread_id": "s"}
    assert said["workspace"] == {"message": "hi"}
    assert said["support"] == {"type": "message", "message": "hi", "session_id": "s", "partial": False}
    assert DIALOGUES["workspace"].path.format(session="s") == "/workspace/ws/chat/s"
