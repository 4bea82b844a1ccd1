"""What the classifier sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.emergency.learning.features import CHUNK, SIZE, Vector, vector, vectors
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.sight import look


def seen(message: str) -> list[Vector]:
    """The vectors of a message."""
    return list(vectors(look(load_rules(), message)))


@given(st.text(max_size=300))
def test_any_message_has_a_bounded_vector(message: str) -> None:
    """No text raises; the vector is never empty, and its length is that of three blocks."""
    for one in seen(message):
        assert 0 < len(one.places) == len(one.values)
        assert 0 <= one.places.min() <= one.places.max() < SIZE
        assert 0.99 < float((one.values**2).sum()) < 3.01


def test_a_denied_word_is_another_word() -> None:
    """Nothing of `fever` is in `no fever`, and all of it in `a fever`."""
    plain = vector(["fever"], [""], (), asks=False)
    denied = vector(["fever"], ["NEG_"], (), asks=False)
    assert not set(plain.places.tolist()) & set(denied.places.tolist())


@pytest.mark.parametrize(("one", "other"), [("38", "40"), ("7", "120")])
def test_numbers_are_alike(one: str, other: str) -> None:
    """What they measure is a sign of its own."""
    assert np.array_equal(vector([one], [""], (), asks=False).places, vector([other], [""], (), asks=False).places)


def test_signs_their_pairs_and_a_question_are_seen() -> None:
    """Two signs give three features; a question mark gives one."""
    bare = vector(["x"], [""], (), asks=False)
    assert len(vector(["x"], [""], ("fever", "stiff-neck"), asks=False).places) == len(bare.places) + 3
    assert len(vector(["x"], [""], (), asks=True).places) == len(bare.places) + 1


def test_a_long_message_is_judged_in_chunks() -> None:
    """Each word is in some chunk; a short message is one."""
    assert len(seen("ab " * CHUNK)) == 1
    assert len(seen("ab " * (CHUNK + 1))) == 2
    assert len(seen("ab " * CHUNK * 3)) == 5
    alone = set(seen("zzz")[0].places.tolist()) - set(seen("")[0].places.tolist())
    assert set(seen("ab " * CHUNK * 3 + "zzz")[-1].places.tolist()) & alone
