"""Forgets conversations that nobody uses: those opened and never spoken in, and those in which nothing was said for very long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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


class Unused(Protocol):
    """Knows which conversations nobody uses: `storage.conversations.Conversations`."""

    async def forget_empty(self, before: datetime) -> int:
        """Delete the empty ones opened before a moment; how many."""
        ...

    async def forget_unused(self, before: datetime) -> tuple[str, ...]:
        """Delete those in which nothing was said since a moment; their names."""
        ...


class Child(Protocol):
    """What a supervised child says to its supervisor: `actors.Context`."""

    def started(self) -> None:
        """It is ready."""
        ...


ForgetFiles = Callable[[str], Awaitable[None]]
"""Removes the files of a conversation, by its name; raises `OSError`."""


async def sweep(
    context: Child,
    conversations: Unused,
    *,
    kept: timedelta,
    forget_files: ForgetFiles,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Look now and then, until cancelled; a database that does not answer is asked again the next time.

    Args:
        context: Of the actor that this is.
        conversations: The database's.
        kept: How long a conversation is kept after the last word in it.
        forget_files: What removes the files of those that are forgotten.
        now: The time.
    """
    context.started()
    while True:
        try:
            empty = await conversations.forget_empty(now() - UNUSED)
            names = await conversations.forget_unused(now() - kept)
        except StorageError as error:
            log.warning("conversations_not_swept", error=type(error).__name__)
        else:
            left = [name for name in names if not await _without_files(name, forget_files)]
            log.info("conversations_swept", empty=empty, unused=len(names), files_left=len(left))
        await trio.sleep(INTERVAL)


async def _without_files(name: str, forget_files: ForgetFiles) -> bool:
    """Whether the files of a conversation are gone."""
    try:
        await forget_files(name)
    except OSError as error:
        log.warning("files_not_removed", error=type(error).__name__)
        return False
    return True
