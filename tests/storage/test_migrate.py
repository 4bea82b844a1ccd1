from __future__ import annotations

from pathlib import Path

import pytest
import trio

from smarthealth.storage.errors import DatabaseTooNew, MigrationChanged, MigrationError, StatementRejected
from smarthealth.storage.migrate import Migration, load_migrations, migrate
from smarthealth.storage.pool import open_pool

FIRST = Migration(number=1, name="first", sql="create table first (x int); insert into first values (1)")
SECOND = Migration(number=2, name="second", sql="create table second as select '100%s' as y")


async def test_what_lacks_is_applied_in_order(empty_dsn: str) -> None:
    """Every migration is applied once, and later ones are added to those that are there."""
    async with open_pool(empty_dsn) as pool:
        assert await migrate(pool, [FIRST]) == [FIRST]
        assert await migrate(pool, [FIRST, SECOND]) == [SECOND]
        assert await migrate(pool, [FIRST, SECOND]) == []
        assert await pool.fetch("select number, name from schema_migration order by number") == [
            (1, "first"),
            (2, "second"),
        ]
        assert await pool.fetch("select y from second") == [("100%s",)]


async def test_many_may_start_at_once(empty_dsn: str) -> None:
    """Of many starters each migration is applied by one, and all find the schema complete."""
    applied: list[Migration] = []

    async def start() -> None:
        async with open_pool(empty_dsn, size=1) as pool:
            applied.extend(await migrate(pool, [FIRST, SECOND]))
            assert await pool.fetch("select count(*) from second") == [(1,)]

    async with trio.open_nursery() as nursery:
        for _ in range(6):
            nursery.start_soon(start)
    assert sorted(applied, key=lambda migration: migration.number) == [FIRST, SECOND]


async def test_a_failing_migration_leaves_nothing(empty_dsn: str) -> None:
    """A migration that fails is undone, those before it stay, and it is tried again the next time."""
    broken = Migration(number=2, name="second", sql="create table half (x int); select from nowhere")
    async with open_pool(empty_dsn) as pool:
        with pytest.raises(StatementRejected):
            await migrate(pool, [FIRST, broken])
        assert await pool.fetch_one("select to_regclass('first') is null, to_regclass('half') is null") == (False, True)
        assert await migrate(pool, [FIRST, SECOND]) == [SECOND]


async def test_a_newer_database_is_left_alone(empty_dsn: str) -> None:
    """A database with migrations that this program does not know is refused."""
    async with open_pool(empty_dsn) as pool:
        await migrate(pool, [FIRST, SECOND])
        with pytest.raises(DatabaseTooNew, match="0002_second"):
            await migrate(pool, [FIRST])


async def test_a_changed_migration_is_refused(empty_dsn: str) -> None:
    """A migration whose text changed after it was applied is refused, and so is one put in before."""
    changed = Migration(number=1, name="first", sql="create table other (x int)")
    between = Migration(number=0, name="earlier", sql="create table earlier (x int)")
    async with open_pool(empty_dsn) as pool:
        await migrate(pool, [FIRST])
        with pytest.raises(MigrationChanged, match="0001_first"):
            await migrate(pool, [changed])
        with pytest.raises(MigrationChanged, match="0000_earlier"):
            await migrate(pool, [between, FIRST])


async def test_this_programs_migrations(empty_dsn: str) -> None:
    """The package's own migrations are numbered from 1 without a gap and apply to an empty database."""
    own = load_migrations()
    assert [migration.number for migration in own] == list(range(1, len(own) + 1))
    async with open_pool(empty_dsn) as pool:
        assert await migrate(pool) == list(own)


def test_line_ends_do_not_matter() -> None:
    """A file checked out with other line ends is the same migration."""
    unix = Migration(number=1, name="x", sql="select 1;\nselect 2;\n")
    assert unix.checksum == Migration(number=1, name="x", sql="select 1;\r\nselect 2;\r\n").checksum


def test_folders_are_read_with_care(tmp_path: Path) -> None:
    """Files that are no SQL are passed over; a wrong name and a number used twice are refused."""
    (tmp_path / "README.md").write_text("not SQL")
    (tmp_path / "0002_b.sql").write_text("select 2")
    (tmp_path / "0001_a.sql").write_text("select 1")
    assert [migration.name for migration in load_migrations(tmp_path)] == ["a", "b"]
    (tmp_path / "0002_c.sql").write_text("select 3")
    with pytest.raises(MigrationError, match="same number"):
        load_migrations(tmp_path)
    (tmp_path / "2_c.sql").write_text("select 3")
    with pytest.raises(MigrationError, match=r"2_c\.sql"):
        load_migrations(tmp_path)
