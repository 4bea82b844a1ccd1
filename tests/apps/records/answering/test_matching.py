"""Which of the things that a record holds a topic means."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.entries import Known
from smarthealth.apps.records.answering.matching import Matcher
from smarthealth.apps.records.understanding.question import Topic
from smarthealth.retrieval.glossary import load_glossary

GLOSSARY = load_glossary()


def allergy(display: str, category: str | None) -> Known:
    """An allergy of a record."""
    return Known(kind="allergy", code=None, display=display, category=category, is_part=False, count=1)


@pytest.mark.parametrize(
    ("concept", "display"),
    [
        ("drug-allergy", "Allergy to sulfonamide (finding)"),
        ("food-allergy", "Carmine"),
        ("environmental-allergy", "Carpet fibre"),
    ],
)
def test_a_class_of_allergies_is_told_by_the_category(concept: str, display: str) -> None:
    """Allergies to medicines, foods and surroundings are those that the record puts in these categories."""
    known = [
        allergy("Allergy to sulfonamide (finding)", "medication"),
        allergy("Carmine", "food, biologic"),
        allergy("Carpet fibre", "environment"),
        allergy("Something", None),
    ]
    topic = Topic(kinds=frozenset({"allergy"}), concepts=(GLOSSARY[concept],), surface=concept)
    matched = Matcher("question", known, GLOSSARY).match(topic)
    assert [found.display for found in matched.core] == [display]
