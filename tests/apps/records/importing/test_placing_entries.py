"""Placing entries with what they refer to."""

from __future__ import annotations

import itertools

import attrs
import pytest

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.desk import Desk, Waits
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.known import (
    Known,
    Seen,
    Stored,
    StoredMedication,
    StoredPatient,
    StoredPractitioner,
    StoredRecord,
)
from smarthealth.apps.records.importing.model import Attendee, EntryContent, Resource, Retraction, Row
from smarthealth.apps.records.importing.placing_entries import place_entry, retract
from smarthealth.apps.records.importing.plan import Ids
from smarthealth.apps.records.importing.references import Target
from smarthealth.apps.records.importing.report import Outcome

HERE = Seen(file_id=1, position=99)


def at(*candidates: str, display: str | None = None) -> Target:
    """A target."""
    return Target(candidates=candidates, display=display)


def record(number: int, patient_id: int, display: str = "x") -> StoredRecord:
    """A stored entry."""
    return StoredRecord(id=number, patient_id=patient_id, display=display, content_hash="old", last_updated=None)


def desk(*, is_final: bool = False) -> Desk:
    """A desk where two patients and some others are known."""
    known = Known(
        patients={
            f"Patient/{number}": StoredPatient(id=number, content_hash="x", last_updated=None, birth_date=None)
            for number in (1, 2, 3)
        },
        practitioners={
            "Practitioner/1": StoredPractitioner(
                id=11, fhir_id="Practitioner/1", specialty=None, content_hash="x", last_updated=None
            )
        },
        organizations={"Organization/1": Stored(id=21, content_hash="x", last_updated=None)},
        medications={
            "Medication/1": StoredMedication(id=31, named=Concept("Drug", "d"), content_hash="x", last_updated=None)
        },
        records={
            "Encounter/1": record(41, 1),
            "Encounter/2": record(42, 2),
            "Condition/1": record(43, 1, "Fracture"),
            "Observation/8": record(48, 1),
            "Observation/9": record(49, 2),
        },
        seen={"Patient/1": HERE, "Patient/2": HERE, "Patient/3": Seen(file_id=1, position=98, refused=True)},
    )
    names = ("patients", "practitioners", "organizations", "medications", "records")
    return Desk(known=known, ids=Ids(**{name: itertools.count(100) for name in names}), is_final=is_final)


def entry(**parts: object) -> EntryContent:
    """What an entry says, of the first patient unless said otherwise."""
    content = EntryContent(patient=at("Patient/1"), row=Row(kind="observation", named=Concept("x")))
    return attrs.evolve(content, **parts)  # type: ignore[arg-type] # tests give what the fields take


def resource(content: EntryContent | Retraction, position: int = 1) -> Resource:
    """A resource."""
    return Resource(
        file_id=1,
        position=position,
        type="Observation",
        fhir_id="Observation/1",
        last_updated=None,
        aliases=(),
        content=content,
    )


def place(busy: Desk, content: EntryContent) -> Outcome:
    """Place an entry in a batch of its own."""
    busy.written.clear()
    return place_entry(busy, resource(content), content)


def test_an_entry_is_placed_with_its_links() -> None:
    """Everything an entry refers to becomes an id, and its patient is touched."""
    busy = desk()
    content = entry(
        encounter=at("Encounter/1"),
        organization=at("Organization/1"),
        attendees=(
            Attendee(target=at("Practitioner/1"), role="a"),
            Attendee(target=at("Practitioner/1"), role="b"),
            Attendee(target=at("Practitioner/1"), role="a"),
        ),
        medication=at("Medication/1"),
        reasons=(at("Condition/1"),),
        results=(at("Observation/8"),),
    )
    assert place(busy, content) is Outcome.NEW
    (row,) = busy.plan.records.new
    assert (row.id, row.patient_id, row.encounter_id, row.organization_id) == (100, 1, 41, 21)
    assert (row.display, row.code, row.reason) == ("Drug", "d", "Fracture")
    assert [(one.record_id, one.practitioner_id, one.role) for one in busy.plan.attendances] == [
        (100, 11, "a"),
        (100, 11, "b"),
    ]
    assert [(result.id, result.parent_id) for result in busy.plan.results.values()] == [(48, 100)]
    assert busy.plan.touched == {1}


def test_components_are_rows_below_their_observation() -> None:
    """Each component has a row with the observation for a parent and a number in its id."""
    busy = desk()
    part = Row(kind="observation", named=Concept("part"))
    place(busy, entry(components=(part, part), encounter=at("Encounter/1")))
    assert [(row.fhir_id, row.component, row.parent_id, row.encounter_id) for row in busy.plan.records.new] == [
        ("Observation/1", None, None, 41),
        ("Observation/1#0", 0, 100, 41),
        ("Observation/1#1", 1, 100, 41),
    ]


def test_the_same_is_unchanged_and_another_is_written_over_it() -> None:
    """An equal entry changes nothing; another keeps its row and touches the patient; so does what it refers to."""
    busy = desk()
    place(busy, entry())
    busy.plan.touched.clear()
    assert place(busy, entry()) is Outcome.UNCHANGED
    assert busy.plan.touched == set()
    assert place(busy, entry(encounter=at("Encounter/1"))) is Outcome.CHANGED
    assert [row.id for row in busy.plan.records.changed] == [100]
    assert place(busy, entry(patient=at("Patient/2"))) is Outcome.CHANGED
    assert busy.plan.touched == {1, 2}


@pytest.mark.parametrize(
    "parts",
    [
        {"encounter": at("Encounter/7")},
        {"organization": at("Organization/7")},
        {"attendees": (Attendee(target=at("Practitioner/7"), role="a"),)},
        {"medication": at("Medication/7")},
        {"reasons": (at("Condition/7"),)},
        {"results": (at("Observation/7"),)},
        {"patient": at("Patient/7")},
    ],
)
def test_an_entry_waits_for_what_it_refers_to(parts: dict[str, object]) -> None:
    """Whatever is unknown may yet come."""
    with pytest.raises(Waits):
        place(desk(), entry(**parts))


def test_in_the_last_pass_what_is_unknown_is_left_out() -> None:
    """The entry goes in without it, and with the names that its references give."""
    busy = desk(is_final=True)
    content = entry(
        encounter=at("Encounter/7"),
        organization=at("Organization/7", display="Clínica"),
        attendees=(
            Attendee(target=at("Practitioner/7", display="Dr. A"), role="a"),
            Attendee(target=at("Practitioner/8"), role="a"),
        ),
        medication=at("Medication/7"),
        reasons=(at("Condition/7"),),
        results=(at("Observation/7"),),
    )
    assert place(busy, content) is Outcome.NEW
    (row,) = busy.plan.records.new
    assert (row.encounter_id, row.display, row.reason) == (None, "x", None)
    assert [one.name for one in busy.plan.organizations.new] == ["Clínica"]
    assert [one.full_name for one in busy.plan.practitioners.new] == ["Dr. A"]
    assert (len(busy.plan.attendances), busy.plan.results) == (1, {})
    assert place(busy, content) is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (entry(patient=at("Patient/7")), "unknown patient"),
        (entry(patient=at("Patient/3")), "its patient was refused"),
        (
            entry(medication=at("Medication/7"), row=Row(kind="medication", named=Concept(""))),
            "unknown medication",
        ),
    ],
)
def test_what_cannot_be_placed_fails(content: EntryContent, reason: str) -> None:
    """Without a patient, or a name for a drug, there is no entry."""
    with pytest.raises(Malformed, match=reason):
        place(desk(is_final=True), content)


def test_an_entry_waits_for_its_patient_to_be_met() -> None:
    """A stored patient of the same id may be another person until this import has met or finished without them."""
    busy = desk()
    busy.known.seen.clear()
    with pytest.raises(Waits):
        place(busy, entry())
    last = desk(is_final=True)
    last.known.seen.clear()
    assert place(last, entry()) is Outcome.NEW


def test_links_never_lead_to_another_patient() -> None:
    """An encounter or a result of somebody else is left out."""
    busy = desk()
    place(busy, entry(encounter=at("Encounter/2"), results=(at("Observation/9"), at("Observation/8"))))
    assert busy.plan.records.new[0].encounter_id is None
    assert list(busy.plan.results) == [48]


def test_the_first_report_keeps_a_result() -> None:
    """An observation that two reports claim is of the first."""
    busy = desk()
    place(busy, entry(results=(at("Observation/8"),)))
    place(busy, entry(results=(at("Observation/8"),), row=Row(kind="report", named=Concept("y"))))
    assert [result.parent_id for result in busy.plan.results.values()] == [100]


def take_back(busy: Desk, content: Retraction) -> Outcome:
    """Take an entry back in a batch of its own."""
    busy.written.clear()
    return retract(busy, resource(content), content)


MISTAKE = Retraction(remains=entry(row=Row(kind="observation", named=Concept("x"), verification="entered-in-error")))


def test_what_was_entered_in_error_is_taken_back() -> None:
    """Where nothing is left of it, a stored entry is removed and its patient touched; one never stored is skipped."""
    busy = desk()
    assert take_back(busy, Retraction()) is Outcome.SKIPPED
    busy.known.records["Observation/1"] = record(50, 1)
    assert take_back(busy, Retraction()) is Outcome.CHANGED
    assert (busy.plan.retracted, busy.plan.touched) == ([50], {1})


def test_a_mistake_stays_by_its_name() -> None:
    """What was entered in error is written over what stood there, is nobody's reason, and twice is the same as once."""
    busy = desk()
    place(busy, entry())
    busy.see(resource(entry(), position=2))
    assert take_back(busy, MISTAKE) is Outcome.CHANGED
    assert [(row.id, row.verification) for row in busy.plan.records.changed] == [(100, "entered-in-error")]
    assert busy.known.records["Observation/1"].display == ""
    assert take_back(busy, MISTAKE) is Outcome.UNCHANGED
    assert take_back(desk(), MISTAKE) is Outcome.NEW


def test_a_mistake_about_nobody_is_skipped() -> None:
    """Without a patient nothing is left of it to keep."""
    nobodys = Retraction(remains=entry(patient=at("Patient/7")))
    assert take_back(desk(is_final=True), nobodys) is Outcome.SKIPPED


def test_a_retraction_waits_for_what_it_takes_back() -> None:
    """While the entry itself waits, so does its retraction."""
    busy = desk()
    busy.known.seen["Observation/1"] = HERE
    with pytest.raises(Waits):
        take_back(busy, Retraction())
    last = desk(is_final=True)
    last.known.seen["Observation/1"] = HERE
    assert take_back(last, Retraction()) is Outcome.SKIPPED
