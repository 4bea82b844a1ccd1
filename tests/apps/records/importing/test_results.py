"""What was measured and found."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.importing.model import EntryContent, Measured
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import Scope
from smarthealth.apps.records.importing.results import read_observation, read_report

BASE: Node = {"subject": {"reference": "Patient/1"}, "status": "final", "code": {"text": "Something"}}


def observation(**elements: object) -> EntryContent:
    """An observation with these elements."""
    return read_observation({**BASE, **elements}, Scope())


def measured(**elements: object) -> Measured:
    """What an observation with these elements measured."""
    return observation(**elements).row.measured


@pytest.mark.parametrize(
    ("elements", "value", "unit", "text"),
    [
        ({"valueQuantity": {"value": 6.6, "unit": "%"}}, 6.6, "%", None),
        ({"valueQuantity": {"value": 0.5, "unit": "mg", "comparator": "<"}}, None, None, "<0.5 mg"),
        ({"valueInteger": 3}, 3.0, None, None),
        ({"valueBoolean": True}, None, None, "yes"),
        ({"valueBoolean": False}, None, None, "no"),
        ({"valueCodeableConcept": {"text": "Never smoker"}}, None, None, "Never smoker"),
        ({"valueCodeableConcept": {}}, None, None, None),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 2}}}, None, None, "1-2"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, None, None, "1:128"),
        (
            {"valueRatio": {"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "mL"}}},
            None,
            None,
            "5 mg/1 mL",
        ),
        ({"valueRatio": {"numerator": {"value": 1}}}, None, None, None),
        ({"valuePeriod": {"start": "2015", "end": "2016"}}, None, None, "2015 – 2016"),
        ({"valueSampledData": {}}, None, None, "sampled data"),
        ({"valueString": "cloudy"}, None, None, "cloudy"),
        ({"valueDateTime": "2015"}, None, None, "2015"),
        ({"valueTime": "10:00:00"}, None, None, "10:00:00"),
        ({}, None, None, None),
    ],
)
def test_values_are_numbers_or_words(elements: Node, value: float | None, unit: str | None, text: str | None) -> None:
    """A plain quantity or integer is a number, everything else is told; what has a comparator is no plain number."""
    found = measured(**elements)
    assert (found.value, found.unit, found.text) == (value, unit, text)


LOW_HIGH: Node = {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}}


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([LOW_HIGH], (1.0, 2.0)),
        ([{"low": {"value": 1}}], (1.0, None)),
        ([LOW_HIGH | {"type": {"coding": [{"code": "normal"}]}}], (1.0, 2.0)),
        ([LOW_HIGH | {"type": {"text": "treatment"}}, LOW_HIGH], (1.0, 2.0)),
        ([LOW_HIGH, LOW_HIGH], (None, None)),
        ([LOW_HIGH | {"appliesTo": [{"text": "pregnancy"}]}], (None, None)),
        ([LOW_HIGH | {"age": {"low": {"value": 18}}}], (None, None)),
        ([{"low": {"value": 1, "unit": "g"}}], (None, None)),
        ([{"text": "below 2"}], (None, None)),
        ([], (None, None)),
    ],
)
def test_a_reference_range_is_taken_only_without_doubt(
    ranges: list[Node], expected: tuple[float | None, float | None]
) -> None:
    """Of several ranges, of one for certain people or in another unit, none is taken to judge a value by."""
    found = measured(valueQuantity={"value": 1.5, "unit": "mg"}, referenceRange=ranges)
    assert (found.range_low, found.range_high) == expected


def test_components_are_rows_of_their_own() -> None:
    """Each component has its own name and value, and the time, status and category of the whole."""
    found = observation(
        effectiveDateTime="2020-01-02",
        category=[{"text": "vital-signs"}],
        component=[
            {"code": {"text": "Systolic"}, "valueQuantity": {"value": 120}},
            {"code": {"text": "Diastolic"}, "dataAbsentReason": {"text": "not measured"}},
        ],
    )
    systolic, diastolic = found.components
    assert (systolic.named.display, systolic.measured.value, systolic.started) == ("Systolic", 120.0, found.row.started)
    assert (systolic.category, systolic.status) == ("vital-signs", "final")
    assert (diastolic.measured.value, diastolic.body) == (None, "No value: not measured")


@pytest.mark.parametrize(
    ("elements", "day", "end"),
    [
        ({"effectiveDateTime": "2020-01-02", "issued": "2021-01-01T00:00:00Z"}, date(2020, 1, 2), None),
        ({"effectivePeriod": {"start": "2020-01-02", "end": "2020-01-03"}}, date(2020, 1, 2), date(2020, 1, 3)),
        ({"effectiveInstant": "2020-01-02T00:00:00Z"}, date(2020, 1, 2), None),
        ({"effectiveTiming": {"event": ["2020-01-02"]}}, date(2020, 1, 2), None),
        ({"effectiveTiming": {"event": []}, "issued": "2021-01-01T00:00:00Z"}, date(2021, 1, 1), None),
        ({}, None, None),
    ],
)
def test_the_time_is_that_of_the_finding(elements: Node, day: date | None, end: date | None) -> None:
    """The time of the finding is before that of its issue."""
    found = observation(**elements).row
    assert (found.started.day if found.started else None, found.ended.day if found.ended else None) == (day, end)


def test_an_observation_has_people_a_place_members_and_notes() -> None:
    """Performers, members of a panel, notes and the laboratory's own judgement are read."""
    found = observation(
        performer=[{"reference": "Practitioner/1"}, {"reference": "Organization/1"}],
        hasMember=[{"reference": "Observation/2"}, {"reference": "QuestionnaireResponse/3"}],
        interpretation=[{"coding": [{"code": "H"}]}],
        bodySite={"text": "left arm"},
        note=[{"text": "fasting"}],
    )
    assert (len(found.attendees), found.organization is not None, len(found.results)) == (1, True, 1)
    assert found.row.measured.interpretation == "H"
    assert found.row.body == "Body site: left arm\nfasting"


def test_a_report() -> None:
    """A report has its results, its conclusion in words and codes, and the text it comes with."""
    found = read_report(
        {
            **BASE,
            "category": [{"coding": [{"code": "LAB"}]}],
            "effectiveDateTime": "2020-01-02",
            "conclusion": "All is well",
            "conclusionCode": [{"text": "Normal"}],
            "presentedForm": [{"contentType": "text/plain", "data": "aGVsbG8="}],
            "result": [{"reference": "Observation/1"}],
            "resultsInterpreter": [{"reference": "Practitioner/1"}],
        },
        Scope(),
    )
    assert found.row.body == "All is well\nNormal\nhello"
    assert (found.row.category, len(found.results)) == ("LAB", 1)
    assert [who.role for who in found.attendees] == ["interpreter"]
