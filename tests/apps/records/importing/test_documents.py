"""Documents with the text in them."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.importing.documents import read_document
from smarthealth.apps.records.importing.model import EntryContent
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import Scope

TEXT: Node = {"attachment": {"contentType": "text/plain", "data": "aGVsbG8=", "creation": "2018"}}


def document(**elements: object) -> EntryContent:
    """A document with these elements."""
    return read_document({"subject": {"reference": "Patient/1"}, "status": "superseded", **elements}, Scope())


def test_a_document_has_text_author_place_and_encounter() -> None:
    """The text is its body; its status stays; who wrote it, for whom it is kept and in which encounter are read."""
    found = document(
        type={"text": "History"},
        category=[{"coding": [{"code": "clinical-note"}]}],
        date="2020-01-02T03:04:05Z",
        content=[TEXT],
        author=[{"reference": "Practitioner/1"}],
        authenticator={"reference": "Practitioner/2"},
        custodian={"reference": "Organization/1"},
        context={"encounter": [{"reference": "EpisodeOfCare/1"}, {"reference": "Encounter/1"}]},
    )
    assert (found.row.named.display, found.row.body, found.row.status) == ("History", "hello", "superseded")
    assert (found.row.category, found.row.measured.text) == ("clinical-note", None)
    assert [who.role for who in found.attendees] == ["author", "authenticator"]
    assert found.organization is not None
    assert found.encounter is not None
    assert found.encounter.candidates == ("Encounter/1",)


@pytest.mark.parametrize(
    ("elements", "day"),
    [
        ({"date": "2020-01-02T00:00:00Z", "context": {"period": {"start": "2019"}}}, date(2020, 1, 2)),
        ({"context": {"period": {"start": "2019-05-06"}}, "content": [TEXT]}, date(2019, 5, 6)),
        ({"content": [{}, TEXT]}, date(2018, 1, 1)),
        ({}, None),
    ],
)
def test_its_date_is_its_own_or_that_of_what_it_is_about(elements: Node, day: date | None) -> None:
    """The document's date is before the time it is about, and that before when its text was made."""
    found = document(**elements)
    assert (found.row.started.day if found.row.started else None) == day
    assert found.encounter is None


def test_a_document_that_is_no_text_says_so() -> None:
    """What cannot be read is named by its type; a description stands for the text."""
    found = document(content=[{"attachment": {"contentType": "application/pdf"}}], description="Scan")
    assert (found.row.named.display, found.row.body) == ("Scan", "Scan")
    assert found.row.measured.text == "attachment without text here: application/pdf"
    bare = document()
    assert (bare.row.named.display, bare.row.body, bare.row.measured.text) == ("Document", None, None)
