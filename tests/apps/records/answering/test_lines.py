"""The labelled lines of an entry's text."""

from __future__ import annotations

from smarthealth.apps.records.answering.entries import Entry
from smarthealth.apps.records.answering.lines import labelled, unlabelled

VACCINE = Entry(id=1, record="i/1", kind="immunization", display="Td", body="Lot: L1\nSite: Left arm\nfainted after it")


def test_labelled_lines_are_told_apart_from_the_rest() -> None:
    """By their labels; without a text there is neither."""
    assert labelled(VACCINE, "Lot", "Site") == "L1; Left arm"
    assert labelled(VACCINE, "Route") is None
    assert unlabelled(VACCINE) == "fainted after it"
    bare = Entry(id=1, record="i/1", kind="immunization", display="Td")
    assert (labelled(bare, "Lot"), unlabelled(bare)) == (None, None)
