"""Who speaks, in which session."""

from __future__ import annotations

from uuid import UUID

import attrs

from smarthealth.apps.support.caller import Caller, name_of
from tests.apps.support.conftest import ANA, LUIS

SESSION = "550e8400-e29b-41d4-a716-446655440000"


def test_a_session_s_name_is_a_uuid_or_makes_one() -> None:
    """Always the same one."""
    caller = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name=SESSION)
    assert caller.session_id == UUID(SESSION)
    assert caller.key == f"7/{SESSION}"
    named = attrs.evolve(caller, session_name="python-session-1")
    assert named.session_id == attrs.evolve(caller, session_name="python-session-1").session_id


def test_people_have_names() -> None:
    """Their own, else their address, else their number."""
    assert [name_of(ANA), name_of(LUIS), name_of(attrs.evolve(LUIS, email=None))] == ["Ana", "luis@example.org", "8"]
