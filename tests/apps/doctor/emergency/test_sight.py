"""What is seen of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.sight import OVERLAP, PIECE, look, pieces
from smarthealth.apps.doctor.emergency.text import MOST_CHARACTERS


def test_words_and_signs_carry_how_the_context_takes_them_back() -> None:
    """A denied word is marked, and so is a denied sign."""
    sight = look(load_rules(), "no tengo fiebre, ¿me duele el pecho?")
    assert sight.words == ("no", "tengo", "fiebre", "me", "duele", "el", "pecho")
    assert sight.marks[2] == "NEG_"
    assert sight.marks[4] == ""
    assert {sign.label for sign in sight.told} >= {"NEG_fever", "chest-pain"}
    assert sight.asks


def test_a_short_message_is_one_piece() -> None:
    """It is seen as it was written."""
    assert list(pieces("me duele")) == ["me duele"]
    assert list(pieces("")) == [""]


@pytest.mark.parametrize("message", ["palabra " * 500, "x" * 4 * PIECE, "ñ " * 3 * PIECE])
def test_a_long_message_is_seen_whole_in_pieces_that_overlap(message: str) -> None:
    """Each piece is bounded and begins before the last one ended."""
    message = message[:MOST_CHARACTERS]
    found = list(pieces(message))
    assert max(map(len, found)) <= PIECE
    at = 0
    for piece in found:
        start = message.index(piece, max(0, at - OVERLAP))
        assert start <= at
        at = start + len(piece)
    assert at == len(message)


@given(st.text(alphabet="ab .\n", min_size=1, max_size=20))
def test_both_ends_of_an_endless_message_are_seen(part: str) -> None:
    """The number of pieces is bounded."""
    message = part * MOST_CHARACTERS + "x"
    found = list(pieces(message))
    assert message.startswith(found[0])
    assert message.endswith(found[-1][-OVERLAP:])
    assert len(found) <= MOST_CHARACTERS // (PIECE - OVERLAP - OVERLAP) + 1
