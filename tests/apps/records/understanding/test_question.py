"""What a question asks, once understood."""

from __future__ import annotations

from smarthealth.apps.records.understanding.question import Topic


def test_a_topic_is_specific_when_it_names_more_than_a_kind() -> None:
    """Words outside the glossary name something, a kind alone does not."""
    assert Topic(terms=("tatuajes",)).is_specific
    assert not Topic(kinds=frozenset({"medication"})).is_specific
