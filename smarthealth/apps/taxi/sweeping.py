"""Forgets threads that nobody has used for long, with all that was said in them; bookings stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
import trio

from smarthealth.storage.errors import StorageError

from .services import utc_now

INTERVAL: Final = 3600.0
"""Seconds between two looks."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Unused(Protocol):
    """Knows when threads were used: `storage.threads.Threads`."""

    async def forget_unused(self, before: datetime) -> int:
        """Delete those last used before a moment; how many."""
        ...


class Child(Protocol):
    """What a supervised child says to its supervisor: `actors.Context`."""

    def started(self) -> None:
        """It is ready."""
        ...


async def sweep(context: Child, threads: Unused, *, kept: timedelta, now: Callable[[], datetime] = utc_now) -> None:
    """Look now and then, until cancelled; a database that does not answer is asked again the next time.

    Args:
        context: Of the actor.
        threads: What is swept.
        kept: How long a thread is kept that nobody uses.
        now: The time of day.
    """
    context.started()
    while True:
        try:
            forgotten = await threads.forget_unused(now() - kept)
        except StorageError as error:
            log.warning("threads_not_swept", error=type(error).__name__)
        else:
            log.info("threads_swept", forgotten=forgotten)
        await trio.sleep(INTERVAL)
