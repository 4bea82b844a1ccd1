"""Of which measurements more, or less, is taken for better."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.better import toward_of
from smarthealth.apps.records.understanding.question import Compared, Toward
from smarthealth.retrieval.glossary import load_glossary

GLOSSARY = load_glossary()


@pytest.mark.parametrize(
    ("compared", "concepts", "toward"),
    [
        ("up", "body-weight", "up"),
        ("better", "hemoglobin-a1c", "down"),
        ("worse", "hemoglobin-a1c", "up"),
        ("better", "left-ventricular-ejection-fraction", "up"),
        ("worse", "fev1-fvc", "down"),
        ("better", "c-reactive-protein cardiac-arrest", "down"),
        ("better", "body-weight", None),
        ("better", "asthma", None),
        ("which", "hemoglobin-a1c", None),
    ],
)
def test_what_is_better_is_told_of_some_measurements(compared: Compared, concepts: str, toward: Toward | None) -> None:
    """A lower A1c is better, a higher ejection fraction too; of a weight nobody can say."""
    assert toward_of(compared, [GLOSSARY[concept] for concept in concepts.split()]) == toward
