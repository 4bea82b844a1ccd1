"""Everyday words that mean alike."""

from __future__ import annotations

from smarthealth.apps.support.knowledge.everyday import Everyday, load_everyday


def test_a_word_is_known_by_its_beginning_or_whole() -> None:
    """Whatever its number; one that is of several groups may mean each of them."""
    words = Everyday(["save* storing guard*", "lose lost perd*", "saver"])
    assert words.of("saving") == frozenset()
    assert words.of("saved") == words.of("guardar") == {"=0"}
    assert words.of("storings") == {"=0"}
    assert words.of("loser") == frozenset()
    assert words.of("savers") == {"=0", "=2"}


def test_both_languages_mean_the_same() -> None:
    """Verbs in any form."""
    everyday = load_everyday()
    for english, spanish in (
        ("storing", "guardo"),
        ("starts", "arrancar"),
        ("tighten", "aprieto"),
        ("leaking", "gotea"),
    ):
        assert everyday.of(english) & everyday.of(spanish)
