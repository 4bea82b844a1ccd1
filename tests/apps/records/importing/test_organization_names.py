"""A name tells whether it is an organization's."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing.organization_names import is_organization_name


@pytest.mark.parametrize(
    "name",
    [
        "Laboratorio Clínico Colcan",
        "St. Brendan Hospital",
        "Clínica San Marcel",
        "Harbor Anticoagulation Clinic",
        "Sura EPS",
    ],
)
def test_words_of_organizations_make_one(name: str) -> None:
    """A laboratory, a hospital, a clinic is known by that word."""
    assert is_organization_name(name)


@pytest.mark.parametrize(
    "name",
    ["Ana Ríos", "Dr. Health", "Enf. Luz Hospital Toro", "Susan Lab, MD", "Bact. Yolanda Pérez", "Claus Saenz"],
)
def test_people_are_known_by_their_titles_and_by_default(name: str) -> None:
    """A title makes a person of whoever bears it, whatever the name; so does a name without words of organizations."""
    assert not is_organization_name(name)
