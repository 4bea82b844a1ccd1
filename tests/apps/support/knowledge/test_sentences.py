"""The sentences of a passage."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.knowledge.sentences import LONGEST, sentences_of, to_the_point

FOUR = ["One.", "Two.", "Three.", "Four."]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Pull it out\nat once. Wipe it with a cloth! 12 V are quite enough.",
            ["Pull it out at once.", "Wipe it with a cloth!", "12 V are quite enough."],
        ),
        (
            "Settings, Clock. It follows the satellites then. Done.",
            ["Settings, Clock. It follows the satellites then.", "Done."],
        ),
        (
            "1. Lift it with both hands.\n2. Turn it by 1.5 turns.\n- Let it down again slowly.",
            ["1. Lift it with both hands.", "2. Turn it by 1.5 turns.", "- Let it down again slowly."],
        ),
        ("", []),
    ],
)
def test_sentences_and_steps_are_parted(text: str, sentences: list[str]) -> None:
    """Lines that were broken are one; numbers of steps and decimals end nothing; a few words are told with what follows."""
    assert sentences_of(text) == sentences


@pytest.mark.parametrize(
    ("scores", "point"),
    [
        ([0, 0, 0, 9], "Two. Three. Four."),
        ([9, 0, 0, 0], "One. Two. Three."),
        ([0, 1, 9, 2], "Two. Three. Four."),
        ([1, 9, 0, 0], "One. Two. Three."),
    ],
)
def test_the_best_sentence_is_told_with_those_around_it(scores: list[float], point: str) -> None:
    """Three at most, the better neighbours first."""
    assert to_the_point(FOUR, scores) == point


def test_a_point_is_short() -> None:
    """A long sentence is told alone; of nothing nothing is told."""
    assert to_the_point(["A" * LONGEST, "B."], [1, 0]) == "A" * LONGEST
    assert to_the_point([], []) == ""
