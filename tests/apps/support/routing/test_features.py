"""What the model sees of a message."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.support.routing.features import PLACES, Groups, features, load_groups, tokens


@given(st.text(max_size=80))
def test_any_text_has_features_of_unit_length(text: str) -> None:
    """At places within the model."""
    places, weights = features(text)
    assert len(places) == len(set(places.tolist()))
    assert places.max() < PLACES
    assert np.isclose(weights @ weights, 1, atol=1e-4)


def test_tokens_are_folded_and_numbers_are_kinds() -> None:
    """Clocks are told apart from figures, and short forms are written out."""
    assert tokens("It won't START at 10:30, código 5!") == [
        "it",
        "will",
        "not",
        "start",
        "at",
        "#clock",
        "codigo",
        "#number",
    ]


def test_groups_are_found_by_the_longest_beginning() -> None:
    """Short words are whole words."""
    groups = Groups({"a": "app appoint no", "b": "appointment"})
    assert [list(groups.of(word)) for word in ("appointing", "appointments", "apps", "no", "nothing", "x")] == [
        ["a"],
        ["b"],
        [],
        ["a"],
        [],
        [],
    ]
    assert "day" in load_groups().of("friday")


@pytest.mark.parametrize("message", ["there is smoke", "book an oil change tomorrow at 10", "hello"])
def test_rules_are_read_too(message: str) -> None:
    """A fault with a tree, a moment and a service are features, and so is their absence."""
    assert len(features(message)[0]) > 10
