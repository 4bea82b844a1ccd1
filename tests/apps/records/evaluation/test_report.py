"""Figures are given per kind and language, and over all."""

from __future__ import annotations

from smarthealth.apps.records.evaluation.cases import Case, Expected, Kind, Language
from smarthealth.apps.records.evaluation.report import HEADINGS, summarise
from smarthealth.apps.records.evaluation.score import Answer, Verdict


def verdict(kind: Kind, language: Language, *, correct: bool, source_hit: bool | None = None) -> Verdict:
    """A verdict on an answer of middling confidence."""
    return Verdict(
        case=Case(
            kind=kind,
            language=language,
            document_type=8,
            document_number="1",
            question="?",
            expected=Expected(absent=kind == "unanswerable"),
        ),
        answer=Answer(text="", confidence=0.75, sources=()),
        correct=correct,
        abstained=correct and kind == "unanswerable",
        source_hit=source_hit,
    )


def test_each_kind_and_language_has_a_row_and_all_have_one() -> None:
    """Rows are in the order of kinds and languages, the last one is over everything, and what cannot be is a dash."""
    rows = summarise(
        [
            verdict("latest", "es", correct=True, source_hit=True),
            verdict("unanswerable", "es", correct=True),
            verdict("latest", "es", correct=False, source_hit=False),
            verdict("latest", "en", correct=True, source_hit=True),
        ]
    )
    assert [row.cells() for row in rows] == [
        ("latest en", "1", "1.000", "1.000", "1.000", "0.250"),
        ("latest es", "2", "0.500", "1.000", "0.500", "0.250"),
        ("unanswerable es", "1", "1.000", "1.000", "-", "0.250"),
        ("all", "4", "0.750", "1.000", "0.667", "0.000"),
    ]
    assert len(rows[0].cells()) == len(HEADINGS)


def test_nothing_has_a_row_without_figures() -> None:
    """Of no cases there is one row, without accuracy."""
    (row,) = summarise([])
    assert row.cells() == ("all", "0", "-", "1.000", "-", "-")
