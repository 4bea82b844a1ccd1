"""What is extracted has an order of placing."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.model import Content, EntryContent, OrganizationContent, Resource, Row, rank
from smarthealth.apps.records.importing.references import Target

THERE = Target(candidates=("Observation/1",))
PLAIN = EntryContent(patient=THERE, row=Row(kind="observation", named=Concept("x")))
PANEL = EntryContent(patient=THERE, row=PLAIN.row, results=(THERE,))
REASONED = EntryContent(patient=THERE, row=PLAIN.row, reasons=(THERE,))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("Organization", OrganizationContent(name="x")), ("Encounter", PLAIN)),
        (("Patient", PLAIN), ("Encounter", PLAIN)),
        (("Encounter", PLAIN), ("Condition", PLAIN)),
        (("Condition", PLAIN), ("Observation", PLAIN)),
        (("Observation", PLAIN), ("Observation", PANEL)),
        (("Observation", PLAIN), ("Procedure", REASONED)),
        (("Observation", PANEL), ("DiagnosticReport", PANEL)),
    ],
)
def test_who_is_referred_to_comes_first(first: tuple[str, Content], then: tuple[str, Content]) -> None:
    """Resources rank after those that they may refer to."""
    ranks = [
        rank(Resource(file_id=1, position=1, type=kind, fhir_id="x", last_updated=None, aliases=(), content=content))
        for kind, content in (first, then)
    ]
    assert ranks[0] < ranks[1]
