"""Fixtures for retrieval: entries of a record, and an index in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import attrs
import pytest
from hypothesis import settings

from smarthealth.retrieval.chunking import chunk_records
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.retrieval.model import Chunk

# The first example of a module reads the glossary: how long one takes says nothing on a shared machine.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@attrs.frozen(kw_only=True)
class Entry:
    """An entry of a patient's record, as `RecordEntry` has it."""

    id: int = 1
    kind: str = "observation"
    fhir_id: str = "Observation/1"
    parent_id: int | None = None
    code: str | None = None
    code_system: str | None = None
    display: str = "Hemoglobin A1c"
    status: str | None = None
    verification: str | None = None
    started_on: date | None = date(2020, 3, 2)
    precision: str | None = "day"
    ended_on: date | None = None
    value: float | None = None
    unit: str | None = None
    value_text: str | None = None
    range_low: float | None = None
    range_high: float | None = None
    interpretation: str | None = None
    dosage: str | None = None
    severity: str | None = None
    reason: str | None = None
    body: str | None = None
    practitioners: Sequence[str] = ()
    organization: str | None = None


@pytest.fixture
def entry() -> type[Entry]:
    """Makes entries of a record."""
    return Entry


@pytest.fixture
def chunks() -> Callable[..., list[Chunk]]:
    """Makes a patient's chunks: `chunks(patient_id, ("medication", "lisinopril 10 MG Oral Tablet", 2019), …)`."""

    def make(patient_id: int, *entries: tuple[str, str, int]) -> list[Chunk]:
        return chunk_records(
            patient_id,
            [
                Entry(
                    id=100 * patient_id + number,
                    fhir_id=f"Any/{patient_id}-{number}",
                    kind=kind,
                    display=display,
                    started_on=date(year, 1, 1 + number % 28),
                )
                for number, (kind, display, year) in enumerate(entries)
            ],
        )

    return make


@pytest.fixture
async def index(tmp_path: Path) -> ChunkIndex:
    """An index without anything in it, opened."""
    return await ChunkIndex.open(tmp_path / "index", HashedEmbedder())
