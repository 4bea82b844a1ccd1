"""What is asked of the table of chunks, and the rows that come back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from .model import Chunk

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS: Final = (
    "id",
    "patient_id",
    "record_id",
    "kind",
    "date",
    "earliest",
    "text",
    "names",
    "concepts",
    "topic",
    "written",
)
"""Of the table, all that a `Row` is made of."""


@attrs.frozen(kw_only=True)
class Query:
    """What to look for among one patient's chunks."""

    patient_id: int
    words: str
    vector: NDArray[np.float32] | None
    kinds: Collection[str] | None = None
    since: date | None = None
    until: date | None = None
    most: int = 48

    def admits(self, chunk: Chunk) -> bool:
        """Whether a chunk is of the kinds and days wanted; one without a date is of no day."""
        if self.kinds is not None and chunk.kind not in self.kinds:
            return False
        if self.since is not None and (chunk.date is None or chunk.date < self.since):
            return False
        earliest = chunk.earliest or chunk.date
        return self.until is None or (earliest is not None and earliest <= self.until)

    @property
    def admits_all(self) -> bool:
        """Whether every chunk of the patient is wanted."""
        return self.kinds is None and self.since is None and self.until is None


@attrs.frozen(kw_only=True)
class Row:
    """A row that a query found."""

    chunk: Chunk
    written: int
    """When its patient was written, in nanoseconds: of two writings of a patient the later one holds."""
    similarity: float | None = None
    bm25: float | None = None


def rows_of(found: pa.Table) -> list[Row]:
    """The rows of what LanceDB gave; of its columns at least `COLUMNS` are there."""
    return [
        Row(
            chunk=Chunk(
                id=row["id"],
                patient_id=row["patient_id"],
                record_id=row["record_id"],
                kind=row["kind"],
                date=row["date"],
                earliest=None if row["earliest"] == row["date"] else row["earliest"],
                text=row["text"],
                names=row["names"],
                concepts=tuple(row["concepts"]),
                topic=row["topic"],
            ),
            written=row["written"],
        )
        for row in found.select(list(COLUMNS)).to_pylist()
    ]


def vectors_of(found: pa.Table) -> NDArray[np.float32]:
    """The column `vector`, a row each."""
    flat: NDArray[np.float32] = found["vector"].combine_chunks().flatten().to_numpy()
    return flat.reshape(len(found), -1) if len(found) else np.empty((0, 0), dtype=np.float32)
