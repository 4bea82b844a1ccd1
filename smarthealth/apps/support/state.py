"""What a session stands in the middle of: a question tree, a wish for the workshop, a question which specialist is meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

import attrs
import msgspec
import structlog

from .maintenance.wishes import NO_WISH, Wish
from .routing.classes import Label

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen(kw_only=True)
class Clarifying:
    """A question which specialist is meant, that waits for its answer."""

    message: str
    """What was asked at first."""
    options: tuple[Label, ...]


@attrs.frozen(kw_only=True)
class SessionState:
    """Where a session stands."""

    busy_with: Label | None = None
    """The specialist who has asked something."""
    tree: str = ""
    node: str = ""
    wish: Wish = NO_WISH
    clarifying: Clarifying | None = None
    unsure: int = 0
    """How often in a row nobody knew what to say."""
    language: str = ""
    """Of the last message."""


def write_state(state: SessionState) -> str:
    """A state as JSON text."""
    return msgspec.json.encode(attrs.asdict(state)).decode()


def read_state(text: str) -> SessionState:
    """A state from its text; one that another version of this program wrote and this one cannot read counts as none."""
    try:
        return _read(msgspec.json.decode(text))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        log.error("state_unreadable", error=type(error).__name__)
        return SessionState()


def _read(held: Mapping[str, Any]) -> SessionState:
    if not held:
        return SessionState()
    clarifying = held["clarifying"]
    return SessionState(
        busy_with=held["busy_with"],
        tree=held["tree"],
        node=held["node"],
        wish=_wish(held["wish"]),
        clarifying=None
        if clarifying is None
        else Clarifying(message=clarifying["message"], options=tuple(clarifying["options"])),
        unsure=int(held["unsure"]),
        language=held["language"],
    )


def _wish(held: Mapping[str, Any]) -> Wish:
    return Wish(
        **{
            **held,
            "day": _day(held["day"]),
            "last_day": _day(held["last_day"]),
            "at": None if held["at"] is None else time.fromisoformat(held["at"]),
            "offered": tuple(map(datetime.fromisoformat, held["offered"])),
        }
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


FRESH: Final = SessionState()
