"""One entry as an item of a fact."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.answering.entries import Entry
from smarthealth.apps.records.answering.facts import Item
from smarthealth.apps.records.answering.items import bp_parts, item_of, particulars_of, value_of
from smarthealth.apps.records.answering.labels import Labels
from smarthealth.apps.records.understanding.question import Language
from smarthealth.retrieval.glossary import load_glossary


@pytest.mark.parametrize(
    ("entry", "language", "said"),
    [
        (Entry(id=1, record="r", kind="condition", display="COPD", severity="Moderate"), "es", "gravedad: moderada"),
        (Entry(id=1, record="r", kind="condition", display="COPD", severity="Moderate"), "en", "severity: Moderate"),
        (
            Entry(id=1, record="r", kind="allergy", display="Peanut", severity="high", value_text="Anaphylaxis"),
            "es",
            "reacción: Anaphylaxis, criticidad: alta",
        ),
        (Entry(id=1, record="r", kind="observation", display="Smoking", value_text="Never"), "es", None),
    ],
)
def test_severity_and_reaction_are_told_in_the_language_of_the_answer(
    entry: Entry, language: Language, said: str | None
) -> None:
    """How severe a thing is and what an allergy does are said as far as the record says so."""
    assert particulars_of(entry, language) == said


def part(display: str, value: float | None) -> Entry:
    """A component of a measurement."""
    return Entry(id=2, record="r", kind="observation", display=display, value=value, unit="mm[Hg]")


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        (Entry(id=1, record="r", kind="observation", display="Weight", value=70.25, unit="kg"), "70.25 kg"),
        (Entry(id=1, record="r", kind="observation", display="Smoking", value_text="Never"), "Never"),
        (
            Entry(
                id=1,
                record="r",
                kind="observation",
                display="BP",
                parts=(part("Diastolic blood pressure", 80), part("Systolic blood pressure", 120)),
            ),
            "120 / 80 mmHg",
        ),
        (
            Entry(id=1, record="r", kind="observation", display="Panel", parts=(part("Ear", 1), part("Nose", None))),
            "Ear 1 mmHg",
        ),
        (Entry(id=1, record="r", kind="observation", display="Panel"), None),
    ],
)
def test_a_value_has_its_unit_and_parts_stand_one_after_the_other(entry: Entry, value: str | None) -> None:
    """Blood pressure is written as people write it, systolic first; what has no number has none."""
    assert value_of(entry) == value


def test_the_numbers_of_an_entry_are_its_own_or_those_of_its_parts() -> None:
    """What has a value is its own series; a whole without one has those of its parts that were measured."""
    weight = Entry(id=1, record="r", kind="observation", display="Weight", value=70, unit="kg")
    assert bp_parts(weight) == (weight,)
    whole = Entry(id=1, record="r", kind="observation", display="BP", parts=(part("Ear", 1), part("Nose", None)))
    assert [found.display for found in bp_parts(whole)] == ["Ear"]


def test_an_item_tells_the_state_of_what_has_one_and_the_value_of_what_was_measured() -> None:
    """An end on the day of the beginning is not told."""
    labels = Labels("en", load_glossary())
    day = date(2020, 1, 2)
    asthma = Entry(id=1, record="r", kind="condition", display="Asthma", status="active", on=day, until=day)
    assert item_of(asthma, labels) == Item(name="Asthma", on=day, status="active")
    weight = Entry(id=1, record="r", kind="observation", display="Weight", value=70, unit="kg", status="final")
    assert (item_of(weight, labels).value, item_of(weight, labels).status) == ("70 kg", None)
