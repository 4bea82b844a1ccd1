"""The knowledge base."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors import ChildSpec, open_system
from smarthealth.apps.support.knowledge import library, search
from smarthealth.apps.support.knowledge.lexicon import load_lexicon
from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.search import READ_AFTER, KnowledgeBase
from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.retrieval.model import IndexState, SearchResult
from smarthealth.storage.documents import StoredDocument, StoredPassage
from smarthealth.storage.errors import StorageUnavailable

SMALL = (
    Source(id="m#1", file="m.md", title="M", section="Wheels", kind="table", text="Wheelbase | 2,680 mm"),
    Source(
        id="m#2", file="m.md", title="M", section="Wheels", kind="row", text="Wheelbase; Figure: 2,680 mm", table="m#1"
    ),
)
WINCH = StoredDocument(
    path="/d/w.md", root="/d", name="w.md", digest="1", title="Winch", size=1,
    passages=(StoredPassage(section="Cable", kind="text", text="The winch cable bears 3,210 kg."),),
)  # fmt: skip


@attrs.define(eq=False)
class Shelf:
    """Documents in memory."""

    held: list[StoredDocument] = attrs.field(factory=list)
    error: Exception | None = None
    looks: int = 0

    async def revision(self) -> str:
        """Their number."""
        await trio.lowlevel.checkpoint()
        self.looks += 1
        if self.error is not None:
            raise self.error
        return str(len(self.held))

    async def load(self) -> list[StoredDocument]:
        """All."""
        await trio.lowlevel.checkpoint()
        return self.held


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """An empty shelf beside a manual of one page."""
    monkeypatch.setattr(search, "manual_sources", lambda: SMALL)
    return Shelf()


def base(shelf: Shelf, folder: Path) -> KnowledgeBase:
    """A knowledge base over a shelf."""
    return KnowledgeBase(
        lambda: shelf,
        lambda: folder,
        lambda path, origin: ChunkIndex(path, HashedEmbedder(), origin=origin, glossary=load_lexicon()),
        interval=0.01,
    )


async def test_it_follows_its_documents(shelf: Shelf, tmp_path: Path) -> None:
    """What is added is found and what is removed is not; older versions of the index are tidied away."""
    knowledge = base(shelf, tmp_path)
    assert await knowledge.follow()
    assert not await knowledge.follow()
    assert (await knowledge.find("wheelbase", 1))[0].source.id == "m#2"
    shelf.held.append(WINCH)
    assert await knowledge.follow()
    (found,) = await knowledge.find("what load does the winch cable bear?", 1)
    assert (found.source.file, found.source.section) == ("w.md", "Cable")
    # what an earlier program left behind
    for name in ("older", "oldest"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0))
    shelf.held.clear()
    assert await knowledge.follow()
    assert all(one.source.file != "w.md" for one in await knowledge.find("winch cable", 3))
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2  # noqa: ASYNC240 # nothing else runs here
    row = knowledge.source("m#2")
    assert row is not None
    table = knowledge.table_of(row)
    assert table is not None
    assert table.id == "m#1"
    assert knowledge.table_of(table) is None


async def test_what_is_near_a_question_is_remembered(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For so many questions, and until the documents change."""
    monkeypatch.setattr(search, "REMEMBERED", 1)
    asked: list[str] = []
    search_index = ChunkIndex.search

    async def noted(self: ChunkIndex, patient: int, question: str, **wanted: Any) -> SearchResult:
        asked.append(question)
        return await search_index(self, patient, question, **wanted)

    monkeypatch.setattr(ChunkIndex, "search", noted)
    knowledge = base(shelf, tmp_path)
    await knowledge.follow()

    async def searches(*questions: str) -> int:
        asked.clear()
        for question in questions:
            await knowledge.find(question, 1)
        return len(asked)

    assert await searches("wheelbase zeppelin", "wheelbase zeppelin") == 1
    assert await searches("wheelbase gondola", "wheelbase zeppelin") == 2
    shelf.held.append(WINCH)
    await knowledge.follow()
    assert await searches("wheelbase zeppelin") == 1


async def test_words_do_where_the_index_fails(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or where it takes too long."""
    knowledge = base(shelf, tmp_path)
    await knowledge.follow()

    async def fail(*_: object, **__: object) -> None:
        await trio.lowlevel.checkpoint()
        raise IndexUnavailable(IndexState.DAMAGED)

    monkeypatch.setattr(ChunkIndex, "search", fail)
    assert (await knowledge.find("wheelbase zeppelin gondola", 1))[0].source.id == "m#2"

    async def hang(*_: object, **__: object) -> None:
        await trio.sleep_forever()

    monkeypatch.setattr(ChunkIndex, "search", hang)
    monkeypatch.setattr(search, "SEARCH_LIMIT", 0.01)
    assert (await knowledge.find("wheelbase zeppelin gondola", 1))[0].source.id == "m#2"


async def test_the_manual_is_read_when_it_is_asked_or_after_a_while(
    shelf: Shelf, tmp_path: Path, mock_clock: MockClock
) -> None:
    """Not at the start, when others wait for the server to come up."""
    asked, unasked = base(shelf, tmp_path / "asked"), base(shelf, tmp_path / "unasked")
    async with open_system("test") as system:
        for number, knowledge in enumerate((asked, unasked)):
            await system.start_child(ChildSpec(name=f"knowledge-{number}", start=knowledge.serve))
        # by hand: a clock that jumps would do so while a thread reads the manual
        mock_clock.jump(READ_AFTER / 2)
        await wait_all_tasks_blocked()
        assert asked.source("m#2") is None
        assert (await asked.find("wheelbase", 1))[0].source.id == "m#2"
        assert unasked.source("m#2") is None
        mock_clock.jump(READ_AFTER / 2)
        await unasked._read.wait()
        assert unasked.source("m#2") is not None


async def test_who_is_stopped_does_not_wait_for_what_a_thread_reads(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manual takes a second, and more on a busy machine; this one takes until the stop is over."""
    stopped = threading.Event()

    def slowly() -> tuple[Source, ...]:
        trio.from_thread.run_sync(nursery.cancel_scope.cancel)
        assert stopped.wait(60)
        return SMALL

    monkeypatch.setattr(search, "manual_sources", slowly)
    knowledge = base(shelf, tmp_path)
    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(knowledge.follow)
    stopped.set()
    assert knowledge.source("m#2") is None


async def test_it_serves_while_the_database_is_away(shelf: Shelf, tmp_path: Path) -> None:
    """And takes the documents in when it is back; then it looks on, and does nothing where nothing changed."""
    shelf.error = StorageUnavailable("gone")
    knowledge = base(shelf, tmp_path)
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="knowledge", start=knowledge.serve))
        assert (await knowledge.find("wheelbase", 1))[0].source.id == "m#2"
        shelf.held.append(WINCH)
        shelf.error = None
        with trio.fail_after(20):
            while not await knowledge.find("winch cable", 1) or knowledge._index is None:  # noqa: ASYNC110 # nothing tells of a new index
                await trio.sleep(0.01)
            index, looks = knowledge._index, shelf.looks
            while shelf.looks < looks + 3:  # noqa: ASYNC110 # nor of a look
                await trio.sleep(0.01)
        assert knowledge._index is index


def test_there_are_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the passages of all documents together."""
    monkeypatch.setattr(search, "manual_sources", lambda: SMALL)
    monkeypatch.setattr(search, "MOST_PASSAGES", 1)
    sources, matcher = search._gathered([])
    assert len(sources) == len(matcher) == 1
    assert library.MOST_PASSAGES > 1
