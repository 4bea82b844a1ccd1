"""The examples."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from smarthealth.apps.doctor.emergency.advice import Advice
from smarthealth.apps.doctor.emergency.learning.corpus import MIXED, MOST_VARIANTS, load_examples, variants
from smarthealth.retrieval.language import language_of


def test_there_are_thousands_of_both_kinds_in_both_languages() -> None:
    """As many as the classifier was asked to learn from, none twice in one line."""
    examples = load_examples(1)
    for language in ("es", "en"):
        texts = {one.is_emergency: {e.text for e in examples if e.language == language and e.is_emergency is one.is_emergency}
                 for one in examples[:1] + examples[-1:]}  # fmt: skip
        assert sum(len(found) for found in texts.values()) > 3000
    assert len({(one.group, one.text) for one in examples}) == len(examples)
    assert load_examples(1) == examples
    assert [one.text for one in load_examples(2)] != [one.text for one in examples]


def test_each_kind_of_emergency_has_an_advice() -> None:
    """What the classifier may say is known to the advice."""
    advice = Advice("CO")
    kinds = {one.category for one in load_examples(1) if one.is_emergency} - {MIXED}
    for kind in kinds:
        assert advice.of_category(kind, "es", None).rules == ("classifier",)


def test_messages_are_in_the_language_of_their_file() -> None:
    """By the common detector, nearly all of those with some words."""
    wrong = Counter(
        language_of(one.text, "es" if one.language == "es" else "en") != one.language
        for one in load_examples(1)
        if one.text.count(" ") > 4
    )
    assert wrong[True] / wrong.total() < 0.02


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("una sola", {"una sola"}),
        ("{a|b} c", {"a c", "b c"}),
        ("x {|, y}", {"x", "x, y"}),
    ],
)
def test_a_choice_stands_for_each_of_its_parts(pattern: str, expected: set[str]) -> None:
    """All of them are made where they are few."""
    assert set(variants(pattern, random.Random(0))) <= expected
    assert len(variants("{a|b|c} {d|e|f} {g|h|i}", random.Random(0))) == MOST_VARIANTS
