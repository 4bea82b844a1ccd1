"""The tree of a serving process: started in order, healthy or saying what is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from smarthealth.bootstrap.index import open_index
from smarthealth.bootstrap.stores import open_stores
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.server.shared_metrics import SharedMetrics
from smarthealth.settings import Settings
from tests.bootstrap.conftest import open_tree

if TYPE_CHECKING:
    from tests.bootstrap.conftest import Page

Get = Callable[[str, str], Awaitable["Page"]]


async def make_index(settings: Settings) -> None:
    """An index that is ready when the tree starts."""
    async with open_stores(settings) as stores:
        await (await open_index(settings, stores, HashedEmbedder())).reset()


async def test_children_stand_in_order_and_all_is_well(settings: Settings, get: Get) -> None:
    """Storage, models, index, what applications need, connections and server start in this order, and every part says that it works."""
    await make_index(settings)
    async with open_tree(settings) as (world, address):
        names = [child.path.partition("/")[2] for child in world.system.snapshot().children]
        assert (names[:3], names[-2:]) == (["storage", "models", "index"], ["connections", "server"])
        assert {"knowledge", "rooms"} <= set(names[3:-2])  # each application's own, in between
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


async def test_one_of_several_processes_lets_the_others_see_its_numbers(
    settings: Settings, get: Get, tmp_path: Path
) -> None:
    """Beside the rest a child writes them; whoever is asked tells those of all."""
    await make_index(settings)
    (tmp_path / "numbers").mkdir()
    async with open_tree(settings, SharedMetrics(folder=tmp_path / "numbers", number=1)) as (world, address):
        assert "metrics" in [child.path.partition("/")[2] for child in world.system.snapshot().children]
        assert "smarthealth_pool_in_use" in (await get(address, "/metrics")).body.decode()
        assert (tmp_path / "numbers" / "1").exists()
