import json

import attrs
import pytest
from hypothesis import given
from msgspec import UNSET

from smarthealth.apps.workspace.wire import (
    CODEC,
    COMMANDS,
    EVENTS,
    ApprovalResponse,
    Attend,
    Cancel,
    Connected,
    Encoded,
    HasRead,
    Ping,
    Say,
    ToolResultEvent,
    Writing,
    encode,
)
from smarthealth.testing.fuzzing import broken_texts
from smarthealth.wire.errors import WireError


@pytest.mark.parametrize(
    ("frame", "command"),
    [
        ('{"message": "Crea un archivo test.txt"}', Say(message="Crea un archivo test.txt")),
        ('{"type": "message", "message": "hola", "more": 1}', Say(message="hola")),
        (
            '{"type": "approval_response", "tool_call_id": "call_1", "approved": true}',
            ApprovalResponse(tool_call_id="call_1", approved=True),
        ),
        ('{"type": "cancel"}', Cancel()),
        ('{"type": "ping"}', Ping()),
        ('{"type": "attend"}', Attend()),
        ('{"type": "typing"}', Writing(active=True)),
        ('{"type": "read", "message_id": 3}', HasRead(message_id=3)),
    ],
)
def test_commands_are_read(frame: str, command: object) -> None:
    """A message without a type is what a person says."""
    assert CODEC.decode(frame) == command


def test_events_are_written_as_the_document_has_them() -> None:
    """What is not there is left out; an event that is encoded already passes as it is."""
    frame = encode(Connected(conversation_id="conv_123", message="Conexión establecida"))
    assert json.loads(frame) == {"type": "connected", "conversation_id": "conv_123", "message": "Conexión establecida"}
    result = ToolResultEvent(success=True, result=None, tool_call_id="c")
    assert json.loads(encode(result)) == {"type": "tool_result", "success": True, "result": None, "tool_call_id": "c"}
    assert "result" not in json.loads(encode(attrs.evolve(result, result=UNSET, error="no")))
    assert encode(Encoded(frame)) is frame


def test_each_message_has_one_name() -> None:
    """In and out."""
    assert len(set(COMMANDS.values())) == len(COMMANDS)
    assert len(set(EVENTS.values())) == len(EVENTS)


@given(broken_texts(['{"message": "hola"}', '{"type": "approval_response", "tool_call_id": "c", "approved": true}']))
def test_any_text_is_a_command_or_an_error(text: str) -> None:
    """Whatever a client sends, nothing else comes of it."""
    try:
        command = CODEC.decode(text)
    except WireError:
        return
    assert type(command) in COMMANDS.values()
