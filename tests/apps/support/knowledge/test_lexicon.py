"""The things of a car and their names."""

from __future__ import annotations

from smarthealth.apps.support.knowledge.lexicon import concepts_in, load_lexicon, terms_of


def test_every_thing_is_made_of_things_that_are_there() -> None:
    """And has names in both languages."""
    lexicon = load_lexicon()
    for concept in lexicon.all:
        assert concept.english
        assert concept.spanish
        assert all(parent in lexicon for parent in concept.parents)
    assert "engine" in concepts_in("engine oil")


def test_both_languages_name_the_same_things() -> None:
    """Whatever the inflection, and with a slip of the finger."""
    assert concepts_in("brake fluid") == concepts_in("líquido de frenos")
    assert "tyre-pressure" in concepts_in("ptresion de las llantas")


def test_a_question_asks_after_things_and_words() -> None:
    """What is made of others is asked for by those; words that name nothing are left out."""
    assert {key for term in terms_of("how much oil does it take?") for key in term.keys} == {
        "oil-capacity",
        "engine-oil",
        "volume",
    }
    surfaces = [term.surface for term in terms_of("¿Qué fusible es el de la bocina?")]
    assert surfaces == ["fusible", "bocina"]
    assert not terms_of("please tell me")
    assert [term.known for term in terms_of("zeppelin gondola")] == [False, False]
