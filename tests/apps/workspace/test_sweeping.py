from datetime import UTC, datetime, timedelta

import attrs
import trio
from trio.testing import MockClock

from smarthealth.apps.workspace.sweeping import INTERVAL, UNUSED, sweep
from smarthealth.storage.errors import StorageUnavailable

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEPT = timedelta(days=365)


@attrs.define
class _Database:
    """Fails at the second look."""

    asked: list[datetime] = attrs.field(factory=list)
    unused: list[datetime] = attrs.field(factory=list)
    removed: list[str] = attrs.field(factory=list)
    ready: bool = False

    def started(self) -> None:
        self.ready = True

    async def forget_empty(self, before: datetime) -> int:
        self.asked.append(before)
        if len(self.asked) == 2:
            raise StorageUnavailable("down")
        return 1

    async def forget_unused(self, before: datetime) -> tuple[str, ...]:
        self.unused.append(before)
        return ("old", "stuck")

    async def forget_files(self, name: str) -> None:
        if name == "stuck":
            raise PermissionError(name)
        self.removed.append(name)


async def test_empty_conversations_are_looked_for_now_and_then(autojump_clock: MockClock) -> None:
    """Those of more than a day, and those long unused with their files; a look that failed is made up for by the next."""
    database = _Database()
    with trio.move_on_after(2.5 * INTERVAL):
        await sweep(database, database, kept=KEPT, forget_files=database.forget_files, now=lambda: NOW)
    assert database.ready
    assert database.asked == [NOW - UNUSED] * 3
    assert database.unused == [NOW - KEPT] * 2
    assert database.removed == ["old", "old"]
    assert timedelta(hours=1) < UNUSED


async def test_the_time_is_the_world_s(autojump_clock: MockClock) -> None:
    """Where nobody says otherwise."""
    database = _Database()
    with trio.move_on_after(1):
        await sweep(database, database, kept=KEPT, forget_files=database.forget_files)
    assert datetime.now(UTC) - database.asked[0] < UNUSED + timedelta(minutes=1)
