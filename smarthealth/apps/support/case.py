"""One message on its way: what is known when it comes, and what a specialist makes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import attrs

from smarthealth.conversation.application import Language
from smarthealth.llm.port import ChatRequest, Image
from smarthealth.storage.dialogues import Message

from .caller import Caller
from .knowledge.matching import Found
from .maintenance.tools import Counter
from .routing.classes import Label
from .routing.router import Part
from .state import FRESH, SessionState


@attrs.frozen(kw_only=True)
class Case:
    """One message, and the session that it belongs to."""

    caller: Caller
    message: str
    language: Language
    images: tuple[Image, ...] = ()
    history: tuple[Message, ...] = ()
    """Oldest first."""
    state: SessionState = FRESH
    customer_id: int | None = None
    joined_ticket: int | None = None


@attrs.frozen(kw_only=True)
class Handoff:
    """That a person is wanted."""

    reason: str
    """`requested`, `low_confidence` or `repeated_failure`."""


Heard = Callable[[str, bool, Any], SessionState]
"""A tool, whether it worked and its result, to the session's state afterwards."""


@attrs.frozen(kw_only=True)
class Work:
    """What one specialist does about its part."""

    part: Part
    agent: str
    preface: str = ""
    """Said before anything that a model says: warnings."""
    request: ChatRequest | None = None
    """What the model is asked; None where all is said already."""
    text: str = ""
    """What is said instead of a model's words."""
    counter: Callable[[], Awaitable[Counter]] | None = None
    """For whom tools act, where the model is given tools."""
    sources: tuple[Found, ...] = ()
    """What marks `[n]` point to, in order."""
    grounding: float = 1.0
    """How likely the answer is right, given that the specialist is."""
    state: SessionState
    """Of the session afterwards, unless a tool changes it."""
    heard: Heard | None = None
    """Told of each result of a tool."""
    handoff: Handoff | None = None

    @property
    def label(self) -> Label:
        """Whose part it is."""
        return self.part.label
