"""What only an examination can tell."""

from __future__ import annotations

from collections.abc import Sequence

from smarthealth.apps.doctor.guardrails.certainty import prescribes, says_certain
from smarthealth.retrieval.words import fold


def test_certain_diagnoses_are_found(hidden: Sequence[dict[str, str]]) -> None:
    """Said outright or by a word for certainty."""
    certain = [row["text"] for row in hidden if row["why"] == "certainty"]
    assert [text for text in certain if not says_certain(fold(text))] == []


def test_what_is_left_open_is_none(shown: Sequence[dict[str, str]]) -> None:
    """May be, if, a question, a symptom, and what the profile tells."""
    open_texts = [(row["text"], "diabetes" if row["who"] == "diabetes" else "") for row in shown]
    assert [text for text, known in open_texts if says_certain(fold(text), known)] == []


def test_what_the_profile_tells_is_no_diagnosis() -> None:
    """To repeat what somebody told is not to find it."""
    assert says_certain("you have diabetes.")
    assert not says_certain("you have diabetes.", "diabetes, asthma")


def test_prescriptions_are_found() -> None:
    """By their head, or by who prescribes."""
    assert all(
        map(prescribes, ("rx: amoxicillin", "i hereby prescribe rest", "le receto loratadina", "aqui tiene su formula"))
    )
    assert not prescribes("a professional may prescribe something")
