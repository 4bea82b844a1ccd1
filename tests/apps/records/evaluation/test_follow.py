"""Questions that lean on another, turn on one prescription, read a note, or rest on what is not so."""

from __future__ import annotations

from typing import get_args

import pytest

from smarthealth.apps.records.evaluation.cases import Expected, Language
from smarthealth.apps.records.evaluation.chart import Chart, Entry, Note, Person
from smarthealth.apps.records.evaluation.follow import (
    Draft,
    about_another,
    about_measurements,
    about_notes,
    about_prescriptions,
    about_the_person,
    about_what_is_not,
)
from smarthealth.apps.records.evaluation.follow_phrases import SESSIONS


def entry(name: str, day: str = "2020-01-02", value: float | None = None, **fields: object) -> Entry:
    """An entry whose code is its name."""
    reasons = fields.get("reasons", ())
    assert isinstance(reasons, tuple)
    return Entry(
        name=name, code=name, day=day, instant=day, value=value, dose=str(fields.get("dose", "")), reasons=reasons
    )


NOBODY = Person()


def by_phrases(drafts: list[Draft]) -> dict[str, Expected]:
    """What is right, by the phrases that ask for it."""
    return {draft.phrases: draft.expected for draft in drafts}


LDL = (entry("LDL", "2019-01-01", 150.0), entry("LDL", "2020-02-02", 160.0), entry("LDL", "2020-03-03", 120.0))


def test_a_series_is_asked_for_the_one_before_and_for_its_direction() -> None:
    """The last but one, whether it rose or fell from the first, and the highest of a year and of all."""
    found = by_phrases(list(about_measurements(LDL)))
    assert found["previous"] == Expected(numbers=(160.0,), source_days=("2020-02-02",)) == found["then the one before"]
    assert (found["rose"].affirmed, found["fell"].affirmed) == (False, True)
    assert found["fell"].numbers == (150.0, 120.0)
    assert found["then the highest"].numbers == found["then the highest of all"].numbers == (160.0,)


@pytest.mark.parametrize(
    "series",
    [LDL[:1], (LDL[0], LDL[0]), (entry("LDL", ""), entry("LDL", "2020-02-02", 1.0))],
    ids=["one value", "two of one day", "no day or value"],
)
def test_what_has_no_order_is_not_asked(series: tuple[Entry, ...]) -> None:
    """Of one value, or of two of one day, there is none before the last."""
    assert list(about_measurements(series)) == []


def test_what_stayed_the_same_neither_rose_nor_fell() -> None:
    """Of equal values the direction is not asked, and of a year with one value not its highest."""
    found = by_phrases(list(about_measurements((LDL[0], entry("LDL", "2020-02-02", 150.0)))))
    assert set(found) == {"previous", "then the one before"}


def test_another_measurement_is_asked_after_the_first() -> None:
    """Its last value is right; without one nothing is asked."""
    (draft,) = about_another((entry("HDL"),), LDL)
    assert (draft.expected.numbers, draft.expected.source_days) == ((120.0,), ("2020-03-03",))
    assert list(about_another(LDL, (entry("HDL"),))) == []


def test_a_prescription_is_asked_for_its_dose_and_reason() -> None:
    """As far as it says them, a disease by any of its names; of a medicine prescribed twice neither is asked."""
    only = entry("Aspirin", dose="1 daily", reasons=("Gout", "Pain"))
    found = by_phrases(list(about_prescriptions((only,), {"Gout": ("Gout", "gota")})))
    assert found["dose"] == Expected(names=(("1 daily",),), source_days=("2020-01-02",))
    assert found["reason"].names == (("Gout", "gota"), ("Pain",))
    assert list(about_prescriptions((only, only), {})) == []
    assert list(about_prescriptions((entry("Aspirin", ""),), {})) == []


def test_a_note_is_asked_for_its_complaint() -> None:
    """The lines under its heading, where it is the only note of its day and has any."""
    complaint = "# Chief Complaint\n- Cough\n\n- Fever.\n\n# Plan\nRest"
    notes = (Note(day="2020-01-01", text=complaint), Note(day="2020-01-02", text="# Plan\nRest"))
    (draft,) = about_notes(notes)
    assert draft.expected == Expected(names=(("Cough",), ("Fever",)), source_days=("2020-01-01",))
    assert list(about_notes((notes[0], notes[0]))) == []
    (short,) = about_notes((Note(day="2020-01-01", text="Motivo de consulta: control general. Refiere cefalea."),))
    assert short.expected.names == (("control general",),)


def test_the_patients_own_data_are_asked_and_absent_where_the_record_is_silent() -> None:
    """Birth, death, sex and city."""
    person = Person(birth_day="1980-01-02", gender="female", city="Neiva")
    found = by_phrases(list(about_the_person(_chart(person=person))))
    assert (found["birth"].days, found["sex"].names[0][0], found["city"].names) == (
        ("1980-01-02",),
        "femenino",
        (("Neiva",),),
    )
    assert found["death"].absent
    silent = by_phrases(list(about_the_person(_chart())))
    assert set(silent) == {"birth", "death", "city"}
    assert all(expected.absent for expected in silent.values())


def test_what_only_others_have_is_taken_for_granted() -> None:
    """Nothing alike may stand in the record: by name, by code, as a reason, or in a note."""
    anybody = {"condition": [entry("Gout"), entry("Migraine"), entry("Bronchitis"), entry("Flu")]}
    held = (entry("Aspirin", reasons=("Acute gouty arthritis",)), entry("Chronic bronchitis"))
    chart = _chart(condition=held, notes=(Note(day="2020-01-01", text="No migraine."),))
    assert list(about_what_is_not(chart, anybody)) == []
    asked = [draft.slots["x"] for draft in about_what_is_not(_chart(), anybody)]
    assert [one.name for one in asked if isinstance(one, Entry)] == ["Migraine", "Bronchitis"]


def _chart(*, person: Person = NOBODY, notes: tuple[Note, ...] = (), condition: tuple[Entry, ...] = ()) -> Chart:
    return Chart(document_type=8, document_number="1", entries={"condition": condition}, person=person, notes=notes)


def test_every_session_is_there_in_both_languages() -> None:
    """What can be drafted can be asked in Spanish and in English."""
    asked = {name for name, _ in SESSIONS}
    assert {(name, language) for name in asked for language in get_args(Language)} == set(SESSIONS)
