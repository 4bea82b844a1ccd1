"""What one word may mean."""

from __future__ import annotations

import pytest

from smarthealth.retrieval.senses import clinical_senses, forms, is_meant, root, roots_of, senses, translations


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("trasplantaron", "transplant"),
        ("amputaron", "amputation"),
        ("ventilated", "ventilation"),
        ("inmovilizaron", "immobilization"),
        ("operada", "operaron"),
        ("treated", "treatment"),
    ],
)
def test_a_verb_has_the_root_of_its_noun(one: str, other: str) -> None:
    """The ending of a verb, a participle or the noun of an action is no part of a root."""
    assert is_meant(one, frozenset({root(other)}))


@pytest.mark.parametrize("word", ["ulcer", "pie", "b12", "fever"])
def test_a_short_word_keeps_its_ending(word: str) -> None:
    """What would be left of fewer than four letters is no root."""
    assert len(root(word)) >= min(3, len(word))


def test_general_words_are_translated_both_ways() -> None:
    """The dictionary knows inflected words of both languages."""
    assert "knee" in translations("rodillas")
    assert "rodilla" in translations("knee")
    assert "ophthalmology" in translations("oftalmologia")
    assert translations("nada") == frozenset()


def test_synonyms_are_reached_by_way_of_the_other_language() -> None:
    """`infantil` and `niños` have a translation in common; no form has more than one word."""
    assert "infantil" in forms("ninos")
    assert all(form.isalnum() for form in forms("control"))
    assert root("child") in senses("infantil")


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("rodilla", "Knee replacement (procedure)", True),
        ("metotrexato", "Methotrexate 2.5 MG Oral Tablet", True),
        ("cadera", "Knee replacement (procedure)", False),
    ],
)
def test_a_word_is_found_in_a_text_by_any_of_its_senses(word: str, text: str, *, expected: bool) -> None:
    """As it is, translated, or as a cognate."""
    assert is_meant(word, roots_of(text)) is expected


@pytest.mark.parametrize("length", [1, 100])
def test_a_word_is_found_among_few_and_among_many_by_one_like_it(length: int) -> None:
    """A cognate that is spelt otherwise is looked for in a name and in a note alike."""
    others = " ".join(f"word{number}" for number in range(length))
    assert is_meant("atorvastatina", roots_of(f"{others} atorvastatyl"))
    assert not is_meant("simvastatina", roots_of(f"{others} atorvastatyl"))


def test_an_entry_is_called_by_clinical_words_alone() -> None:
    """What notes talk about calls nothing: `duerme` is no sleep apnea, a knee is a knee in both languages."""
    assert root("knee") in clinical_senses("rodilla")
    assert root("sleep") not in clinical_senses("duerme")
    assert root("sleep") in senses("duerme")


def test_a_long_passage_has_the_roots_of_its_words() -> None:
    """However long a text is, its roots are those of its words."""
    words = "Fractura de tobillo con edema; se indica reposo y control. "
    assert roots_of(words * 10) == roots_of(words)
