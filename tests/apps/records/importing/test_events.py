"""What happened to a patient."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from smarthealth.apps.records.importing import events
from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.model import EntryContent, Row
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import Scope

SUBJECT: Node = {"subject": {"reference": "Patient/1"}}
CODE: Node = {"code": {"text": "Something"}}


def row(read: Callable[[Node, Scope], EntryContent], **elements: object) -> Row:
    """The row that a resource of one kind becomes."""
    return read({**SUBJECT, **elements}, Scope()).row


def test_an_encounter() -> None:
    """An encounter has its type, class, period, reason, discharge, participants and provider."""
    found = events.read_encounter_entry(
        {
            **SUBJECT,
            "status": "finished",
            "class": {"code": "IMP", "display": "inpatient encounter"},
            "type": [{"text": "Admission"}],
            "period": {"start": "2020-01-02", "end": "2020-01-05"},
            "reasonCode": [{"text": "Pneumonia"}],
            "reasonReference": [{"reference": "Condition/1"}],
            "hospitalization": {"dischargeDisposition": {"text": "Home"}},
            "participant": [{"individual": {"reference": "Practitioner/1"}}],
            "serviceProvider": {"reference": "Organization/1"},
        },
        Scope(),
    )
    assert (found.row.named, found.row.category, found.row.status) == (Concept("Admission"), "inpatient", "finished")
    assert found.row.started is not None
    assert found.row.started.day == date(2020, 1, 2)
    assert found.row.ended is not None
    assert found.row.ended.day == date(2020, 1, 5)
    assert (found.row.reason, found.row.measured.text) == ("Pneumonia", "Home")
    assert (len(found.attendees), found.organization is not None, found.reasons) == (1, True, ())


@pytest.mark.parametrize(
    ("elements", "name", "category"),
    [
        ({"class": {"code": "AMB"}}, "ambulatory", "ambulatory"),
        ({"class": {"code": "XYZ", "display": "special"}}, "special", "special"),
        ({}, "Encounter", None),
    ],
)
def test_an_encounter_without_a_type_is_called_by_its_class(elements: Node, name: str, category: str | None) -> None:
    """Classes of HL7 are told in words, others as they call themselves."""
    found = row(events.read_encounter_entry, **elements)
    assert (found.named.display, found.category) == (name, category)


def test_a_condition() -> None:
    """A condition has its course, its certainty, severity, site and notes, and who recorded it."""
    found = events.read_condition(
        {
            **SUBJECT,
            **CODE,
            "category": [{"coding": [{"code": "problem-list-item"}]}],
            "clinicalStatus": {"coding": [{"code": "resolved"}]},
            "verificationStatus": {"coding": [{"code": "provisional"}]},
            "severity": {"text": "Mild"},
            "onsetDateTime": "2018",
            "abatementDateTime": "2019-02",
            "bodySite": [{"text": "knee"}],
            "note": [{"text": "stable"}],
            "recorder": {"reference": "Practitioner/1"},
            "asserter": {"reference": "Practitioner/2"},
            "encounter": {"reference": "Encounter/1"},
        },
        Scope(),
    )
    assert (found.row.status, found.row.verification, found.row.severity) == ("resolved", "provisional", "Mild")
    assert found.row.started is not None
    assert found.row.started.precision == "year"
    assert found.row.ended is not None
    assert found.row.ended.day == date(2019, 2, 1)
    assert found.row.body == "Body site: knee\nstable"
    assert [who.role for who in found.attendees] == ["recorder", "asserter"]
    assert found.encounter is not None


@pytest.mark.parametrize(
    ("elements", "body"),
    [
        ({"onsetAge": {"value": 12, "unit": "a"}}, "Onset: at the age of 12 a"),
        ({"onsetRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "a"}}}, "Onset: 1-2 a"),
        ({"onsetString": "childhood", "abatementString": "last year"}, "Onset: childhood\nAbatement: last year"),
        ({}, None),
    ],
)
def test_times_that_are_no_dates_are_told(elements: Node, body: str | None) -> None:
    """An age, a range of ages or words are kept as words; the date is when it was recorded."""
    found = row(events.read_condition, **CODE, **elements, recordedDate="2020-05-06")
    assert found.body == body
    assert found.started is not None
    assert found.started.day == date(2020, 5, 6)


def test_the_end_of_a_condition_is_the_end_of_its_abatement() -> None:
    """An abatement that is a period ends with it."""
    found = row(events.read_condition, **CODE, abatementPeriod={"start": "2019", "end": "2020"})
    assert found.ended is not None
    assert found.ended.day == date(2020, 1, 1)


def test_an_allergy() -> None:
    """An allergy has its category, criticality and reactions, and says when it is an intolerance."""
    found = row(
        events.read_allergy,
        **CODE,
        type="intolerance",
        category=["medication", "food"],
        criticality="high",
        clinicalStatus={"coding": [{"code": "active"}]},
        recordedDate="1994-07-02",
        reaction=[
            {"manifestation": [{"text": "Hives"}, {"text": "Cough"}], "severity": "mild", "description": "at once"},
            {"manifestation": [{"text": "Fever"}]},
            {"severity": "mild"},
        ],
    )
    assert (found.category, found.severity, found.status) == ("medication, food", "high", "active")
    assert found.measured.text == "Hives, Cough (mild); Fever"
    assert found.body == "Intolerance, not allergy\nat once"
    assert row(events.read_allergy, **CODE, type="allergy").body is None


def test_a_procedure() -> None:
    """A procedure has its time, reason, outcome, site and complications, and who performed it."""
    found = events.read_procedure(
        {
            **SUBJECT,
            **CODE,
            "status": "completed",
            "category": {"text": "Surgery"},
            "performedPeriod": {"start": "2020-01-02", "end": "2020-01-03"},
            "reasonReference": [{"reference": "Condition/1"}],
            "outcome": {"text": "Successful"},
            "complication": [{"text": "Bleeding"}],
            "bodySite": [{"text": "arm"}],
            "performer": [{"actor": {"reference": "Practitioner/1"}}],
        },
        Scope(),
    )
    assert (found.row.category, found.row.measured.text) == ("Surgery", "Successful")
    assert found.row.body == "Body site: arm\nComplications: Bleeding"
    assert (len(found.attendees), len(found.reasons)) == (1, 1)
    bare = row(events.read_procedure, **CODE, performedString="last year")
    assert (bare.category, bare.measured.text, bare.started, bare.body) == (None, None, None, "Performed: last year")


@pytest.mark.parametrize(
    ("elements", "dosage"),
    [
        ({"protocolApplied": [{"doseNumberPositiveInt": 2, "seriesDosesPositiveInt": 3}]}, "dose 2 of 3"),
        ({"protocolApplied": [{"doseNumberString": "booster"}]}, "dose booster"),
        ({"doseQuantity": {"value": 0.5, "unit": "mL"}, "protocolApplied": [{}]}, "0.5 mL"),
        ({}, None),
    ],
)
def test_a_dose_of_a_vaccine(elements: Node, dosage: str | None) -> None:
    """A vaccine's dose is counted, or measured, or both."""
    assert row(events.read_immunization, vaccineCode={"text": "Td"}, **elements).dosage == dosage


def test_a_procedure_says_what_is_to_follow_and_where_it_was() -> None:
    """Complications, follow-up and location of a procedure are labelled lines of its text, before its notes."""
    found = row(
        events.read_procedure,
        **CODE,
        complication=[{"text": "bleeding"}],
        followUp=[{"text": "ten days"}, {"text": "X-ray"}],
        location={"display": "Theatre 3"},
        note=[{"text": "adhesions"}],
    )
    assert found.body == "Complications: bleeding\nFollow-up: ten days, X-ray\nLocation: Theatre 3\nadhesions"


def test_an_immunization() -> None:
    """An immunization that was not given says why; lot, maker, site, route and told time are lines of its text."""
    found = row(
        events.read_immunization,
        vaccineCode={"text": "Td"},
        status="not-done",
        statusReason={"text": "refused"},
        occurrenceString="in spring",
        lotNumber="L1",
        manufacturer={"display": "Maker"},
        expirationDate="2021-08-01",
        site={"text": "Left arm"},
        route={"text": "Intramuscular"},
    )
    assert (found.status, found.reason, found.started) == ("not-done", "refused", None)
    assert found.body == (
        "Given: in spring\nLot: L1\nManufacturer: Maker\nExpires: 2021-08-01\nSite: Left arm\nRoute: Intramuscular"
    )
    assert row(events.read_immunization, vaccineCode={"text": "Td"}).body is None


def test_a_care_plan() -> None:
    """A care plan has its activities, what it addresses, and its title or else its category for a name."""
    found = events.read_care_plan(
        {
            **SUBJECT,
            "intent": "order",
            "category": [{"coding": [{"system": "s", "code": "c", "display": "Diabetes plan"}]}],
            "period": {"start": "2018-02-13"},
            "addresses": [{"reference": "Condition/1"}],
            "author": {"reference": "Practitioner/1"},
            "description": "Plan",
            "activity": [
                {"detail": {"code": {"text": "Diet"}, "status": "in-progress"}},
                {"detail": {"description": "Salt", "doNotPerform": True}},
                {},
            ],
        },
        Scope(),
    )
    assert found.row.named == Concept("Diabetes plan", "c", "s")
    assert found.row.body == "Plan\n- Diet (in-progress)\n- not to be done: Salt"
    assert (len(found.reasons), len(found.attendees)) == (1, 1)
    titled = row(events.read_care_plan, title="Mine", category=[{"coding": [{"code": "c"}]}], created="2020")
    assert titled.named == Concept("Mine", "c")
    assert titled.started is not None
    assert row(events.read_care_plan, title="Mine").named == Concept("Mine")
    assert row(events.read_care_plan).named == Concept("Care plan")


@pytest.mark.parametrize(
    "read",
    [events.read_condition, events.read_allergy, events.read_procedure, events.read_immunization],
)
def test_entries_need_a_name(read: Callable[[Node, Scope], EntryContent]) -> None:
    """What has no code says nothing."""
    with pytest.raises(Malformed, match=r"no (code|vaccineCode)"):
        row(read)
