"""The index is kept true to PostgreSQL, whatever happens to either."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import trio
from numpy.typing import NDArray
from structlog.testing import capture_logs

from smarthealth.actors import ChildSpec, open_system
from smarthealth.apps.records.indexing import (
    Indexer,
    IndexerSettings,
    IndexingProgress,
    index_pending,
    rebuild,
)
from smarthealth.retrieval import ChunkIndex, HashedEmbedder
from smarthealth.retrieval.model import IndexState
from smarthealth.storage.pool import Pool


class OtherEmbedder(HashedEmbedder):
    """A model of another name."""

    @property
    def name(self) -> str:
        """Name and version."""
        return "other"


async def open_index(tmp_path: Path) -> ChunkIndex:
    """An index in a folder of its own."""
    return await ChunkIndex.open(tmp_path / "index", HashedEmbedder())


async def add_patient(pool: Pool, name: str, *entries: str) -> int:
    """Store a patient with conditions; the patient's id."""
    row = await pool.fetch_one(
        "insert into patient (fhir_id, full_name, search_name) values (%s, %s, '') returning id", [name, name]
    )
    assert row is not None
    await add_entries(pool, int(row[0]), entries)
    return int(row[0])


async def add_entries(pool: Pool, patient_id: int, entries: Sequence[str]) -> None:
    """Store conditions, as an import does."""
    for entry in entries:
        await pool.execute(
            "insert into record (patient_id, kind, fhir_id, display, started_on) values (%s, 'condition', %s, %s, '2020-01-02')",
            [patient_id, f"Condition/{entry}-{patient_id}", entry],
        )
    await pool.execute("update patient set revision = revision + 1 where id = %s", [patient_id])


async def found(index: ChunkIndex, patient_id: int, question: str) -> set[str]:
    """What a question finds, by the record's FHIR id."""
    hits = (await index.search(patient_id, question)).hits
    return {hit.chunk.id.partition("~")[0] for hit in hits}


async def test_who_waits_is_indexed_once(pool: Pool, tmp_path: Path) -> None:
    """Every waiting patient is indexed, and nobody a second time until something changes."""
    index = await open_index(tmp_path)
    ana, bea = await add_patient(pool, "Ana", "Asthma"), await add_patient(pool, "Bea", "Fracture")
    told: list[IndexingProgress] = []
    report = await index_pending(pool, index, told.append)
    assert (report.patients, report.chunks, report.removed) == (2, 2, 0)
    assert (told[-1].patients_done, told[-1].patients_total, told[-1].chunks) == (2, 2, 2)
    assert await found(index, ana, "asma") == {f"Condition/Asthma-{ana}"}
    assert (await index_pending(pool, index)).patients == 0
    await add_entries(pool, bea, ["Migraine"])
    assert (await index_pending(pool, index)).patients == 1
    assert await found(index, bea, "migraña") >= {f"Condition/Migraine-{bea}"}


async def test_an_index_that_nobody_has_opened_is_made(pool: Pool, tmp_path: Path) -> None:
    """The first catching up finds out that there is no index, and leaves one, though there is nobody to put into it."""
    index = ChunkIndex(tmp_path / "index", HashedEmbedder())
    assert (await index_pending(pool, index)).patients == 0
    assert index.state is (await open_index(tmp_path)).state is IndexState.READY


async def test_whoever_is_gone_leaves_the_index(pool: Pool, tmp_path: Path) -> None:
    """Chunks of patients whom PostgreSQL lacks are removed."""
    index = await open_index(tmp_path)
    ana, bea = await add_patient(pool, "Ana", "Asthma"), await add_patient(pool, "Bea", "Fracture")
    await index_pending(pool, index)
    await pool.execute("delete from patient where id = %s", [ana])
    assert (await index_pending(pool, index)).removed == 1
    assert await index.patients() == {bea}


class DeletingEmbedder(HashedEmbedder):
    """A model that takes so long that the patient is deleted meanwhile."""

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self._pool = pool

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts."""
        await self._pool.execute("delete from patient")
        return await super().embed(texts)


async def test_whoever_goes_while_being_indexed_does_not_stay(pool: Pool, tmp_path: Path) -> None:
    """A patient deleted between reading and writing leaves no chunk behind."""
    await add_patient(pool, "Ana", "Asthma")
    index = await ChunkIndex.open(tmp_path / "index", DeletingEmbedder(pool))
    assert (await index_pending(pool, index)).patients == 0
    assert await index.patients() == set()


async def test_a_lost_folder_is_made_anew(pool: Pool, tmp_path: Path) -> None:
    """When the folder is gone everybody is indexed again, although nobody's entries changed."""
    ana = await add_patient(pool, "Ana", "Asthma")
    await index_pending(pool, await open_index(tmp_path))
    (tmp_path / "index").rename(tmp_path / "lost")
    index = await open_index(tmp_path)
    assert (await index_pending(pool, index)).patients == 1
    assert await found(index, ana, "asma")


async def test_an_index_of_another_model_is_made_anew(pool: Pool, tmp_path: Path) -> None:
    """What another embedding model made is of no use, also when that shows only at the first reading."""
    ana = await add_patient(pool, "Ana", "Asthma")
    held = await open_index(tmp_path)
    await index_pending(pool, held)
    other = await ChunkIndex.open(tmp_path / "index", OtherEmbedder())
    assert other.needs_rebuild
    assert (await index_pending(pool, other)).patients == 1
    assert (await index_pending(pool, held)).patients == 1
    assert await found(held, ana, "asma")


async def test_a_rebuild_leaves_nothing_old(pool: Pool, tmp_path: Path) -> None:
    """Rebuilding writes everybody anew, to the same answers."""
    index = await open_index(tmp_path)
    ana = await add_patient(pool, "Ana", "Asthma", "Fracture")
    await index_pending(pool, index)
    before = await found(index, ana, "asma")
    report = await rebuild(pool, index)
    assert (report.patients, report.chunks) == (1, 2)
    assert await found(index, ana, "asma") == before


async def test_many_chunks_are_written_in_parts(pool: Pool, tmp_path: Path) -> None:
    """However many chunks there are, only so many are held at a time; nobody is left out."""
    index = await open_index(tmp_path)
    patients = [await add_patient(pool, f"P{number}") for number in range(2)]
    await pool.execute(
        "insert into record (patient_id, kind, fhir_id, display) select p, 'condition', 'C/' || p || '-' || n, 'thing ' || n"
        " from unnest(%s::bigint[]) p, generate_series(1, 1100) n",
        [patients],
    )
    report = await index_pending(pool, index)
    assert (report.patients, report.chunks) == (2, 2200)
    assert await index.patients() == set(patients)


async def test_two_writers_take_turns(pool: Pool, tmp_path: Path) -> None:
    """Two who catch up at once do so one after the other, and the second finds nothing to do."""
    index = await open_index(tmp_path)
    await add_patient(pool, "Ana", "Asthma")
    done: list[int] = []

    async def catch_up() -> None:
        done.append((await index_pending(pool, index)).patients)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(catch_up)
        nursery.start_soon(catch_up)
    assert done == [1, 0]


FAST = IndexerSettings(poll_interval=0.01, reconcile_interval=0.5, longest_pause=0.02)


async def test_the_indexer_catches_up_while_the_server_runs(pool: Pool, tmp_path: Path) -> None:
    """Whoever comes or goes is taken in or out without being asked for."""
    index = await open_index(tmp_path)
    indexer = Indexer(pool, index, FAST)
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="indexer", start=indexer.serve))
        await indexer.next_look()
        with capture_logs() as logs:
            ana = await add_patient(pool, "Ana", "Asthma")
            while ana not in await index.patients():
                await indexer.next_look()
            await pool.execute("delete from patient")
            while await index.patients():
                await indexer.next_look()
        system.stop()
    updates = [log for log in logs if log["event"] == "index_updated"]
    assert [(log["patients"], log["removed"]) for log in updates] == [(1, 0), (0, 1)]


class FailingEmbedder(HashedEmbedder):
    """A model that does not answer the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.failed = trio.Event()

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts."""
        if not self.failed.is_set():
            self.failed.set()
            raise RuntimeError("a secret")
        return await super().embed(texts)


async def test_the_indexer_survives_what_fails(pool: Pool, tmp_path: Path) -> None:
    """A failure is logged by its name alone, and tried again until it works."""
    await add_patient(pool, "Ana", "Asthma")
    embedder = FailingEmbedder()
    index = await ChunkIndex.open(tmp_path / "index", embedder)
    indexer = Indexer(pool, index, FAST)
    with capture_logs() as logs:
        async with open_system("test") as system:
            await system.start_child(ChildSpec(name="indexer", start=indexer.serve))
            await embedder.failed.wait()
            await indexer.next_look()
            system.stop()
    assert await index.count() == 1
    (failure,) = [log for log in logs if log["event"] == "indexing_failed"]
    assert failure["error"] == "RuntimeError"
    assert "secret" not in str(failure)
