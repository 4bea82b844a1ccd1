"""The messages of the staff's endpoint."""

from __future__ import annotations

from smarthealth.apps.support.operator_wire import CODEC, COMMANDS, Closed, Join


def test_messages_are_read_and_written() -> None:
    """By their tags."""
    assert CODEC.decode('{"type": "join", "ticket": 3}') == Join(ticket=3)
    assert CODEC.encode(Closed(ticket=3)) == '{"type":"closed","ticket":3}'
    assert "say" in COMMANDS
