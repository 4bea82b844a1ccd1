"""What a question asks, once understood."""

from __future__ import annotations

from smarthealth.apps.records.understanding.question import Topic
from smarthealth.retrieval.glossary import load_glossary


def test_a_topic_is_specific_when_it_names_more_than_a_kind() -> None:
    """Words outside the glossary name something, a kind alone does not."""
    assert Topic(terms=("tatuajes",)).is_specific
    assert not Topic(kinds=frozenset({"medication"})).is_specific


def test_the_kinds_of_a_topic_are_its_own_before_those_of_its_concepts() -> None:
    """A topic that names its kinds means no others; a panel has results as a measurement has."""
    (glucose,) = load_glossary().concepts("glucosa")
    assert Topic(concepts=(glucose.concept,)).is_measured
    assert Topic(concepts=(glucose.concept,), kinds=frozenset({"document"})).all_kinds == {"document"}
    assert Topic(kinds=frozenset({"report"})).has_results
    assert not Topic(kinds=frozenset({"report"})).is_measured
