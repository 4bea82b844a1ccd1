"""Questions about what a record says of single things."""

from __future__ import annotations

from typing import get_args

import attrs
import pytest

from smarthealth.apps.records.evaluation.cases import Expected, Language
from smarthealth.apps.records.evaluation.chart import Chart, Entry
from smarthealth.apps.records.evaluation.follow_phrases import SESSIONS
from smarthealth.apps.records.evaluation.particulars import LONGEST_CONCLUSION, about_particulars

PLAIN = Entry(name="Thing", code="1", day="2020-01-02", instant="2020-01-02")
DAYS = ("2020-01-02",)


def asked(kind: str, *entries: Entry) -> dict[str, Expected]:
    """What is right, by the phrases that ask for it, of a chart with entries of one kind."""
    chart = Chart(document_type=1, document_number="1", entries={kind: entries})
    return {draft.phrases: draft.expected for draft in about_particulars(chart, {"Pain": ("Pain", "dolor")})}


@pytest.mark.parametrize(
    ("kind", "entry", "expected"),
    [
        (
            "report",
            attrs.evolve(PLAIN, conclusion="Clear."),
            {"findings": Expected(names=(("Clear.",),), source_days=DAYS)},
        ),
        ("report", PLAIN, {}),
        ("report", attrs.evolve(PLAIN, conclusion="x" * (LONGEST_CONCLUSION + 1)), {}),
        (
            "procedure",
            attrs.evolve(PLAIN, reasons=("Pain", "Fever"), clock="08:30"),
            {
                "done for": Expected(names=(("Pain", "dolor"), ("Fever",)), source_days=DAYS),
                "hour": Expected(names=(("08:30",),), source_days=DAYS),
            },
        ),
        ("procedure", PLAIN, {}),
        (
            "medication",
            attrs.evolve(PLAIN, stopped_for="Ulcer"),
            {"stopped": Expected(names=(("Ulcer",),), source_days=DAYS)},
        ),
        ("medication", PLAIN, {}),
        ("immunization", attrs.evolve(PLAIN, lot="L1", day=""), {"lot": Expected(names=(("L1",),))}),
        ("immunization", PLAIN, {"lot": Expected(absent=True)}),
    ],
)
def test_what_is_there_once_is_asked_for(kind: str, entry: Entry, expected: dict[str, Expected]) -> None:
    """A conclusion that is short, a reason by any of its names, an hour, a lot; a lot that is not there is absent."""
    assert asked(kind, entry) == expected
    assert asked(kind, entry, entry) == {}
    assert asked(kind, attrs.evolve(entry, name="", code=None)) == {}


def test_every_particular_can_be_asked_in_both_languages() -> None:
    """Each draft has its phrases."""
    names = ("findings", "done for", "hour", "stopped", "lot", "a year without")
    assert all((name, language) in SESSIONS for name in names for language in get_args(Language))


def test_a_year_without_a_value_is_asked_for() -> None:
    """Between two years with values, one without: that nothing is there then is the answer."""
    values = [attrs.evolve(PLAIN, day=day, value=1.0) for day in ("2010-01-02", "2011-01-02", "2014-01-02")]
    assert asked("observation", *values) == {"a year without": Expected(absent=True)}
    assert (
        asked("observation", *values[:2], attrs.evolve(PLAIN, value=None), attrs.evolve(PLAIN, day="", value=1.0)) == {}
    )
