"""Questions about a relative or the baby."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from smarthealth.apps.records.answering.entries import Person
from smarthealth.apps.records.answering.relations import is_the_patient
from smarthealth.apps.records.understanding.question import Kin

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask

TODAY = date(2026, 11, 21)
NOTE = "Antecedentes familiares: la madre con asma; un hermano con gota. El bebé pesó 2980 gramos."


async def fill(add: Add) -> None:
    """Ana has diabetes, her mother hypertension."""
    await add("condition", "Diabetes mellitus tipo 2", status="active")
    mother = await add("family", "Madre")
    await add("family", "Hipertensión arterial", parent_id=mother, component=0, value_text="at the age of 50")
    await add("family", "Hermana")
    await add("document", "Nota", body=NOTE)
    await add("observation", "Birth weight", value=2980.0, unit="g")


@pytest.mark.parametrize(
    ("question", "says", "told"),
    [
        ("¿La madre tiene hipertensión?", ["family"], "Hipertensión arterial (at the age of 50)"),
        ("¿La madre tiene diabetes?", ["absent"], None),
        ("¿La madre tiene asma?", ["mentioned"], "asma"),
        ("¿Su hermano tiene gota?", ["mentioned"], "gota"),
        ("¿El padre?", ["absent"], None),
        ("¿El esposo tiene diabetes?", ["absent"], None),
        ("¿Antecedentes familiares?", ["family", "mentioned"], "Hipertensión"),
        ("¿Cuánto pesó el bebé al nacer?", ["value"], None),
        ("¿El bebé tiene diabetes?", ["absent"], None),
    ],
)
async def test_a_relative_has_an_answer_of_their_own(
    add: Add, ask: Ask, question: str, says: list[str], told: str | None
) -> None:
    """By the family's entries, else by a note; never what the record says of the patient."""
    await fill(add)
    facts = await ask(question)
    assert [fact.say for fact in facts] == says
    assert told is None or any(told in (item.note or "") for fact in facts for item in fact.items)
    assert not any("Diabetes" in item.name for fact in facts for item in fact.items)


@pytest.mark.parametrize(
    ("kin", "born", "same"),
    [
        (Kin.BABY, date(2025, 1, 1), True),
        (Kin.BABY, date(2015, 1, 1), False),
        (Kin.CHILD, date(2015, 1, 1), True),
        (Kin.CHILD, None, False),
        (Kin.MOTHER, date(2025, 1, 1), False),
    ],
)
def test_the_baby_of_an_infants_record_is_the_patient(kin: Kin, born: date | None, same: bool) -> None:
    """And the child that of a child's."""
    assert is_the_patient(kin, Person(full_name="x", birth_date=born), TODAY) is same
