"""Messages that an actor has set aside until it can handle them."""

from __future__ import annotations

from collections import deque

from .asking import Ask
from .envelopes import content
from .errors import StashFull


class Stash:
    """What one actor has set aside, oldest first."""

    __slots__ = ("_capacity", "_held")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._held: deque[object] | None = None

    def __len__(self) -> int:
        return len(self._held or ())

    def expired(self) -> tuple[object, ...]:
        """Take out the requests whose askers have gone."""
        gone = tuple(queued for queued in self._held or () if isinstance(queued, Ask) and not queued.pending)
        if gone:
            self._held = deque(queued for queued in self._held or () if queued not in gone)
        return tuple(content(queued) for queued in gone)

    def check_room(self, path: str) -> None:
        """Raise unless there is room for one more.

        Raises:
            StashFull: There is none.
        """
        if len(self) >= self._capacity:
            raise StashFull(path, self._capacity)

    def add(self, queued: object) -> None:
        """Set one more aside."""
        if self._held is None:
            self._held = deque()
        self._held.append(queued)

    def take_all(self) -> tuple[object, ...]:
        """Give all back."""
        held, self._held = self._held, None
        return tuple(held or ())
