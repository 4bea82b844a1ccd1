"""What a session stands in the middle of."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from smarthealth.apps.support.maintenance.wishes import Wish
from smarthealth.apps.support.state import FRESH, Clarifying, SessionState, read_state, write_state

WHOLE = SessionState(
    busy_with="maintenance",
    tree="brakes",
    node="level",
    wish=Wish(
        intent="book",
        service="oil",
        day=date(2026, 3, 5),
        last_day=date(2026, 3, 6),
        at=time(10, 30),
        part="morning",
        plate="ABC123",
        offered=(datetime(2026, 3, 5, 10, 0),),
    ),
    clarifying=Clarifying(message="hm", options=("specs", "human")),
    unsure=2,
    language="es",
)


@pytest.mark.parametrize("state", [WHOLE, FRESH])
def test_a_state_survives_its_text(state: SessionState) -> None:
    """Dates and times included."""
    assert read_state(write_state(state)) == state


@pytest.mark.parametrize("text", ["{}", "nonsense", "[1]", '{"busy_with": 1}', '{"clarifying": {}}'])
def test_a_state_that_cannot_be_read_is_none(text: str) -> None:
    """Another version may have written it."""
    assert read_state(text) == FRESH
