"""Who is connected to which session."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from smarthealth.apps.support.people import Switchboard


def test_the_sides_of_a_session_hear_one_another() -> None:
    """Every connection of the other side, while it is there."""
    board, session = Switchboard(), uuid4()
    heard: list[Any] = []
    leave = board.customer(session, heard.append)
    second = board.customer(session, lambda event: heard.append(("second", event)))
    assert board.to_customer(session, 1)
    assert heard == [1, ("second", 1)]
    leave()
    assert board.to_customer(session, 2)
    second()
    second()
    assert not board.to_customer(session, 3)
    assert not board.to_staff(session, 4)
    board.staff(session, heard.append)
    assert board.to_staff(session, 5)
    assert heard[-1] == 5
