"""Patients' rows in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import attrs
import numpy as np
import pytest

from smarthealth.retrieval.held import HeldPatients, HeldRows, Scored
from smarthealth.retrieval.model import Chunk
from smarthealth.retrieval.rows import Query, Row

Chunks = Callable[..., list[Chunk]]
NORTH = np.array([1, 0], dtype=np.float32)


@pytest.fixture
def held(chunks: Chunks) -> HeldRows:
    """Three rows of a patient, each further from north than the one before."""
    own = chunks(1, ("condition", "Asthma", 2017), ("condition", "Gout", 2018), ("medication", "x", 2019))
    rows = [Row(chunk=attrs.evolve(chunk, id=str(place)), written=5) for place, chunk in enumerate(own)]
    return HeldRows(rows, np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32), ids=(70, 71, 72))


def near(held: HeldRows, query: Query) -> list[str]:
    """Ids of what is near."""
    return [row.chunk.id for row in held.near(query)]


def test_the_nearest_come_first_with_their_cosine(held: HeldRows) -> None:
    """As many as wanted, those first whose vectors point where the question's does."""
    found = held.near(Query(patient_id=1, words="", vector=NORTH, most=2))
    assert [row.chunk.id for row in found] == ["0", "1"]
    assert [row.similarity for row in found] == pytest.approx([1, 0.6])
    assert [row.bm25 for row in found] == [None, None]


def test_filters_hold_for_what_is_near(held: HeldRows) -> None:
    """Of the kinds and days that are not wanted nothing is near, and without a vector nothing at all."""
    assert near(held, Query(patient_id=1, words="", vector=NORTH, kinds=["medication"])) == ["2"]
    assert near(held, Query(patient_id=1, words="", vector=NORTH, until=date(2018, 12, 31))) == ["0", "1"]
    assert near(held, Query(patient_id=1, words="x", vector=None)) == []
    assert near(HeldRows.too_many(), Query(patient_id=1, words="", vector=NORTH)) == []


def test_what_words_found_gets_its_row(held: HeldRows) -> None:
    """By name, in the order found, with the similarity where there is a vector."""
    found = [Scored(72, 3.5), Scored(70, 1.5)]
    rows = held.worded(found, Query(patient_id=1, words="x", vector=NORTH))
    assert rows is not None
    assert [(row.chunk.id, row.bm25, row.similarity) for row in rows] == [("2", 3.5, 0.0), ("0", 1.5, 1.0)]
    rows = held.worded(found, Query(patient_id=1, words="x", vector=None))
    assert rows is not None
    assert [row.similarity for row in rows] == [None, None]


def test_a_row_written_since_is_told(held: HeldRows) -> None:
    """A row by another name says that these rows are not all there is."""
    assert held.worded([Scored(79, 1.0)], Query(patient_id=1, words="x", vector=NORTH)) is None


def test_another_version_lets_go_of_all(held: HeldRows) -> None:
    """Rows are held for one version of the table; what was read of an earlier one is not taken in."""
    patients = HeldPatients()
    assert patients.get(1, version=3) is None
    patients.put(1, 3, held)
    assert patients.get(1, version=3) is held
    assert patients.size == held.size
    assert patients.get(1, version=4) is None
    assert patients.size == 0
    patients.put(1, 3, held)
    assert patients.get(1, version=4) is None


def test_who_was_asked_about_least_recently_goes_first(held: HeldRows) -> None:
    """What is held never takes more than was allowed; held twice it counts once."""
    patients = HeldPatients(most_bytes=2 * held.size)
    patients.get(1, version=3)
    for patient in (1, 2, 2):
        patients.put(patient, 3, held)
    assert patients.get(1, version=3) is held
    patients.put(3, 3, held)
    assert [patient for patient in (1, 2, 3) if patients.get(patient, version=3)] == [1, 3]
    assert patients.size == 2 * held.size


def test_too_many_rows_are_known_to_be(held: HeldRows) -> None:
    """The knowledge that a patient's rows are not held is held, and takes next to nothing."""
    assert held.is_whole
    assert not HeldRows.too_many().is_whole
    assert HeldRows.too_many().size < 2000 < held.size
