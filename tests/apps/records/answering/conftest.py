"""One made-up record, and what the look-ups find in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from smarthealth.apps.records.answering.facts import Fact
from smarthealth.apps.records.answering.lookups import look_up
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary
from smarthealth.storage.pool import Pool

TODAY = date(2026, 11, 21)

Add = Callable[..., Awaitable[int]]
Ask = Callable[[str], Awaitable[list[Fact]]]

_PATIENT = """
insert into patient (fhir_id, full_name, search_name, gender, birth_date, phone, marital_status)
values ('Patient/1', 'Ana Gil', 'ana gil', 'female', '1960-02-03', '310 555', 'Widowed')
"""


@pytest.fixture
async def add(pool: Pool) -> Add:
    """Adds an entry to Ana's record: a kind, a display, and other columns by name."""
    await pool.execute(_PATIENT)
    await pool.execute(
        "insert into patient_identifier (document_type, document_number, patient_id, written_as)"
        " select 1, '123', id, '1.23' from patient"
    )
    count = 0

    async def write(kind: str, display: str, **columns: object) -> int:
        nonlocal count
        count += 1
        row = {
            "kind": kind,
            "display": display,
            "fhir_id": f"{kind.title()}/{count}",
            "started_on": "2020-01-02",
            **columns,
        }
        names, places = ", ".join(row), ", ".join(f"%({name})s" for name in row)
        sql = f"insert into record (patient_id, {names}, started_at) select id, {places}, %(started_on)s::date from patient"
        found = await pool.fetch_one(f"{sql} returning id", row)
        assert found is not None
        return int(found[0])

    return write


@pytest.fixture
def ask(pool: Pool) -> Ask:
    """What the look-ups find of Ana for a question."""

    async def asked(question: str) -> list[Fact]:
        row = await pool.fetch_one("select id from patient")
        assert row is not None
        understood = understand(question, history=(), today=TODAY, glossary=load_glossary())
        found = await look_up(pool, row[0], understood, today=TODAY)
        return [finding.fact for finding in found.findings]

    return asked
