"""Classified examples, written as patterns."""

from __future__ import annotations

from collections import Counter

from smarthealth.apps.support.routing.asking import asks
from smarthealth.apps.support.routing.classes import CLASSES
from smarthealth.apps.support.routing.examples import drawn, load_examples
from smarthealth.apps.support.troubleshooting.trees import find_tree

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


def test_the_words_beside_the_manual_ask_for_technical_data() -> None:
    """In both languages, those for one fact alike; what tells of a fault and asks nothing is no example of it."""
    asked = [example for example in load_examples() if example.fact]
    assert {example.label for example in asked} == {"specs"}
    assert {example.language for example in asked} == {"en", "es"}
    assert len({example.fact for example in asked}) == len({example.line for example in asked}) > 300
    assert not any(find_tree(example.text) and not asks(example.text) for example in asked)
