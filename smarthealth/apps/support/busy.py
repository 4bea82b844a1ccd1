"""Which sessions are being answered, over WebSockets and HTTP alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class SessionBusy(Exception):
    """The session is being answered already."""


class BusySessions:
    """The sessions of this process that are being answered."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold a session while it is answered.

        Raises:
            SessionBusy: Somebody holds it.
        """
        if key in self._keys:
            raise SessionBusy(key)
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)
