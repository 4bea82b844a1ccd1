"""What takes long to make and is not needed to accept: made when the server has been up for a while, or for who needs it sooner."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

import trio

from smarthealth.actors import Context

T = TypeVar("T")

AFTER = 5.0
"""Seconds from the start: whoever waits for a server that comes up has been answered then."""


class Late(Generic[T]):
    """One thing, made once.

    Args:
        make: Makes it; may take long.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = Lock()
        self._made: list[T] = []

    def get(self) -> T:
        """The thing; who needs it before it is made waits for that."""
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._make())
        return self._made[0]

    async def serve(self, context: Context) -> None:
        """As a transient child of the system: make it in a thread, a while after the start."""
        context.started()
        await trio.sleep(AFTER)
        await trio.to_thread.run_sync(self.get)
