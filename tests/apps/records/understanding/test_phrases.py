"""Tables of phrases."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.phrases import compile_phrases, phrase_lines

PHRASES = """
    # a comment
    how many|count of

    ~ing
    pre~
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how   many of them", "how   many"),
        ("a count\nof them", "count\nof"),
        ("showing", "ing"),
        ("prefix", "pre"),
        ("show manyfold", None),
        ("apres", None),
    ],
)
def test_phrases_match_whole_words_unless_a_side_is_freed(text: str, found: str | None) -> None:
    """A space stands for any space, a phrase for whole words, and `~` frees the side at which it stands."""
    match = compile_phrases(PHRASES).search(text)
    assert (match[0] if match else None) == found


def test_blank_lines_and_comments_are_no_phrases() -> None:
    """Only lines with a phrase count."""
    assert phrase_lines(PHRASES) == ["how many|count of", "~ing", "pre~"]
