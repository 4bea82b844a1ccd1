from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import trio
from trio.testing import MockClock

from smarthealth.apps.taxi.sweeping import INTERVAL, sweep
from smarthealth.storage.errors import StorageUnavailable

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEPT = timedelta(days=90)


@attrs.define
class _Database:
    """Fails at the second look."""

    asked: list[datetime] = attrs.field(factory=list)
    is_ready: bool = False

    def started(self) -> None:
        self.is_ready = True

    async def forget_unused(self, before: datetime) -> int:
        self.asked.append(before)
        if len(self.asked) == 2:
            raise StorageUnavailable("down")
        return 1


async def test_threads_are_looked_for_now_and_then(autojump_clock: MockClock) -> None:
    """Those that nobody used for as long as they are kept; a look that failed is made up for by the next."""
    database = _Database()
    with trio.move_on_after(2.5 * INTERVAL):
        await sweep(database, database, kept=KEPT, now=lambda: NOW)
    assert database.is_ready
    assert database.asked == [NOW - KEPT] * 3
