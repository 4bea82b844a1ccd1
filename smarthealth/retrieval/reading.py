"""What is read of the table of chunks, on LanceDB's own event loop.

LanceDB's blocking methods are its asynchronous ones, run on a loop in a thread of its own. A search by them goes there and back
half a dozen times (for the schema alone three times), and each time two threads have to be woken: on one core that costs more
than the search. So the asynchronous methods are used here, and a search is one coroutine for that same loop. What it does there
besides is short: rows of one patient are turned into objects, at most `MOST_ROWS`, and multiplied with a vector.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
import numpy as np
from numpy.typing import NDArray

from .errors import IndexUnavailable
from .held import MOST_ROWS, HeldPatients, HeldRows, Scored
from .model import IndexState
from .rows import COLUMNS, Query, Row, rows_of, vectors_of
from .unchanged import Unchanged

if TYPE_CHECKING:
    import pyarrow as pa
    from lancedb import AsyncTable, Session
    from lancedb.expr import Expr

T = TypeVar("T")

STAMP: Final = b"smarthealth"
"""Key of the stamp in the metadata of the table's schema."""
_VERSIONS: Final = "_versions"
"""Folder of Lance's format that gains a file with each version of the table."""


class Reader:
    """Searches one table; as any handle of LanceDB it follows the table to higher versions.

    Args:
        table: An open handle.
        stamp: What the table says of itself. A version that says otherwise is another table.
        versions: Folder that changes with each version.
    """

    def __init__(self, table: AsyncTable, stamp: Mapping[str, str], versions: Path) -> None:
        self._table = table
        self.stamp: Final = stamp
        """What the table said of itself as it was opened."""
        self._checked: int | None = None
        """Version whose stamp has been looked at."""
        self._held = HeldPatients()
        self._versions: Unchanged[int] = Unchanged(versions)

    @classmethod
    def open(cls, folder: Path, name: str, session: Session, stamp: Mapping[str, str]) -> Reader:
        """Open a table of a folder."""
        import lancedb

        async def opened() -> AsyncTable:
            latest = timedelta(0)
            connection = await lancedb.connect_async(str(folder), read_consistency_interval=latest, session=session)
            return await connection.open_table(name)

        return cls(_run(opened()), stamp, folder / f"{name}.lance" / _VERSIONS)

    async def search(self, query: Query) -> tuple[list[Row], list[Row]]:
        """Rows nearest in meaning and rows nearest in words, each best first.

        Raises:
            IndexUnavailable: It is another table by now.
        """
        version, scored = await self._look(query)
        await self._check(version)
        held = self._held.get(query.patient_id, version)
        if held is None:
            held = await self._patient(query.patient_id)
            self._held.put(query.patient_id, version, held)
        worded = held.worded(scored, query) if held.is_whole else None
        if worded is None:
            # too many to be held, or written anew while this search was under way
            return await self._search_disk(query)
        return held.near(query), worded

    async def _check(self, version: int) -> None:
        if version != self._checked:
            if stamp_of(await self._table.schema()) != self.stamp:
                raise IndexUnavailable(IndexState.OUTDATED)
            self._checked = version

    async def _look(self, query: Query) -> tuple[int, list[Scored]]:
        """The table's version, and the rows that hold a query's words, best first."""
        looks = self._versions.look()
        known = self._versions.known(looks)
        # of the table's columns none: so nothing but indexes in memory is read
        words = self._worded(query, ["_rowid", "_score"]) if query.words else _none()
        if known is not None:
            return known, _scored(await words)
        version, found = await asyncio.gather(self._table.version(), words)
        self._versions.keep(looks, version)
        return version, _scored(found)

    async def _patient(self, patient_id: int) -> HeldRows:
        """All rows of a patient, to be held; or that they are too many."""
        mine = _filter(Query(patient_id=patient_id, words="", vector=None))
        columns = ["_rowid", *COLUMNS, "vector"]
        found = await self._table.query().where(mine).select(columns).limit(MOST_ROWS + 1).to_arrow()
        if len(found) > MOST_ROWS:
            return HeldRows.too_many()
        return HeldRows(rows_of(found), vectors_of(found), ids=found["_rowid"].to_pylist())

    async def _search_disk(self, query: Query) -> tuple[list[Row], list[Row]]:
        near, worded = await asyncio.gather(
            _none() if query.vector is None else self._near(query, query.vector),
            self._worded(query, [*COLUMNS, "vector", "_score"]) if query.words else _none(),
        )
        return [] if near is None else _near_rows(near), [] if worded is None else _worded_rows(worded, query.vector)

    async def _near(self, query: Query, vector: NDArray[np.float32]) -> pa.Table:
        search = self._table.query().nearest_to(vector).column("vector").where(_filter(query))
        return await search.select([*COLUMNS, "_distance"]).limit(query.most).to_arrow()

    async def _worded(self, query: Query, columns: list[str]) -> pa.Table:
        search = self._table.query().nearest_to_text(query.words, columns="search").where(_filter(query))
        # else it asks for the schema each time, to look for columns of a kind of which the table has none: a tenth of a search
        search._table = None
        return await search.select(columns).limit(query.most).to_arrow()


def stamp_of(schema: pa.Schema) -> dict[str, str]:
    """What a table says of itself in its schema; nothing when it is none of ours."""
    metadata: Mapping[bytes, bytes] = schema.metadata or {}
    return {str(name): str(value) for name, value in json.loads(metadata.get(STAMP, b"{}")).items()}


def _run(call: Coroutine[Any, Any, T]) -> T:
    from lancedb.background_loop import LOOP

    result: T = LOOP.run(call)  # type: ignore[no-untyped-call]  # it has no annotations
    return result


async def _none() -> None:
    """Stands for a search that is not made."""


def _filter(query: Query) -> Expr:
    from lancedb.expr import col, lit

    where = col("patient_id") == lit(query.patient_id)
    if query.kinds is not None:
        where &= col("kind").isin(sorted(query.kinds))
    if query.since is not None:
        where &= col("date") >= lit(query.since)
    if query.until is not None:
        where &= col("earliest") <= lit(query.until)
    return where


def _scored(found: pa.Table | None) -> list[Scored]:
    return [] if found is None else list(map(Scored, found["_rowid"].to_pylist(), found["_score"].to_pylist()))


def _near_rows(found: pa.Table) -> list[Row]:
    # LanceDB gives the squared Euclidean distance, which of unit vectors is 2 - 2 cos.
    distances = found["_distance"].to_pylist()
    return [
        attrs.evolve(row, similarity=1.0 - distance / 2)
        for row, distance in zip(rows_of(found), distances, strict=True)
    ]


def _worded_rows(found: pa.Table, vector: NDArray[np.float32] | None) -> list[Row]:
    scores = found["_score"].to_pylist()
    rows = [attrs.evolve(row, bm25=score) for row, score in zip(rows_of(found), scores, strict=True)]
    if vector is None or not rows:
        return rows
    return [
        attrs.evolve(row, similarity=float(similarity))
        for row, similarity in zip(rows, vectors_of(found) @ vector, strict=True)
    ]
