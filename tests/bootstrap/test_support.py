"""The support application, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
import trio

from smarthealth.actors import open_system
from smarthealth.apps.support.services import TokenRefused
from smarthealth.bootstrap import support
from smarthealth.bootstrap.models import Models
from smarthealth.bootstrap.stores import Stores
from smarthealth.bootstrap.support import SupportPart, TokenDesk, warm_up
from smarthealth.bootstrap.world import World
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.llm.port import Embedder
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.server.errors import unauthorised, unavailable
from smarthealth.server.metrics import Metrics
from smarthealth.settings import Environment, load_settings
from smarthealth.storage.appointments import Appointments
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.storage.pool import Pool
from smarthealth.testing.embedder import HashedWordsEmbedder


@asynccontextmanager
async def _open_part(folder: Path, pool: Pool, embedder: Embedder | None = None) -> AsyncIterator[SupportPart]:
    """The part over a database, with its children running."""
    settings = load_settings(Environment(process={"SMARTHEALTH_DATA": str(folder)}, file={}))
    async with open_system("test") as system:
        world = World(settings, system, Connections(ConversationSettings()), Metrics())
        world._stores = Stores.over(pool)
        world._models = Models(provider=None, embedder=embedder or HashedEmbedder())
        part = SupportPart(world)
        for child in part.children():
            await system.start_child(child)
        yield part


async def _offered(pool: Pool) -> int:
    """How many services the workshop offers, as soon as it offers any."""
    with trio.fail_after(20):
        while not (services := await Appointments(pool).services()):  # noqa: ASYNC110 # nothing tells of rows
            await trio.sleep(0.01)
    return len(services)


async def test_a_provider_s_embedding_is_taken_as_it_is(pool: Pool, tmp_path: Path) -> None:
    """Only the offline one is given the things of a car instead of those of a clinic."""
    async with _open_part(tmp_path, pool, HashedWordsEmbedder()) as part:
        (found, *_) = await part._knowledge.find("wheelbase zeppelin", 1)
        assert "2,680" in found.source.text
        with trio.fail_after(20):
            while part._knowledge._index is None:  # noqa: ASYNC110 # nothing tells of an index
                await trio.sleep(0.01)
        assert not part._knowledge._index.needs_rebuild


async def test_the_support_chat_is_put_together(pool: Pool, tmp_path: Path) -> None:
    """The workshop offers its services, and the manual is searched by an index in the data folder."""
    async with _open_part(tmp_path, pool) as part:
        application = part.application()
        assert (application.name, len(application.endpoints)) == ("support", 2)
        assert await _offered(pool) > 0
        (found, *_) = await part._knowledge.find("wheelbase", 1)
        assert "2,680" in found.source.text
        with trio.fail_after(60):
            while part._knowledge._index is None:  # noqa: ASYNC110 # nothing tells of a new index
                await trio.sleep(0.01)
        assert (tmp_path / support.FOLDER).is_dir()


async def test_the_workshop_waits_for_its_database(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And offers its services when that is back, once; what is over is looked for again and again."""
    offer, finish = Appointments.offer, Appointments.finish
    looks: list[int] = []
    failures = [StorageUnavailable("gone")]

    async def fail_at_first(book: Appointments, *arguments: object) -> None:
        if failures:
            raise failures.pop()
        await offer(book, *arguments)  # type: ignore[arg-type] # as they came

    async def look(book: Appointments, before: datetime) -> int:
        looks.append(await finish(book, before))
        return looks[-1]

    monkeypatch.setattr(Appointments, "offer", fail_at_first)
    monkeypatch.setattr(Appointments, "finish", look)
    monkeypatch.setattr(support, "RETRY", 0.01)
    monkeypatch.setattr(support, "FINISH_INTERVAL", 0.01)
    async with _open_part(tmp_path, pool):
        assert await _offered(pool) > 0
        with trio.fail_after(20):
            while len(looks) < 2:  # noqa: ASYNC110 # nothing tells of a look
                await trio.sleep(0.01)
    assert not failures


async def test_refusals_of_accounts_are_told_apart() -> None:
    """For good, or for now."""

    class Door:
        error = unauthorised()

        async def recognise(self, token: str) -> None:
            await trio.lowlevel.checkpoint()
            raise self.error

    door = Door()
    desk = TokenDesk(door)  # type: ignore[arg-type] # as much of the accounts as is asked
    with pytest.raises(TokenRefused) as refused:
        await desk.recognise("x")
    assert not refused.value.is_temporary
    door.error = unavailable("UNAVAILABLE")
    with pytest.raises(TokenRefused) as refused:
        await desk.recognise("x")
    assert refused.value.is_temporary


def test_what_is_read_ahead() -> None:
    """The model, the trees, the tools."""
    warm_up()
