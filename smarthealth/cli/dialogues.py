"""How each application is talked to in plain text: what is sent for a line, what an event shows, when the answer is over.

Nothing is sent or drawn here. A sixth application needs one entry in `DIALOGUES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any, Final, Literal

import attrs

Event = Mapping[str, Any]
Style = Literal["text", "line", "dim", "alarm", "error"]


@attrs.frozen
class Shown:
    """A piece of an event for the terminal: text as it streams, or a line of its own."""

    text: str
    style: Style


@attrs.frozen(kw_only=True)
class Dialogue:
    """One application's way of talking."""

    path: str
    """On the main port; `{session}` is the conversation's id."""
    say: Callable[[str, str], dict[str, object]]
    """What is sent for a line, within a session."""
    show: Callable[[Event], Shown | None]
    """What an event looks like; None for one that is not shown."""
    is_over: Callable[[Event, Set[str]], bool]
    """Whether an event ends the answer, given the types of those before it in the same answer."""
    needs_token: bool = False
    approval: str = ""
    """Type of the event that asks the person for a yes or a no."""


def _of_doctor(event: Event) -> Shown | None:
    match event["type"]:
        case "status":
            return Shown(str(event["status"]).replace("_", " "), "dim")
        case "token":
            return Shown(event["content"], "text")
        case "emergency":
            numbers = " · ".join(f"{one['name']} {one['number']}" for one in event["contacts"])
            return Shown(f"{event['recommendation']}\n{numbers}", "alarm")
        case "error":
            return Shown(str(event["error"]), "error")
        case _:
            return None


def _doctor_is_over(event: Event, before: Set[str]) -> bool:
    # an answer that was broken off ends its stream first and says why afterwards
    ended = event["type"] == "stream_end" and not event.get("metadata", {}).get("interrupted")
    return ended or event["type"] == "error"


def _of_taxi(event: Event) -> Shown | None:
    match event["type"]:
        case "agent_chunk":
            return Shown(event["text"], "text")
        case "system_message":
            return Shown(event["message"], "dim" if event["level"] == "info" else "error")
        case "tool_call":
            return Shown(str(event["name"]), "dim")
        case "agent_error":
            return Shown(event["error"], "error")
        case _:
            return None


def _taxi_is_over(event: Event, before: Set[str]) -> bool:
    if event["type"] == "system_message":
        return "agent_end" in before or event["level"] != "info"
    return event["type"] in {"agent_error", "cancelled"}


def _of_workspace(event: Event) -> Shown | None:
    match event["type"]:
        case "message":
            return Shown(event["content"], "line")
        case "tool_call" | "approval_required":
            return Shown(f"{event['tool']} {dict(event['arguments'])}", "dim")
        case "tool_result" if not event["success"]:
            return Shown(str(event.get("error", "")), "error")
        case "error":
            return Shown(event["error"], "error")
        case _:
            return None


def _workspace_is_over(event: Event, before: Set[str]) -> bool:
    # a refusal comes alone, an error of a turn has its `done` after it
    return event["type"] == "done" or (event["type"] == "error" and "thinking" not in before)


def _of_support(event: Event) -> Shown | None:
    match event["type"]:
        case "progress":
            return Shown(event["message"], "dim")
        case "token":
            return Shown(event["token"], "text")
        case "error" | "auth_error":
            return Shown(str(event.get("error") or event.get("message", "")), "error")
        case _:
            return None


def _support_is_over(event: Event, before: Set[str]) -> bool:
    return event["type"] in {"complete", "error", "auth_error"}


DIALOGUES: Final[Mapping[str, Dialogue]] = {
    "doctor": Dialogue(
        path="/doctor/api/v1/ws/chat",
        say=lambda line, session: {"message": line, "session_id": session},
        show=_of_doctor,
        is_over=_doctor_is_over,
    ),
    "taxi": Dialogue(
        path="/taxi/api/v1/ws/chat",
        say=lambda line, session: {"type": "user_input", "text": line, "thread_id": session},
        show=_of_taxi,
        is_over=_taxi_is_over,
    ),
    "workspace": Dialogue(
        path="/workspace/ws/chat/{session}",
        say=lambda line, session: {"message": line},
        show=_of_workspace,
        is_over=_workspace_is_over,
        approval="approval_required",
    ),
    "support": Dialogue(
        path="/support/ws/chat",
        say=lambda line, session: {"type": "message", "message": line, "session_id": session, "partial": False},
        show=_of_support,
        is_over=_support_is_over,
        needs_token=True,
    ),
}
"""By the application's name; records asks about a patient, and has a client of its own."""
