"""FHIR's data types in words and codes."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing import datatypes as types
from smarthealth.apps.records.importing.datatypes import LOINC, SNOMED, Concept
from smarthealth.apps.records.importing.nodes import Node

TWO = [{"system": SNOMED, "code": "1", "display": "one"}, {"system": LOINC, "code": "2", "display": "two"}]


@pytest.mark.parametrize(
    ("found", "concept"),
    [
        ({"text": "words"}, Concept("words")),
        ({"text": "words", "coding": TWO}, Concept("words", "2", LOINC)),
        ({"coding": TWO}, Concept("two", "2", LOINC)),
        ({"coding": TWO[:1]}, Concept("one", "1", SNOMED)),
        ({"coding": [{"code": "3"}, *TWO[:1]]}, Concept("one", "3")),
        ({"coding": [{"code": "3"}]}, Concept("3", "3")),
        ({"coding": [{"system": LOINC, "display": "only a name"}]}, Concept("only a name")),
        ({"coding": [{"system": LOINC}]}, None),
        ({}, None),
    ],
)
def test_concept_prefers_text_and_the_wanted_system(found: Node, concept: Concept | None) -> None:
    """A concept is called by its text, else by the name of its code; its code is of the preferred system if one is."""
    assert types.concept_of(found, LOINC) == concept


def test_concepts_of_elements() -> None:
    """Elements that are concepts, lists of them or codings give concepts, texts and codes; absent ones nothing."""
    parent: Node = {"one": {"text": "a"}, "many": [{}, {"text": "b"}, {"coding": TWO}], "coding": {"code": "AMB"}}
    assert types.concept(parent, "one") == Concept("a")
    assert types.concept(parent, "none") is None
    assert types.first_concept(parent, "many") == Concept("b")
    assert types.first_concept(parent, "none") is None
    assert types.coding(parent, "coding") == Concept("AMB", "AMB")
    assert types.coding(parent, "none") is None
    assert types.concept_texts(parent, "many") == ["b", "one"]
    assert types.code_of(parent, "one") == "a"
    assert types.code_of({"x": {"coding": TWO}}, "x") == "1"
    assert types.code_of(parent, "none") is None
    assert types.first_code({"x": [{"coding": TWO}]}, "x") == "1"
    assert types.first_code(parent, "many") == "b"
    assert types.first_code(parent, "none") is None


def test_joined_says_everything_once() -> None:
    """Parts are joined in order, each once, the absent ones left out."""
    assert types.joined(("a", None, "", "b", "a")) == "a; b"
    assert types.joined((None,)) is None


@pytest.mark.parametrize(("value", "text"), [(7.0, "7"), (0.1, "0.1"), (176.17642104598346, "176.176421045983")])
def test_numbers_are_written_as_people_do(value: float, text: str) -> None:
    """Whole numbers have no decimals, others those they have."""
    assert types.number_text(value) == text


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ({"value": 5, "unit": "mg"}, "5 mg"),
        ({"value": 5, "code": "mg"}, "5 mg"),
        ({"value": 0.5, "comparator": "<", "unit": "mg/dL"}, "<0.5 mg/dL"),
        ({"unit": "mg"}, "mg"),
        ({}, ""),
    ],
)
def test_quantities_are_told_with_unit_and_comparator(found: Node, text: str) -> None:
    """A quantity is its comparator, number and unit, as far as they are there."""
    assert str(types.quantity({"q": found}, "q")) == text


def test_absent_quantity_is_none() -> None:
    """No element, no quantity."""
    assert types.quantity({}, "q") is None


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ({"low": {"value": 1}, "high": {"value": 2, "unit": "mg"}}, "1-2 mg"),
        ({"low": {"value": 1, "unit": "mg"}, "high": {"value": 2}}, "1-2 mg"),
        ({"low": {"value": 1, "unit": "mg"}}, "≥1 mg"),
        ({"high": {"value": 2}}, "≤2"),
        ({}, None),
    ],
)
def test_ranges_are_told_by_their_ends(found: Node, text: str | None) -> None:
    """A range is told by both ends, or by the one it has."""
    assert types.range_text(found) == text


OFFICIAL: Node = {"use": "official", "prefix": ["Dr."], "given": ["Ana", "María"], "family": "Ríos", "suffix": ["PhD"]}


@pytest.mark.parametrize(
    ("names", "with_prefix", "called"),
    [
        ([{"use": "maiden", "family": "Old"}, OFFICIAL], False, "Ana María Ríos PhD"),
        ([OFFICIAL], True, "Dr. Ana María Ríos PhD"),
        ([{"text": "Dra. Ana Ríos", "prefix": ["Dra."]}], True, "Dra. Ana Ríos"),
        ([{"use": "old", "given": ["A"]}, {"use": "something", "given": ["B"]}], False, "B"),
        ([{"use": "official"}, {"use": "old", "family": "C"}], False, "C"),
        ([{}], False, None),
        ([], False, None),
    ],
)
def test_people_are_called_by_their_best_name(names: list[Node], with_prefix: bool, called: str | None) -> None:
    """The official name is before the usual one, any other before a past one, and a written text before parts."""
    assert types.human_name({"name": names}, with_prefix=with_prefix) == called


def test_notes_and_city() -> None:
    """Annotations give their texts, addresses the first one's city."""
    assert types.notes({"note": [{"text": "a"}, {}]}) == ["a"]
    assert types.city({"address": [{"city": "Cali"}, {"city": "Bogotá"}]}) == "Cali"
    assert types.city({}) is None
