"""Who speaks, in which session."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.caller import Caller

SESSION = "550e8400-e29b-41d4-a716-446655440000"


def caller(session: str, user_id: int | None = 7) -> Caller:
    """Somebody in a session."""
    return Caller(user_id=user_id, subject=None, address=None, connection_id="c", session_name=session)


@pytest.mark.parametrize(
    "name", [SESSION, SESSION.upper(), SESSION.replace("-", ""), f"{{{SESSION}}}", f"urn:uuid:{SESSION}"]
)
def test_all_spellings_of_a_uuid_are_one_session(name: str) -> None:
    """Whatever a client's library writes."""
    assert caller(name).session_id == uuid.UUID(SESSION)
    assert caller(name).key == f"7/{SESSION}"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_other_name_is_a_session_too(name: str) -> None:
    """The same one whenever it is used."""
    assert caller(name).session_id == caller(name).session_id


def test_names_and_users_are_told_apart() -> None:
    """By name, and what may be busy by user as well."""
    assert caller("a").session_id != caller("A").session_id
    assert caller("a").key != caller("a", None).key
