"""The database, opened and brought up to date, and what it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from smarthealth.settings import Settings
from smarthealth.storage.audit import AuditLog
from smarthealth.storage.embedded import start_embedded
from smarthealth.storage.migrate import migrate
from smarthealth.storage.patients import Patients
from smarthealth.storage.pool import Pool, open_pool
from smarthealth.storage.records import Records
from smarthealth.storage.sessions import Sessions
from smarthealth.storage.users import Users


@attrs.frozen(kw_only=True)
class Stores:
    """What the database holds, one per aggregate."""

    pool: Pool
    users: Users
    sessions: Sessions
    audit: AuditLog
    patients: Patients
    records: Records

    @classmethod
    def over(cls, pool: Pool) -> Stores:
        """All of them, over one pool."""
        return cls(
            pool=pool,
            users=Users(pool),
            sessions=Sessions(pool),
            audit=AuditLog(pool),
            patients=Patients(pool),
            records=Records(pool),
        )


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncIterator[Stores]:
    """Open the database that the settings name, or the embedded one, and bring its schema up to date.

    Raises:
        StorageError: It cannot be reached, started or migrated.

    Resource handling:
        The embedded server is stopped on leaving, unless another program uses it.
    """
    dsn = settings.database.dsn()
    if dsn is not None:
        async with _open(settings, dsn) as stores:
            yield stores
        return
    async with start_embedded(data_folder(settings)) as embedded, _open(settings, embedded) as stores:
        yield stores


@asynccontextmanager
async def _open(settings: Settings, dsn: str) -> AsyncIterator[Stores]:
    database = settings.database
    async with open_pool(
        dsn,
        size=database.pool_size,
        connect_timeout=database.connect_timeout,
        statement_timeout=database.statement_timeout,
    ) as pool:
        await migrate(pool)
        yield Stores.over(pool)


def data_folder(settings: Settings) -> Path:
    """The data folder, made for its owner alone if it is not there."""
    folder = settings.general.data.expanduser().absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
