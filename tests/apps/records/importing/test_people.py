"""Whom resources are about and by."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.importing import people
from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import Scope

SCOPE = Scope()


def test_a_patient_has_name_documents_and_dates() -> None:
    """A patient's name is kept as written and folded for look-up; dates, gender, city and documents are read."""
    found = people.read_patient(
        {
            "name": [{"given": ["Liane379"], "family": "Muñoz215"}],
            "identifier": [{"type": {"text": "CC"}, "value": "1"}],
            "gender": "female",
            "birthDate": "1980-05",
            "deceasedDateTime": "2020-01-02T03:04:05Z",
            "address": [{"city": "Cali"}],
        },
        SCOPE,
    )
    assert (found.full_name, found.search_name) == ("Liane379 Muñoz215", "liane munoz")
    assert (found.birth_date, found.birth_precision) == (date(1980, 5, 1), "month")
    assert (found.deceased, found.died_on) == (True, date(2020, 1, 2))
    assert (found.gender, found.city) == ("female", "Cali")
    assert [document.document_number for document in found.documents] == ["1"]


@pytest.mark.parametrize(
    ("resource", "deceased"), [({"deceasedBoolean": True}, True), ({"deceasedBoolean": False}, False), ({}, False)]
)
def test_a_patient_may_have_no_name_and_no_dates(resource: Node, deceased: bool) -> None:
    """An anonymous patient is taken all the same, and one may be known to have died without a date."""
    found = people.read_patient(resource, SCOPE)
    assert found.full_name == people.NAMELESS
    assert (found.birth_date, found.birth_precision, found.died_on, found.deceased) == (None, None, None, deceased)


def test_a_gender_outside_fhir_is_malformed() -> None:
    """Genders are FHIR's four codes."""
    with pytest.raises(Malformed, match="gender"):
        people.read_patient({"gender": "F"}, SCOPE)


def test_practitioners_and_organizations_need_a_name() -> None:
    """Practitioners are called with their title, organizations by name; those without one are malformed."""
    assert people.read_practitioner({"name": [{"prefix": ["Dr."], "family": "X"}]}, SCOPE).full_name == "Dr. X"
    assert people.read_organization({"name": "Clínica"}, SCOPE).name == "Clínica"
    with pytest.raises(Malformed, match="no name"):
        people.read_practitioner({}, SCOPE)
    with pytest.raises(Malformed, match="no name"):
        people.read_organization({}, SCOPE)


def test_a_role_gives_its_practitioner_a_specialty() -> None:
    """The specialty is the role's, else what its code says, else none."""
    reference: Node = {"practitioner": {"reference": "Practitioner/1"}}
    assert people.read_role({**reference, "specialty": [{"text": "Cardiology"}]}, SCOPE).specialty == "Cardiology"
    assert people.read_role({**reference, "code": [{"text": "Doctor"}]}, SCOPE).specialty == "Doctor"
    found = people.read_role(reference, SCOPE)
    assert (found.specialty, found.practitioner.candidates) == (None, ("Practitioner/1",))
    with pytest.raises(Malformed, match="no practitioner"):
        people.read_role({}, SCOPE)


def test_a_medication_is_its_code() -> None:
    """A medication is what its code says; without one it says nothing."""
    assert people.read_medication({"code": {"text": "Losartan"}}, SCOPE).named == Concept("Losartan")
    with pytest.raises(Malformed, match="no code"):
        people.read_medication({}, SCOPE)


def test_a_patient_may_have_a_practitioner_and_a_practice() -> None:
    """General practitioners are people or organizations, as the references say; others are nobody's."""
    references = ["Practitioner/1", "Organization/2", "PractitionerRole/3", "Device/4"]
    found = people.read_patient({"generalPractitioner": [{"reference": written} for written in references]}, SCOPE)
    assert [who.candidates for who in found.practitioners] == [("Practitioner/1",), ("PractitionerRole/3",)]
    assert [what.candidates for what in found.practices] == [("Organization/2",)]
