"""The state of a thread: whose turn it is, and the order in the making; as JSON in the database."""

from __future__ import annotations

from typing import Final

import attrs
import msgspec
import structlog

from smarthealth.wire.converter import make_wire_converter
from smarthealth.wire.errors import WireError
from smarthealth.wire.strict_json import parse

from .patience import Patience
from .slots import Slots
from .wire import AgentName

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen(kw_only=True)
class ThreadState:
    """Where a conversation stands."""

    agent: AgentName = "RECEPCIONISTA"
    """Who gets the next message."""
    slots: Slots = attrs.field(factory=Slots)
    wants_person: bool = False
    """Whether the person is to be called by somebody, and did not tell a number."""
    patience: Patience = attrs.field(factory=Patience)
    """What was asked last, and how often."""


_structure: Final = make_wire_converter().get_structure_hook(ThreadState)


def write_state(state: ThreadState) -> str:
    """A state as JSON text."""
    return msgspec.json.encode(state).decode()


def read_state(text: str) -> ThreadState:
    """A stored state; one that another version of this program wrote and this one cannot read begins anew."""
    try:
        state = _structure(parse(text), ThreadState)
    except WireError as error:
        log.error("thread_state_unreadable", field=error.path)
        return ThreadState()
    assert isinstance(state, ThreadState)
    return state
