"""Forgets conversations that were opened and never used: whoever knocks at a new name opens one, and many are never spoken in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog
import trio

from smarthealth.storage.errors import StorageError

INTERVAL: Final = 3600.0
"""Seconds between two looks."""
UNUSED: Final = timedelta(days=1)
"""How long an empty conversation is kept."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Empties(Protocol):
    """Knows which conversations are empty: `storage.conversations.Conversations`."""

    async def forget_empty(self, before: datetime) -> int:
        """Delete those opened before a moment; how many."""
        ...


class Child(Protocol):
    """What a supervised child says to its supervisor: `actors.Context`."""

    def started(self) -> None:
        """It is ready."""
        ...


async def sweep(
    context: Child, conversations: Empties, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """Look now and then, until cancelled; a database that does not answer is asked again the next time."""
    context.started()
    while True:
        try:
            forgotten = await conversations.forget_empty(now() - UNUSED)
        except StorageError as error:
            log.warning("conversations_not_swept", error=type(error).__name__)
        else:
            log.info("conversations_swept", forgotten=forgotten)
        await trio.sleep(INTERVAL)
