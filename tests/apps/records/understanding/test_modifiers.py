"""Smaller words that narrow a question."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.modifiers import (
    asks_for_different,
    asks_what_is_written,
    find_section,
    find_status,
    find_verification,
    names_source,
    status_spans,
)
from smarthealth.apps.records.understanding.question import Status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("diagnosticos activos", Status.ACTIVE),
        ("que medicamentos toma", Status.ACTIVE),
        ("current medications", Status.ACTIVE),
        ("problemas no resueltos", Status.ACTIVE),
        ("unresolved problems", Status.ACTIVE),
        ("enfermedades resueltas", Status.ENDED),
        ("discontinued drugs", Status.ENDED),
        ("esta activa o resuelta", None),
        ("current and past medications", None),
        ("que medicamentos le recetaron", None),
    ],
)
def test_a_state_is_asked_for_by_its_words(text: str, status: Status | None) -> None:
    """Both states together limit nothing."""
    assert find_status(text) is status


def test_the_words_of_a_state_have_places() -> None:
    """They are understood, so nobody reads them again."""
    assert status_spans("alergias activas") == [(9, 16)]


@pytest.mark.parametrize(("text", "different"), [("cuantas vacunas distintas", True), ("cuantas vacunas", False)])
def test_different_things_may_be_counted(text: str, different: bool) -> None:
    """`how many different` counts things, not entries."""
    assert asks_for_different(text) is different


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("motivo de consulta en la nota", "complaint"),
        ("history of present illness", "present"),
        ("estado civil segun la nota", "social"),
        ("alergias en la nota", "allergies"),
        ("medicamentos de la nota", "medications"),
        ("plan de la nota", "plan"),
        ("que dice la nota", None),
    ],
)
def test_a_part_of_a_note_may_be_asked_for(text: str, section: str | None) -> None:
    """Each part has its words."""
    assert find_section(text) == section


@pytest.mark.parametrize(("text", "reads"), [("que dice la nota", True), ("cuantas notas hay", False)])
def test_what_is_written_may_be_asked_for(text: str, reads: bool) -> None:
    """The text of a note is another thing than the note."""
    assert asks_what_is_written(text) is reads


@pytest.mark.parametrize(
    ("text", "sureness"),
    [("diagnosticos confirmados", "confirmed"), ("suspected diagnoses", "unconfirmed"), ("diagnosticos", None)],
)
def test_how_sure_diagnoses_are_to_be_may_be_asked_for(text: str, sureness: str | None) -> None:
    """Confirmed ones, those that are not, or all."""
    assert find_verification(text) == sureness


@pytest.mark.parametrize(
    ("text", "named"),
    [("segun la nota", True), ("who came, per the er note", True), ("twice per day", False), ("la nota", False)],
)
def test_what_is_to_tell_it_may_be_named(text: str, named: bool) -> None:
    """According to the note; `per day` names nothing."""
    assert names_source(text) is named
