"""What the children of a serving process have opened so far."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio

from smarthealth.actors import open_system
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.index import index_folder
from smarthealth.bootstrap.stores import data_folder
from smarthealth.bootstrap.world import World
from smarthealth.conversation.connections import Connections
from smarthealth.server.metrics import Metrics
from smarthealth.settings import Settings
from tests.bootstrap.conftest import open_tree

if TYPE_CHECKING:
    from tests.bootstrap.conftest import MakeSettings, Page

Get = Callable[[str, str], Awaitable["Page"]]


async def test_an_index_that_cannot_be_searched_is_said_so(settings: Settings, get: Get) -> None:
    """Where the index cannot be made, the server serves, and its health says which part fails."""
    data_folder(settings)
    index_folder(settings).write_text("in the way")
    async with open_tree(settings) as (world, address):
        health = await get(address, "/health")
        assert health.status == 503
        parts = msgspec.json.decode(health.body)["parts"]
        assert {name for name, part in parts.items() if part["status"] != "ok"} == {"index"}
        with pytest.raises(StartError, match="being built"):
            await world.check_index()


async def test_the_embedded_database_is_part_of_the_tree(make_settings: MakeSettings) -> None:
    """With no database named, storage is the embedded one in the data folder."""
    settings = make_settings()
    async with open_tree(settings) as (world, _):
        row = await world.stores.pool.fetch_one("show data_directory")
        assert row is not None
        assert str(row[0]).startswith(str(data_folder(settings)))
        with trio.fail_after(10):
            await world.check_database()
            await world.index.reset()
            await world.check_index()


async def test_parts_are_not_there_before_they_are_open(settings: Settings) -> None:
    """Whoever reaches for a part too early is told so."""
    async with open_system("test") as system:
        metrics = Metrics()
        world = World(settings, system, Connections(settings.conversation, telemetry=metrics), metrics)
        for part in ("stores", "models", "index"):
            with pytest.raises(StartError, match="before it was open"):
                getattr(world, part)
