"""Resources that wait come back as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.identities import IdentityDocument
from smarthealth.apps.records.importing.model import (
    Attendee,
    Content,
    EntryContent,
    Measured,
    MedicationContent,
    OrganizationContent,
    PatientContent,
    PractitionerContent,
    Resource,
    Retraction,
    RoleContent,
    Row,
)
from smarthealth.apps.records.importing.references import Target
from smarthealth.apps.records.importing.times import parse_moment
from smarthealth.apps.records.importing.waiting import pack, unpack

WHO = Target(candidates=("Practitioner/1", "PractitionerRole/1"), display="Dr. Ñ")
ROW = Row(
    kind="observation",
    named=Concept("x", "c", "s"),
    started=parse_moment("1989-12-16T22:58:16.5-05:00"),
    ended=parse_moment("2020"),
    measured=Measured(value=0.1, unit="mg"),
    body="línea\n2",
)


@pytest.mark.parametrize(
    "content",
    [
        EntryContent(
            patient=Target(candidates=("Patient/1",)),
            row=ROW,
            components=(ROW, ROW),
            attendees=(Attendee(target=WHO, role="author"),),
            results=(WHO,),
        ),
        PatientContent(
            full_name="A",
            search_name="a",
            gender=None,
            birth_date=date(1980, 1, 1),
            birth_precision="year",
            deceased=False,
            died_on=None,
            city=None,
            documents=(IdentityDocument(1, "1", "1", None, 0),),
        ),
        PractitionerContent(full_name="Dr."),
        OrganizationContent(name="Clínica"),
        RoleContent(practitioner=WHO, specialty=None),
        MedicationContent(named=Concept("drug")),
        Retraction(),
    ],
    ids=lambda content: type(content).__name__,
)
def test_what_is_packed_is_unpacked_the_same(content: Content) -> None:
    """Every kind of content survives being written down, dates and numbers to the last digit."""
    resource = Resource(
        file_id=1,
        position=2,
        type="Observation",
        fhir_id="Observation/1",
        last_updated=datetime(2020, 1, 1, tzinfo=UTC),
        aliases=("a", "b"),
        content=content,
    )
    assert unpack(pack(resource)) == resource
