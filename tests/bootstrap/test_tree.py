"""The tree of a serving process: started in order, healthy or saying what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio

from smarthealth.actors import Strategy, open_system
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.index import index_folder, open_index
from smarthealth.bootstrap.stores import data_folder, open_stores
from smarthealth.bootstrap.tree import start_tree
from smarthealth.bootstrap.world import World
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.server.hypercorn import Bind, open_listeners
from smarthealth.settings import Settings

if TYPE_CHECKING:
    from tests.bootstrap.conftest import MakeSettings, Page

Get = Callable[[str, str], Awaitable["Page"]]


@asynccontextmanager
async def tree(settings: Settings) -> AsyncIterator[tuple[World, str]]:
    """A running tree, and its address."""
    addresses: list[str] = []
    with open_listeners([Bind(name="records", address="127.0.0.1:0")], settings.server.limits()) as listeners:
        async with open_system("test", strategy=Strategy.REST_FOR_ONE) as system:
            yield await start_tree(settings, system, listeners, addresses.extend), addresses[0]


async def make_index(settings: Settings) -> None:
    """An index that is ready when the tree starts."""
    async with open_stores(settings) as stores:
        await (await open_index(settings, stores, HashedEmbedder())).reset()


async def test_children_stand_in_order_and_all_is_well(settings: Settings, get: Get) -> None:
    """Storage, models, index, connections and server start in this order, and every part says that it works."""
    await make_index(settings)
    async with tree(settings) as (world, address):
        names = [child.path.partition("/")[2] for child in world.system.snapshot().children]
        assert names == ["storage", "models", "index", "connections", "server"]
        health = await get(address, "/health")
        assert health.status == 200, health.body
        assert {name: part["status"] for name, part in msgspec.json.decode(health.body)["parts"].items()} == {
            "database": "ok",
            "index": "ok",
            "model": "ok",
        }
        metrics = (await get(address, "/metrics")).body.decode()
        assert "smarthealth_pool_in_use" in metrics
        assert "smarthealth_pool_waiting" in metrics


async def test_an_index_that_cannot_be_searched_is_said_so(settings: Settings, get: Get) -> None:
    """Where the index cannot be made, the server serves, and its health says which part fails."""
    data_folder(settings)
    index_folder(settings).write_text("in the way")
    async with tree(settings) as (world, address):
        health = await get(address, "/health")
        assert health.status == 503
        parts = msgspec.json.decode(health.body)["parts"]
        assert {name for name, part in parts.items() if part["status"] != "ok"} == {"index"}
        with pytest.raises(StartError, match="being built"):
            await world.check_index()


async def test_the_embedded_database_is_part_of_the_tree(make_settings: MakeSettings) -> None:
    """With no database named, storage is the embedded one in the data folder."""
    settings = make_settings()
    async with tree(settings) as (world, _):
        row = await world.stores.pool.fetch_one("show data_directory")
        assert row is not None
        assert str(row[0]).startswith(str(data_folder(settings)))
        with trio.fail_after(10):
            await world.check_database()
