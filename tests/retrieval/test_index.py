"""The index as the server uses it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import math
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
import trio
from numpy.typing import NDArray

from smarthealth.retrieval.errors import IndexNotWritten, IndexUnavailable
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.retrieval.index import ChunkIndex, IndexSettings
from smarthealth.retrieval.model import Chunk, IndexState
from smarthealth.retrieval.reading import Reader
from smarthealth.retrieval.rows import Query, Row
from smarthealth.retrieval.table import ChunkTable

Chunks = Callable[..., list[Chunk]]
Found = tuple[list[Row], list[Row]]
SOON = 30.0
"""Seconds within which anything here ends, on the slowest machine."""


class Broken(Exception):
    """What a failing embedding model raises."""


class Fickle(HashedEmbedder):
    """An embedding model that can fail or hang."""

    fails = False
    hangs = False

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed, fail or hang."""
        if self.fails:
            raise Broken
        if self.hangs:
            await trio.sleep_forever()
        return await super().embed(texts)


class Renamed(HashedEmbedder):
    """Another embedding model."""

    @property
    def name(self) -> str:
        """Another name."""
        return "renamed"


async def texts(index: ChunkIndex, patient_id: int, question: str) -> list[str]:
    """Displays of what a search finds."""
    return [hit.chunk.text.split(" · ")[2].split(" (")[0] for hit in (await index.search(patient_id, question)).hits]


async def test_a_spanish_question_finds_the_english_record(index: ChunkIndex, chunks: Chunks) -> None:
    """The record that a question means is the first hit, holds its term, and is scored."""
    await index.replace_patient(
        1,
        chunks(
            1,
            ("medication", "Amoxicillin 500 MG Oral Tablet", 2019),
            ("condition", "Essential hypertension (disorder)", 2015),
            ("observation", "Body Height", 2015),
        ),
    )
    result = await index.search(1, "¿Le han recetado antibióticos?")
    assert "Amoxicillin" in result.hits[0].chunk.text
    assert result.hits[0].matched_terms == result.terms == 1
    assert 0 < result.hits[-1].score < result.hits[0].score <= 1
    assert result.hits[0].similarity is not None
    assert result.vectors_searched


async def test_a_patient_without_chunks_has_no_hits(index: ChunkIndex, chunks: Chunks) -> None:
    """Another patient's chunks are never found."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    assert await texts(index, 2, "asma") == []


async def test_kinds_dates_and_number_are_passed_on(index: ChunkIndex, chunks: Chunks) -> None:
    """A search is narrowed by kinds, days and the number of hits."""
    await index.replace_patient(
        1,
        chunks(
            1, *(("condition", "Asthma", year) for year in (2001, 2002, 2003)), ("procedure", "Asthma screening", 2002)
        ),
    )
    found = await index.search(
        1, "asma", kinds=["condition"], since=date(2002, 1, 1), until=date(2003, 12, 31), limit=1
    )
    assert [(hit.chunk.kind, hit.chunk.date) for hit in found.hits] == [("condition", date(2003, 1, 3))]


async def test_foreign_rows_are_dropped(index: ChunkIndex, chunks: Chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the filter ever fail, rows of another patient do not pass."""
    rows = [
        Row(chunk=chunk, written=1, bm25=1.0, similarity=1.0)
        for one in (1, 2)
        for chunk in chunks(one, ("condition", "Asthma", 2019))
    ]

    async def search(_reader: Reader, _query: Query) -> Found:
        return rows, rows

    monkeypatch.setattr(Reader, "search", search)
    await index.reset()
    assert [hit.chunk.patient_id for hit in (await index.search(1, "asma")).hits] == [1]


async def test_chunks_of_another_patient_are_refused(index: ChunkIndex, chunks: Chunks) -> None:
    """Nothing is written when a chunk is not its patient's."""
    with pytest.raises(ValueError, match="another patient"):
        await index.replace_patient(2, chunks(1, ("condition", "Asthma", 2019)))
    assert await index.is_empty()


async def test_replacing_and_removing(index: ChunkIndex, chunks: Chunks) -> None:
    """A replaced patient has the new chunks, a removed one none, and both are told."""
    await index.replace_patients({one: chunks(one, ("condition", "Asthma", 2019)) for one in (1, 2, 3)})
    await index.replace_patient(2, chunks(2, ("condition", "Gout", 2019), ("condition", "Anemia", 2019)))
    assert set(await texts(index, 2, "gota, anemia o asma")) == {"Gout", "Anemia"}
    await index.remove_patients([3])
    await index.remove_patients([])
    assert await index.patients() == {1, 2}
    assert await index.count() == 3
    assert not await index.is_empty()
    await index.aclose()


async def test_an_index_that_was_never_built_is_missing(index: ChunkIndex) -> None:
    """Searching it says so; it holds nobody; removing does nothing."""
    assert (index.state, index.needs_rebuild) == (IndexState.MISSING, True)
    with pytest.raises(IndexUnavailable) as caught:
        await index.search(1, "asma")
    assert caught.value.state is IndexState.MISSING
    assert await index.patients() == set()
    assert await index.is_empty()
    await index.remove_patients([1])


async def test_the_first_use_opens_an_index_that_was_only_made(
    tmp_path: Path, index: ChunkIndex, chunks: Chunks
) -> None:
    """An index made without looking at the folder needs no rebuild before it was looked at."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    made = ChunkIndex(tmp_path / "index", HashedEmbedder())
    assert (made.state, made.needs_rebuild) == (IndexState.UNOPENED, False)
    assert await texts(made, 1, "asma") == ["Asthma"]
    assert made.state is IndexState.READY


async def test_a_deleted_folder_is_noticed_and_comes_back_without_reopening(
    tmp_path: Path, index: ChunkIndex, chunks: Chunks
) -> None:
    """After the folder is gone searches fail until it is written again, by whomever."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(IndexUnavailable):
        await index.search(1, "asma")
    assert index.needs_rebuild
    other = await ChunkIndex.open(tmp_path / "index", HashedEmbedder())
    await other.replace_patient(1, chunks(1, ("condition", "Gout", 2019)))
    assert await texts(index, 1, "gota") == ["Gout"]
    assert not index.needs_rebuild


async def test_a_write_after_the_folder_was_deleted_makes_it_anew(
    tmp_path: Path, index: ChunkIndex, chunks: Chunks
) -> None:
    """Writing needs no folder."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    shutil.rmtree(tmp_path / "index")
    await index.replace_patient(2, chunks(2, ("condition", "Gout", 2019)))
    assert await index.patients() == {2}


async def test_an_index_rebuilt_by_another_process_is_found(tmp_path: Path, index: ChunkIndex, chunks: Chunks) -> None:
    """A table exchanged under our hands is used at the next search."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    other = await ChunkIndex.open(tmp_path / "index", HashedEmbedder())
    await other.reset()
    await other.replace_patient(1, chunks(1, ("condition", "Gout", 2019)))
    assert await texts(index, 1, "gota o asma") == ["Gout"]


@pytest.mark.parametrize("part", ["data", "_versions"])
async def test_a_damaged_index_needs_a_reset(tmp_path: Path, index: ChunkIndex, chunks: Chunks, part: str) -> None:
    """Damage is an unavailable index for reader and writer, and a reset makes it usable without a restart."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    for path in (tmp_path / "index" / "chunks.lance" / part).iterdir():
        path.write_bytes(b"x" * 40)
    again = await ChunkIndex.open(tmp_path / "index", HashedEmbedder())
    assert (again.state, again.needs_rebuild) == (IndexState.DAMAGED, True)
    with pytest.raises(IndexUnavailable):
        await again.search(1, "asma")
    with pytest.raises(IndexUnavailable):
        await again.patients()
    with pytest.raises(IndexUnavailable):
        await again.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    await again.reset()
    await again.replace_patient(1, chunks(1, ("condition", "Gout", 2019)))
    assert await texts(again, 1, "gota") == ["Gout"]


async def test_an_index_of_another_model_is_outdated(tmp_path: Path, index: ChunkIndex, chunks: Chunks) -> None:
    """An index is not searched with the vectors of another model."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    other = await ChunkIndex.open(tmp_path / "index", Renamed())
    with pytest.raises(IndexUnavailable) as caught:
        await other.search(1, "asma")
    assert caught.value.state is IndexState.OUTDATED


@pytest.mark.parametrize(
    "error",
    [RuntimeError("lance error: LanceError(IO)"), ValueError("Invalid input, Empty buffers but expected 603 values")],
)
async def test_a_table_that_opens_and_cannot_be_read_is_damaged(
    index: ChunkIndex, chunks: Chunks, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """When reading fails twice though the table opens, the index is damaged."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))

    async def search(_reader: Reader, _query: Query) -> Found:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Reader, "search", search)
        with pytest.raises(IndexUnavailable) as caught:
            await index.search(1, "asma")
    assert caught.value.state is index.state is IndexState.DAMAGED
    assert await texts(index, 1, "asma") == ["Asthma"]
    await index.reopen()
    assert index.needs_rebuild, "another search that finds what it needs mends nothing"
    await index.reset()
    assert not index.needs_rebuild


@pytest.mark.parametrize("error", [RuntimeError("Invalid user input: x"), KeyError("ours")])
async def test_an_invalid_question_or_a_fault_of_ours_damages_nothing(
    index: ChunkIndex, chunks: Chunks, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Such an error goes to the caller, and the index stays ready."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))

    async def search(_reader: Reader, _query: Query) -> Found:
        raise error

    monkeypatch.setattr(Reader, "search", search)
    with pytest.raises(type(error)):
        await index.search(1, "asma")
    assert index.state is IndexState.READY


async def test_a_failing_write_is_told_and_what_was_there_stays(
    index: ChunkIndex, chunks: Chunks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails twice raises, and the index is searched as before."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))

    def replace(_table: ChunkTable, _chunks: object, _vectors: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(ChunkTable, "replace", replace)
    with pytest.raises(IndexNotWritten):
        await index.replace_patient(1, chunks(1, ("condition", "Gout", 2019)))
    assert await texts(index, 1, "gota o asma") == ["Asthma"]


async def test_a_table_that_vanishes_between_two_tries_is_unavailable(
    index: ChunkIndex, chunks: Chunks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the second try find no usable table, that is what is told."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))

    def replace(_table: ChunkTable, _chunks: object, _vectors: object) -> None:
        raise IndexUnavailable(IndexState.OUTDATED)

    async def search(_reader: Reader, _query: Query) -> Found:
        raise IndexUnavailable(IndexState.OUTDATED)

    monkeypatch.setattr(ChunkTable, "replace", replace)
    monkeypatch.setattr(Reader, "search", search)
    with pytest.raises(IndexUnavailable):
        await index.replace_patient(1, chunks(1, ("condition", "Gout", 2019)))
    with pytest.raises(IndexUnavailable):
        await index.search(1, "asma")
    assert index.needs_rebuild


@pytest.mark.parametrize("trouble", ["fails", "hangs"])
async def test_words_alone_are_searched_when_the_embedding_model_does_not_answer(
    tmp_path: Path, chunks: Chunks, trouble: str
) -> None:
    """A failing or hanging model costs the vectors and no more than its patience."""
    embedder = Fickle()
    index = await ChunkIndex.open(
        tmp_path / "index", embedder, embedding_errors=(Broken,), settings=IndexSettings(embedding_patience=0.05)
    )
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    setattr(embedder, trouble, True)
    result = await index.search(1, "asma")
    assert [hit.chunk.patient_id for hit in result.hits] == [1]
    assert (result.vectors_searched, result.hits[0].similarity) == (False, None)


async def test_an_unexpected_error_of_the_embedding_model_is_not_hidden(tmp_path: Path, chunks: Chunks) -> None:
    """Only the errors that were named mean words alone."""
    embedder = Fickle()
    index = await ChunkIndex.open(tmp_path / "index", embedder)
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    embedder.fails = True
    with pytest.raises(Broken):
        await index.search(1, "asma")


@pytest.fixture
def complaints() -> Iterator[list[dict[str, Any]]]:
    """What LanceDB's loop has to complain about, such as failures that nobody looked at."""
    from lancedb.background_loop import LOOP

    heard: list[dict[str, Any]] = []
    LOOP.loop.set_exception_handler(lambda _loop, what: heard.append(what))
    yield heard
    LOOP.loop.set_exception_handler(None)


async def until_idle(index: ChunkIndex) -> None:
    """Wait until every place for a call has been given back."""
    places = [object() for _ in range(int(index._limiter.total_tokens))]
    with trio.fail_after(SOON):
        for place in places:
            await index._limiter.acquire_on_behalf_of(place)
    for place in places:
        index._limiter.release_on_behalf_of(place)


async def test_a_cancelled_search_is_abandoned_at_once(
    index: ChunkIndex, chunks: Chunks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadline holds though what LanceDB has begun goes on, and counts until it has ended."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    release, searching = threading.Event(), threading.Event()

    async def search(_reader: Reader, _query: Query) -> Found:
        searching.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(SOON)
        await asyncio.to_thread(release.wait, SOON)
        return [], []

    with monkeypatch.context() as slow:
        slow.setattr(Reader, "search", search)
        try:
            with trio.fail_after(SOON), trio.move_on_after(math.inf) as scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(index.search, 1, "asma")
                    await trio.to_thread.run_sync(searching.wait, SOON)
                    scope.cancel()
            assert scope.cancelled_caught
            assert not release.is_set()
            assert index._limiter.borrowed_tokens == 1
        finally:
            release.set()
    await until_idle(index)
    assert await texts(index, 1, "asma") == ["Asthma"]


async def test_searches_cancelled_at_any_moment_leave_nothing_behind(
    index: ChunkIndex, chunks: Chunks, complaints: list[dict[str, Any]]
) -> None:
    """Whatever LanceDB is about when a search is cancelled, others find what they should, and no place stays taken."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    cancelled = 0
    with trio.fail_after(SOON):
        for tenths_of_ms in range(60):
            with trio.move_on_after(tenths_of_ms / 10_000) as scope:
                async with trio.open_nursery() as nursery:
                    for _ in range(6):
                        nursery.start_soon(index.search, 1, f"asma {tenths_of_ms}")
            cancelled += scope.cancelled_caught
            if tenths_of_ms % 10 == 0:
                assert await texts(index, 1, "asma") == ["Asthma"]
        await until_idle(index)
    assert cancelled > 0
    gc.collect()
    assert await texts(index, 1, "asma") == ["Asthma"]
    assert complaints == []


def test_a_trio_run_may_end_while_a_search_is_under_way(
    tmp_path: Path, chunks: Chunks, complaints: list[dict[str, Any]]
) -> None:
    """What LanceDB finds afterwards is dropped, and the next run searches as ever."""

    async def begun() -> None:
        index = await ChunkIndex.open(tmp_path / "index", HashedEmbedder())
        await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(index.search, 1, "asma")
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()

    async def searched() -> list[str]:
        return await texts(await ChunkIndex.open(tmp_path / "index", HashedEmbedder()), 1, "asma")

    for _ in range(5):
        trio.run(begun)
        gc.collect()
    assert trio.run(searched) == ["Asthma"]
    assert complaints == []


async def test_searches_that_open_the_index_at_once_all_find(tmp_path: Path, index: ChunkIndex, chunks: Chunks) -> None:
    """However many come first, none finds the index half open."""
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    for _ in range(5):
        made = ChunkIndex(tmp_path / "index", HashedEmbedder())
        found: list[list[str]] = []

        async def search(made: ChunkIndex = made, found: list[list[str]] = found) -> None:
            found.append(await texts(made, 1, "asma"))

        async with trio.open_nursery() as nursery:
            for _ in range(8):
                nursery.start_soon(search)
        assert found == [["Asthma"]] * 8


async def test_searches_never_see_a_patient_doubled_nor_gone_while_replaced(index: ChunkIndex, chunks: Chunks) -> None:
    """While a patient is replaced again and again, each search finds one whole state."""
    own = chunks(1, ("condition", "Asthma", 2019), ("condition", "Gout", 2019))
    versions = [[attrs.evolve(chunk, text=f"{chunk.text} v{version}") for chunk in own] for version in range(6)]
    await index.replace_patient(1, versions[0])
    done = trio.Event()

    async def replace() -> None:
        for version in versions[1:]:
            await index.replace_patient(1, version)
        done.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(replace)
        while not done.is_set():
            hits = (await index.search(1, "asma o gota")).hits
            assert len({hit.chunk.id for hit in hits}) == len(hits) == 2
            assert len({hit.chunk.text.rpartition(" ")[2] for hit in hits}) == 1


async def test_many_writes_are_compacted(tmp_path: Path, chunks: Chunks) -> None:
    """After so many writes, or rows, the table is compacted by itself."""
    index = await ChunkIndex.open(
        tmp_path / "index", HashedEmbedder(), settings=IndexSettings(compact_after_writes=3, compact_after_rows=10**6)
    )
    fragments = tmp_path / "index" / "chunks.lance" / "data"
    for one in range(1, 7):
        await index.replace_patient(one, chunks(one, ("condition", "Asthma", 2019)))
    assert await index.count() == 6
    assert len(list(fragments.iterdir())) > 6
    await index.compact()
    assert await texts(index, 4, "asma") == ["Asthma"]


async def test_compaction_beaten_by_another_process_is_left_for_later(
    index: ChunkIndex, chunks: Chunks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Losing the race to compact is no failure."""
    await index.compact()
    await index.replace_patient(1, chunks(1, ("condition", "Asthma", 2019)))
    monkeypatch.setattr(ChunkTable, "compact", lambda _table: False)
    await index.compact()
    assert await texts(index, 1, "asma") == ["Asthma"]
