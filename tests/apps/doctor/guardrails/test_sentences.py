"""Cutting a stream into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.guardrails.sentences import LONGEST_SENTENCE, LOOK_AHEAD, SentenceCutter

TEXTS = st.text(alphabet='ab.!? \n[12]"D', max_size=120) | st.lists(
    st.sampled_from(
        [
            "Drink enough. ",
            "Dr. Ruiz ",
            "a [1]. ",
            "x. [2] ",
            "word ",
            "no-end",
            "1. ",
            "\n- ",
            "... ",
            "y" * 300,
            "[12",
        ]
    ),
    max_size=25,
).map("".join)


def cut(text: str, size: int) -> list[str]:
    """The sentences of a text that comes in pieces."""
    cutter = SentenceCutter()
    found = [one for start in range(0, len(text), size) for one in cutter.feed(text[start : start + size])]
    return [*found, *cutter.finish()]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One. ", "Two! ", "Three?"]),
        ("See Dr. Ruiz. Soon.", ["See Dr. Ruiz. ", "Soon."]),
        ("It helps. [1] [2] Rest.", ["It helps. [1] [2] ", "Rest."]),
        ("It helps [1]. Rest.", ["It helps [1]. ", "Rest."]),
        ("- one\n- two\n", ["- one\n", "- two\n"]),
        ("1. First. 2. Second.", ["1. First. ", "2. Second."]),
        ('He said "now." Then', ['He said "now." ', "Then"]),
        ("At 38.5 degrees... wait.", ["At 38.5 degrees... ", "wait."]),
        ("It helps. [see", ["It helps. ", "[see"]),
        ("", []),
    ],
)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_sentences_end_where_a_reader_would_say(text: str, sentences: list[str], size: int) -> None:
    """Not after a title, a number of a list or a decimal point; a mark belongs to the sentence before it."""
    assert cut(text, size) == sentences


@given(TEXTS, st.integers(1, 40))
def test_no_cut_of_the_stream_matters(text: str, size: int) -> None:
    """The same sentences come out, and joined they are what went in."""
    whole = cut(text, len(text) or 1)
    assert cut(text, size) == whole
    assert "".join(whole) == text
    assert all(len(one) <= LONGEST_SENTENCE + LOOK_AHEAD for one in whole)


def test_prose_without_an_end_is_cut_at_a_space() -> None:
    """Nobody waits for a sentence that does not end, nor for one that has no space."""
    assert [len(one) for one in cut("word " * 300, 7)] == [600, 600, 300]
    assert [len(one) for one in cut("w" * 1300, 7)] == [600, 600, 100]
    assert [len(one) for one in cut("w" * 300 + " " + "w" * 299 + ". " + "w" * 20, 7)] == [301, 301, 20]


@given(TEXTS, st.integers(1, 40))
def test_no_more_than_one_sentence_is_held_back(text: str, size: int) -> None:
    """What is fed and not given back is at most the longest sentence."""
    cutter, fed, given_back = SentenceCutter(), 0, 0
    for start in range(0, len(text), size):
        piece = text[start : start + size]
        fed += len(piece)
        given_back += sum(map(len, cutter.feed(piece)))
        assert fed - given_back < LONGEST_SENTENCE + LOOK_AHEAD
