"""Prescriptions with their dosage in words."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.model import EntryContent
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.prescriptions import dosage_text, read_prescription
from smarthealth.apps.records.importing.references import Scope

DRUG: Node = {"medicationCodeableConcept": {"text": "Losartan"}}
SCOPE = Scope(contained={"med": {"resourceType": "Medication", "code": {"text": "Contained drug"}}, "empty": {}})


def prescription(**elements: object) -> EntryContent:
    """A prescription with these elements."""
    base: Node = {"subject": {"reference": "Patient/1"}, "status": "active", "intent": "order"}
    return read_prescription({**base, **elements}, SCOPE)


@pytest.mark.parametrize(
    ("elements", "named", "candidates"),
    [
        (DRUG, Concept("Losartan"), None),
        ({"medicationReference": {"reference": "#med", "display": "x"}}, Concept("Contained drug"), None),
        ({"medicationReference": {"reference": "#empty", "display": "by name"}}, Concept("by name"), None),
        ({"medicationReference": {"reference": "Medication/1"}}, Concept(""), ("Medication/1",)),
        ({"medicationReference": {"reference": "Medication/1", "display": "d"}}, Concept("d"), ("Medication/1",)),
        ({"medicationReference": {"display": "d"}}, Concept("d"), ("Medication?name=d",)),
    ],
)
def test_the_drug_is_named_here_contained_or_elsewhere(
    elements: Node, named: Concept, candidates: tuple[str, ...] | None
) -> None:
    """The drug is a concept, a contained resource, or a target with the name that the reference gives."""
    found = prescription(**elements)
    assert found.row.named == named
    assert (found.medication.candidates if found.medication else None) == candidates


@pytest.mark.parametrize(
    "elements",
    [{}, {"medicationReference": {"reference": "#nothing"}}, {"medicationReference": {"reference": "Substance/1"}}],
)
def test_a_prescription_of_nothing_is_malformed(elements: Node) -> None:
    """A prescription that names no drug cannot be taken."""
    with pytest.raises(Malformed, match="no medication"):
        prescription(**elements)


@pytest.mark.parametrize(
    ("elements", "category", "status"),
    [
        ({"category": [{"coding": [{"code": "community"}]}]}, "community", "active"),
        ({"category": [{"text": "Outpatient"}]}, "Outpatient", "active"),
        ({}, None, "active"),
        ({"intent": "plan", "category": [{"text": "x"}]}, "plan", "active"),
        ({"doNotPerform": True}, None, "do-not-perform"),
    ],
)
def test_what_is_no_order_to_take_something_says_so(elements: Node, category: str | None, status: str) -> None:
    """A plan is no order, and an order not to give something is none to give it."""
    found = prescription(**DRUG, **elements)
    assert (found.row.category, found.row.status) == (category, status)


def test_a_prescription_has_date_reason_people_and_notes() -> None:
    """When, why, by whom and why it ended are read."""
    found = prescription(
        **DRUG,
        authoredOn="2020-01-02",
        reasonCode=[{"text": "Hypertension"}],
        requester={"reference": "Practitioner/1"},
        statusReason={"text": "cough"},
        note=[{"text": "with food"}],
        dosageInstruction=[{"text": "1 a day"}],
    )
    assert found.row.started is not None
    assert found.row.started.day == date(2020, 1, 2)
    assert (found.row.reason, found.row.dosage) == ("Hypertension", "1 a day")
    assert found.row.body == "Status reason: cough\nwith food"
    assert [who.role for who in found.attendees] == ["requester"]
    later = prescription(**DRUG, dispenseRequest={"validityPeriod": {"start": "2021"}})
    assert later.row.started is not None
    assert later.row.started.day == date(2021, 1, 1)


def repeat(**elements: object) -> Node:
    """A dosage with a timing."""
    return {"timing": {"repeat": elements}}


@pytest.mark.parametrize(
    ("dosage", "text"),
    [
        ({"text": "Take 1 tablet", **repeat(frequency=1, period=1, periodUnit="d")}, "Take 1 tablet"),
        ({"text": "Take 1 tablet", "patientInstruction": "with water"}, "Take 1 tablet; with water"),
        ({"text": "Take as needed.", "asNeededBoolean": True}, "Take as needed."),
        ({"text": "As directed", "asNeededBoolean": True}, "as needed; As directed"),
        ({"asNeededBoolean": True}, "as needed"),
        ({"asNeededBoolean": False}, None),
        ({"asNeededCodeableConcept": {"text": "pain"}}, "as needed for pain"),
        (repeat(frequency=1, period=1.0, periodUnit="d"), "once a day"),
        (repeat(period=1, periodUnit="wk"), "once a week"),
        (repeat(frequency=3, period=1, periodUnit="d"), "3 times a day"),
        (repeat(frequency=1, period=4, periodMax=6, periodUnit="h"), "every 4-6 hours"),
        (repeat(frequency=2, period=3, periodUnit="mo"), "2 times every 3 months"),
        (repeat(frequency=2, period=1, periodUnit="fortnight"), "2 times a fortnight"),
        (repeat(frequency=2), None),
        ({"timing": {"code": {"text": "BID"}}}, "BID"),
        (
            repeat(frequency=1, period=1, periodUnit="d", boundsDuration={"value": 7, "code": "d"}),
            "once a day for 7 days",
        ),
        (
            repeat(frequency=1, period=1, periodUnit="d", boundsDuration={"value": 1, "code": "wk"}),
            "once a day for 1 week",
        ),
        (repeat(boundsDuration={"value": 2, "unit": "doses"}), "for 2 doses"),
        (repeat(boundsPeriod={"end": "2020-01-02"}), "until 2020-01-02"),
        (
            {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}], "route": {"text": "oral"}},
            "dose 1 tablet, oral",
        ),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}]}, "dose 1-2"),
        ({"doseAndRate": [{"rateQuantity": {"value": 5, "unit": "mL/h"}}]}, "at 5 mL/h"),
        ({"additionalInstruction": [{"text": "with food"}]}, "with food"),
        ({}, None),
    ],
)
def test_dosages_are_told(dosage: Node, text: str | None) -> None:
    """A dosage is told as it is written where that holds an amount, else from its parts as well."""
    assert dosage_text(dosage) == text


def test_a_dosage_says_when_and_where_on_the_body() -> None:
    """Hours, meals, method and site are told with route and frequency; an unknown code stands for itself."""
    repeat = {"frequency": 1, "period": 1, "periodUnit": "d", "timeOfDay": ["22:00:00"], "when": ["HS", "XYZ"]}
    dosage: Node = {
        "timing": {"repeat": repeat},
        "method": {"text": "Inject"},
        "route": {"text": "Subcutaneous"},
        "site": {"text": "Abdomen"},
    }
    told = "Inject, Subcutaneous, Abdomen, once a day at bedtime, XYZ at 22:00"
    assert dosage_text(dosage) == told


def test_what_is_dispensed_is_told() -> None:
    """Amount and refills are labelled lines of a prescription's text, after why its state is what it is."""
    found = prescription(
        **DRUG,
        statusReason={"text": "cough"},
        dispenseRequest={"quantity": {"value": 30, "unit": "tablets"}, "numberOfRepeatsAllowed": 0},
    )
    assert found.row.body == "Status reason: cough\nDispensed: 30 tablets\nRefills: 0"
