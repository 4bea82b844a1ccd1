"""Who is connected to which session, so that a person of the staff and a customer hear one another.

Of this process only: with several workers both must be connected to the same one. What is said is in the database in any case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

Tell = Callable[[Any], None]
"""Sends an event to one client; never waits."""


class Switchboard:
    """The two sides of each session."""

    def __init__(self) -> None:
        self._customers: defaultdict[UUID, dict[int, Tell]] = defaultdict(dict)
        self._staff: defaultdict[UUID, dict[int, Tell]] = defaultdict(dict)

    def to_customer(self, session: UUID, event: Any) -> bool:
        """Tell every connection of a session's customer; False when there is none."""
        return _tell(self._customers, session, event)

    def to_staff(self, session: UUID, event: Any) -> bool:
        """Tell every person who has joined a session; False when there is none."""
        return _tell(self._staff, session, event)

    def customer(self, session: UUID, tell: Tell) -> Callable[[], None]:
        """A customer speaks in a session; returns what is called when they leave."""
        return _join(self._customers, session, tell)

    def staff(self, session: UUID, tell: Tell) -> Callable[[], None]:
        """A person has joined a session; returns what is called when they leave."""
        return _join(self._staff, session, tell)


def _join(side: defaultdict[UUID, dict[int, Tell]], session: UUID, tell: Tell) -> Callable[[], None]:
    key = id(tell)
    side[session][key] = tell

    def leave() -> None:
        here = side.get(session, {})
        here.pop(key, None)
        if not here:
            side.pop(session, None)

    return leave


def _tell(side: defaultdict[UUID, dict[int, Tell]], session: UUID, event: Any) -> bool:
    heard = False
    for tell in list(side.get(session, {}).values()):
        tell(event)
        heard = True
    return heard
