"""What is asked of the table, and its rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pytest

from smarthealth.retrieval.model import Chunk
from smarthealth.retrieval.rows import COLUMNS, Query, rows_of, vectors_of

Chunks = Callable[..., list[Chunk]]


def query(**wanted: Any) -> Query:
    """A query with some filters."""
    return attrs.evolve(Query(patient_id=1, words="", vector=None), **wanted)


@pytest.mark.parametrize(
    ("wanted", "admitted"),
    [
        ({}, "abcd"),
        ({"kinds": ["medication"]}, "a"),
        ({"kinds": []}, ""),
        ({"since": date(2019, 6, 1)}, "c"),
        ({"until": date(2019, 6, 1)}, "ab"),
        ({"since": date(2018, 1, 1), "until": date(2018, 12, 31)}, "b"),
    ],
)
def test_a_query_admits_kinds_and_days(chunks: Chunks, wanted: dict[str, Any], admitted: str) -> None:
    """A run of entries is of every day that it lasted, and what has no date of none."""
    (one,) = chunks(1, ("medication", "x", 2019))
    four = (
        attrs.evolve(one, id="a", date=date(2019, 2, 1)),
        attrs.evolve(one, id="b", kind="procedure", date=date(2018, 12, 1), earliest=date(2017, 1, 1)),
        attrs.evolve(one, id="c", kind="condition", date=date(2020, 2, 1)),
        attrs.evolve(one, id="d", kind="condition", date=None),
    )
    asked = query(**wanted)
    assert "".join(chunk.id for chunk in four if asked.admits(chunk)) == admitted
    assert asked.admits_all == (not wanted)


def test_rows_are_read_from_columns(chunks: Chunks) -> None:
    """A row's chunk is as it was written: the first day of a run only where there is one."""
    (one,) = chunks(1, ("condition", "Asthma", 2019))
    run = attrs.evolve(one, id="run", earliest=date(2017, 1, 1), concepts=("asthma",))
    given = [attrs.asdict(chunk) | {"earliest": chunk.earliest or chunk.date, "written": 7} for chunk in (one, run)]
    found = pa.Table.from_pylist([{name: row[name] for name in COLUMNS} for row in given])
    assert [(row.chunk, row.written) for row in rows_of(found)] == [(one, 7), (run, 7)]


def test_vectors_are_rows_of_a_matrix() -> None:
    """In however many pieces they came, and also when none came."""
    kind = pa.list_(pa.float32(), 2)
    pieces = [pa.array([[1, 2]], kind), pa.array([[3, 4], [5, 6]], kind)]
    matrix = vectors_of(pa.table({"vector": pa.chunked_array(pieces)}))
    assert matrix.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert matrix.dtype == np.float32
    assert len(vectors_of(pa.table({"vector": pa.array([], kind)}))) == 0
