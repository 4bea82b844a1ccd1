"""The demo's patients and user are there after every start, and made once."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from smarthealth.actors import System, open_system
from smarthealth.apps.records.demo import demo_paths
from smarthealth.apps.records.importing import import_paths
from smarthealth.bootstrap.accounts import DEMO_EMAIL, add_user
from smarthealth.bootstrap.demo import DEMO_PATIENT, prepare_demo
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.index import open_index
from smarthealth.bootstrap.stores import Stores, open_stores
from smarthealth.bootstrap.world import World
from smarthealth.conversation.connections import Connections
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.server.metrics import Metrics
from smarthealth.server.passwords import Passwords
from smarthealth.settings import Settings

if TYPE_CHECKING:
    from smarthealth.retrieval.index import ChunkIndex


def world_of(settings: Settings, system: System, stores: Stores, index: ChunkIndex) -> World:
    """What a running server has open, without the server."""
    metrics = Metrics()
    return World(
        settings, system, Connections(settings.conversation, telemetry=metrics), metrics, stores=stores, index=index
    )


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    """Stores and an empty index."""
    async with open_stores(settings) as stores, open_system("test") as system:
        index = await open_index(settings, stores, HashedEmbedder())
        await index.reset()
        yield world_of(settings, system, stores, index)


async def test_a_second_start_changes_nothing(settings: Settings, world: World) -> None:
    """Patients are loaded and indexed once; the user's password is kept for its owner alone and said again."""
    demo = await prepare_demo(settings, world)
    assert demo.email == DEMO_EMAIL
    user = await world.stores.users.find_by_email(DEMO_EMAIL)
    assert user is not None
    assert (await Passwords().check(demo.password or "", user.password_hash)).good
    assert demo.password
    assert demo.password not in repr(demo)
    laura = await world.stores.patients.find(*DEMO_PATIENT)
    assert laura is not None
    assert laura.id in await world.index.patients()
    row = await world.stores.pool.fetch_one("select count(*), max(id) from import_file")
    assert await prepare_demo(settings, world) == demo
    assert await world.stores.pool.fetch_one("select count(*), max(id) from import_file") == row
    (file,) = settings.general.data.glob("demo-password")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_user_made_elsewhere_keeps_the_password(settings: Settings, world: World) -> None:
    """Where somebody made the demo user by hand, the patients are loaded and no password is claimed to be known."""
    await add_user(world.stores, email=DEMO_EMAIL, full_name="Me", role="admin", password="my own password")
    assert (await prepare_demo(settings, world)).password is None
    assert await world.stores.patients.find(*DEMO_PATIENT) is not None


async def test_a_start_that_was_interrupted_is_finished(settings: Settings, world: World) -> None:
    """Without the user, who is made last, loading goes on although the first patient is there already."""
    await import_paths(world.stores.pool, [path for path in demo_paths() if "laura" in path.name])
    assert await world.stores.patients.find(*DEMO_PATIENT) is not None
    await prepare_demo(settings, world)
    assert len(await world.index.patients()) == 4


async def test_another_import_is_not_waited_for(settings: Settings, world: World) -> None:
    """While another import runs, the start fails with the reason."""
    async with world.stores.pool.connection() as connection:
        await connection.execute("select pg_advisory_lock(%s)", [0x736D_696D_706F_7274])
        with pytest.raises(StartError, match="another import runs"):
            await prepare_demo(settings, world)
        await connection.execute("select pg_advisory_unlock(%s)", [0x736D_696D_706F_7274])
