"""The database is opened, brought up to date, and closed."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smarthealth.bootstrap.stores import data_folder, open_stores
from smarthealth.storage.errors import PoolClosed, StorageUnavailable

if TYPE_CHECKING:
    from tests.bootstrap.conftest import MakeSettings


async def test_a_named_database_is_brought_up_to_date(make_settings: MakeSettings, empty_dsn: str) -> None:
    """An empty database gets its tables, which every store uses; nothing is left open."""
    async with open_stores(make_settings(DATABASE_URL=empty_dsn)) as stores:
        assert await stores.users.list() == []
        assert await stores.patients.find(8, "30995750") is None
        pool = stores.pool
    with pytest.raises(PoolClosed):
        await pool.fetch_one("select 1")


async def test_settings_of_the_pool_are_heeded(make_settings: MakeSettings, dsn: str) -> None:
    """Size and time limits are those of the settings."""
    async with open_stores(make_settings(DATABASE_URL=dsn, DB_POOL_SIZE="3", DB_STATEMENT_TIMEOUT="7")) as stores:
        assert await stores.pool.fetch_one("show statement_timeout") == ("7s",)
        assert stores.pool.statistics().size == 3


async def test_without_a_name_the_embedded_one_is_used(make_settings: MakeSettings, tmp_path: Path) -> None:
    """With nothing set, a server of our own runs in the data folder while the stores are open, and not after."""
    async with open_stores(make_settings()) as stores:
        row = await stores.pool.fetch_one("show data_directory")
        assert row is not None
        folder = Path(row[0])
        assert folder.is_relative_to(tmp_path / "data")
        assert (folder / "postmaster.pid").exists()
    assert not (folder / "postmaster.pid").exists()


async def test_an_unreachable_database_is_said_so(make_settings: MakeSettings) -> None:
    """Where no server listens, opening fails at once with the reason."""
    with pytest.raises(StorageUnavailable, match="refused"):
        async with open_stores(make_settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")):
            pytest.fail("it opened")


def test_the_data_folder_is_its_owners_alone(make_settings: MakeSettings, tmp_path: Path) -> None:
    """The folder is made with its parents, closed to others, and found again."""
    settings = make_settings(SMARTHEALTH_DATA=str(tmp_path / "deep" / "data"))
    folder = data_folder(settings)
    assert folder == data_folder(settings) == tmp_path / "deep" / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
