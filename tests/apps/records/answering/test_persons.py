"""Reports of the patient's own data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from smarthealth.apps.records.answering.entries import Person
from smarthealth.apps.records.answering.persons import report_person
from smarthealth.apps.records.understanding.question import Ask as Asked
from smarthealth.apps.records.understanding.question import Field, Operation

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask

TODAY = date(2026, 11, 21)
ANA = Person(
    full_name="Ana", gender="female", birth_date=date(1960, 2, 3), city="Cali", phone="310", email="a@b", address="Calle 1",
    language="es", marital_status="Widowed", contact="Hija", practitioner="Dr. Paz", document_types=(1,), document_numbers=("1.23",),
)  # fmt: skip
NOBODY = Person(full_name="")
DEAD = Person(full_name="x", birth_date=date(1960, 2, 3), deceased=True, died_on=date(2000, 1, 1))


@pytest.mark.parametrize(
    ("person", "field", "detail"),
    [
        (ANA, None, "name"),
        *((ANA, field, field.value) for field in Field if field not in (Field.DEATH_DATE, Field.ALIVE)),
        (ANA, Field.ALIVE, "alive"),
        (ANA, Field.DEATH_DATE, "missing"),
        (DEAD, Field.AGE, "age_dead"),
        (DEAD, Field.DEATH_DATE, "death_date"),
        (Person(full_name="x", birth_date=date(1960, 2, 3), deceased=True), Field.AGE, "missing"),
        (Person(full_name="x", deceased=True), Field.ALIVE, "dead"),
        *((NOBODY, field, "missing") for field in Field if field is not Field.ALIVE),
    ],
)
def test_what_the_record_says_of_the_patient_is_told(person: Person, field: Field | None, detail: str) -> None:
    """With the patient as its source; what it does not say is missing."""
    found = report_person(Asked(operation=Operation.DEMOGRAPHIC, field=field), person, TODAY)
    assert found.fact.detail == detail
    assert bool(found.entries) is bool(found.fact.items)


async def test_how_to_reach_the_patient_is_told_to_who_asks(add: Add, ask: Ask) -> None:
    """From the database, in the record's words."""
    await add("condition", "Asthma")
    assert [(await ask(question))[0].items[0].value for question in ("¿Teléfono?", "¿Cuál es su cédula?")] == [
        "310 555",
        "CC 1.23",
    ]
    assert (await ask("¿Estado civil?"))[0].items[0].value == "Widowed"
