"""What is asked of a thing by a word of its own."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.aspects import find_aspect
from smarthealth.apps.records.understanding.concepts import find_concepts
from smarthealth.apps.records.understanding.folding import CONCEPT, Reading
from smarthealth.retrieval.glossary import load_glossary


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("Ki-67 del tumor?", "Ki-67"),
        ("What is the laterality of the breast cancer?", "laterality"),
        ("¿Cuál es el índice pronóstico del melanoma?", "índice pronóstico"),
        ("asthma severity?", "severity"),
        ("¿De qué tamaño era el pólipo?", "tamaño"),
        ("How big was the polyp?", "size"),
        ("what size was the polyp", "size"),
        ("historia de asma", None),
        ("¿Tiene asma?", None),
        ("asthma?", None),
    ],
)
def test_an_aspect_stands_before_the_thing_or_after_it(text: str, aspect: str | None) -> None:
    """Before it with `of`, after it for a few words of size and degree; words of asking are none."""
    reading = Reading(text)
    for match in find_concepts(text, load_glossary()):
        reading.cover(match.start, match.end, CONCEPT)
    assert find_aspect(reading, reading.open) == aspect
