"""Patients' rows in memory: of a conversation about one patient only the first question reads them from disk.

Theory of operation. Questions come in runs about one patient, and a patient has some hundred chunks. So these are read whole at
the first question, and kept: which are near is then one product of a matrix and a vector, and the search by words has to tell
only numbers of rows and scores, for which LanceDB reads no row at all. What is held is never believed for longer than the version
of the table that it was read from, and whether there is a newer one is looked at in each search: a write by any process, about
whomever, lets go of everything.

The bounds: a patient of more than `MOST_ROWS` is not held, and what is held takes at most `MOST_BYTES`, by letting go first of
whoever was asked about least recently.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from .rows import Query, Row

MOST_ROWS: Final = 1000
"""Of one patient: reading more at once takes longer than searching them on disk."""
MOST_BYTES: Final = 64 * 1024 * 1024
_ROW_BYTES: Final = 1500
"""Of a row besides its text and its vector: two objects, their small fields, its place."""


@attrs.frozen
class Scored:
    """A row that the search by words found."""

    id: int
    """LanceDB's own. A row keeps it until compaction moves the row; in one table no other row ever has it."""
    bm25: float


class HeldRows:
    """All rows of one patient, or the knowledge that they are too many to be held."""

    def __init__(
        self, rows: Sequence[Row], vectors: NDArray[np.float32], *, ids: Iterable[int], whole: bool = True
    ) -> None:
        self._rows = rows
        self._vectors = vectors
        self._places = {id: place for place, id in enumerate(ids)}
        self.is_whole = whole
        """False when the patient's rows are on disk only."""

    @classmethod
    def too_many(cls) -> HeldRows:
        """What stands for a patient whose rows are not held."""
        return cls((), np.empty((0, 0), dtype=np.float32), ids=(), whole=False)

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        texts = sum(len(row.chunk.text) + len(row.chunk.names) for row in self._rows)
        return self._vectors.nbytes + texts + _ROW_BYTES * (1 + len(self._rows))

    def near(self, query: Query) -> list[Row]:
        """The rows nearest in meaning to a query's vector, best first, with their similarity."""
        if query.vector is None or not self._rows:
            return []
        # of unit vectors the product is the cosine
        similarities = self._vectors @ query.vector
        places = np.argsort(-similarities, kind="stable")
        wanted = places if query.admits_all else [at for at in places if query.admits(self._rows[at].chunk)]
        return [self._row(place, similarity=float(similarities[place])) for place in wanted[: query.most]]

    def worded(self, found: Iterable[Scored], query: Query) -> list[Row] | None:
        """The rows that the search by words found; None when one of them was not there yet as these were read."""
        rows: list[Row] = []
        for each in found:
            place = self._places.get(each.id)
            if place is None:
                return None
            similarity = None if query.vector is None else float(self._vectors[place] @ query.vector)
            rows.append(self._row(place, similarity=similarity, bm25=each.bm25))
        return rows

    def _row(self, place: int, *, similarity: float | None, bm25: float | None = None) -> Row:
        row = self._rows[place]
        return Row(chunk=row.chunk, written=row.written, similarity=similarity, bm25=bm25)


class HeldPatients:
    """The rows of the patients asked about lately, all of one version of the table; threads may share it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[int, HeldRows] = OrderedDict()
        self._version = 0
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return self._bytes

    def get(self, patient_id: int, version: int) -> HeldRows | None:
        """What is held of a patient, None when nothing is; another version than before lets go of all."""
        with self._lock:
            if version != self._version:
                self._held.clear()
                self._version, self._bytes = version, 0
            held = self._held.get(patient_id)
            if held is not None:
                self._held.move_to_end(patient_id)
            return held

    def put(self, patient_id: int, version: int, rows: HeldRows) -> None:
        """Hold a patient's rows as of a version of the table, unless it is another one by now."""
        with self._lock:
            if version != self._version or patient_id in self._held:
                return
            self._held[patient_id] = rows
            self._bytes += rows.size
            while self._bytes > self._most_bytes:
                _, oldest = self._held.popitem(last=False)
                self._bytes -= oldest.size
