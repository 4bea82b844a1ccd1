"""Bringing concepts, kinds and words of a clause together."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("fecha de la ultima dosis de VPH", {"immunization"}),
        ("When was the last HPV shot?", {"immunization"}),
        ("¿Ha tenido influenza?", {"condition"}),
    ],
)
def test_a_dose_tells_the_vaccine_from_the_disease(text: str, kinds: set[str]) -> None:
    """Of a name that is a disease and the vaccine against it, the vaccine is meant after a word for a dose."""
    (ask,) = understand(text, history=(), today=date(2026, 1, 1), glossary=load_glossary()).asks
    assert {kind for topic in ask.topics for concept in topic.concepts for kind in concept.kinds} == kinds
