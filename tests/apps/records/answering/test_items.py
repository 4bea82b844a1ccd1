"""One entry as an item of a fact."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.entries import Entry
from smarthealth.apps.records.answering.items import particulars_of
from smarthealth.apps.records.understanding.question import Language


@pytest.mark.parametrize(
    ("entry", "language", "said"),
    [
        (Entry(id=1, record="r", kind="condition", display="COPD", severity="Moderate"), "es", "gravedad: moderada"),
        (Entry(id=1, record="r", kind="condition", display="COPD", severity="Moderate"), "en", "severity: Moderate"),
        (
            Entry(id=1, record="r", kind="allergy", display="Peanut", severity="high", value_text="Anaphylaxis"),
            "es",
            "reacción: Anaphylaxis, criticidad: alta",
        ),
        (Entry(id=1, record="r", kind="observation", display="Smoking", value_text="Never"), "es", None),
    ],
)
def test_severity_and_reaction_are_told_in_the_language_of_the_answer(
    entry: Entry, language: Language, said: str | None
) -> None:
    """How severe a thing is and what an allergy does are said as far as the record says so."""
    assert particulars_of(entry, language) == said
