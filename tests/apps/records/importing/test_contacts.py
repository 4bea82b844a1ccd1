"""How to reach a patient, as FHIR has it."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing import contacts
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.nodes import Node


def test_telephones_and_addresses_in_use_are_read() -> None:
    """By rank, those of before left out; an SMS number is a telephone's."""
    person: Node = {
        "telecom": [
            {"system": "phone", "value": "1"},
            {"system": "sms", "value": "2", "rank": 1},
            {"system": "phone", "value": "3", "use": "old"},
            {"system": "phone"},
            {"system": "email", "value": "a@b.co"},
            {"system": "fax", "value": "4"},
        ]
    }
    assert contacts.phone(person) == "2, 1"
    assert contacts.email(person) == "a@b.co"
    assert (contacts.phone({}), contacts.email({})) == (None, None)
    with pytest.raises(Malformed):
        contacts.phone({"telecom": "x"})


def test_the_first_address_that_is_still_theirs_is_one_line() -> None:
    """As it is written, else from its parts; an empty one is none."""
    old: Node = {"use": "old", "city": "Cali"}
    parts: Node = {"line": ["Calle 1 # 2-3", "apto 4"], "city": "Bogotá", "postalCode": "110111", "country": "CO"}
    assert contacts.address({"address": [old, {}, parts]}) == "Calle 1 # 2-3, apto 4, Bogotá, 110111, CO"
    assert contacts.address({"address": [{"text": "Vereda El Salitre"}, parts]}) == "Vereda El Salitre"
    assert contacts.address({"address": [old]}) is None


def test_languages_stand_with_the_preferred_one_first() -> None:
    """Their text, else their code; what names none is left out."""
    person: Node = {
        "communication": [
            {"language": {"text": "Inglés"}},
            {"language": {"coding": [{"code": "es-CO"}]}, "preferred": True},
            {},
        ]
    }
    assert contacts.language(person) == "es-CO, Inglés"
    assert contacts.language({}) is None


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, None),
        ({"text": "Unión libre"}, "Unión libre"),
        ({"coding": [{"code": "W"}]}, "Widowed"),
        ({"text": "S", "coding": [{"code": "S", "display": "S"}]}, "Never married"),
        ({"text": "X", "coding": [{"code": "X", "display": "It is complicated"}]}, "It is complicated"),
        ({"text": "X"}, "X"),
    ],
)
def test_a_bare_code_of_civil_status_is_told_in_words(status: Node | None, said: str | None) -> None:
    """What the record says stands as it is; a letter alone says nothing to a reader."""
    assert contacts.marital_status({} if status is None else {"maritalStatus": status}) == said


def test_whom_to_call_has_relationship_name_and_number() -> None:
    """Each as far as it is known."""
    person: Node = {
        "contact": [
            {
                "relationship": [{"text": "Hija"}],
                "name": {"given": ["Ana"], "family": "Gil"},
                "telecom": [{"system": "phone", "value": "5"}],
            },
            {"relationship": [{"text": "Vecina"}]},
        ]
    }
    assert contacts.contact(person) == "Hija, Ana Gil, 5; Vecina"
    assert contacts.contact({}) is None
