"""Classified examples, written as patterns."""

from __future__ import annotations

from collections import Counter

from smarthealth.apps.support.routing.classes import CLASSES
from smarthealth.apps.support.routing.examples import drawn, load_examples

FEWEST = 200


def test_a_pattern_makes_its_sentences_once_and_always() -> None:
    """Each alternative, and anything of the lexicon."""
    assert sorted(drawn("(a|b) c(| d)", "en")) == ["a c", "a c d", "b c", "b c d"]
    assert drawn("the {thing}", "en") == drawn("the {thing}", "en")
    assert drawn("la {thing}", "es") != drawn("the {thing}", "en")


def test_there_are_several_hundred_of_each_class() -> None:
    """In each language."""
    counts = Counter((example.label, example.language) for example in load_examples())
    assert all(counts[label, language] >= FEWEST for label in CLASSES for language in ("en", "es"))


def test_people_speak_in_both_languages() -> None:
    """Each author of all classes; what stands in the manual's tables is technical data."""
    examples = load_examples()
    authors = {example.author for example in examples} - {""}
    assert len(authors) >= 8
    for author in authors:
        said = {(example.label, example.language) for example in examples if example.author == author}
        assert said >= {(label, language) for label in CLASSES for language in ("en", "es")}
    assert any(example.text == "Wheelbase" and example.label == "specs" for example in examples)
    assert len({example.text for example in examples if example.author}) > 1200
