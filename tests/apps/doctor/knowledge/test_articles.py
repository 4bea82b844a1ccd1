"""What holds of every article of the knowledge base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import pytest

from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.guardrails.outgoing import OutputBarrier
from smarthealth.apps.doctor.knowledge.article import LANGUAGES, Article, Condition
from smarthealth.apps.doctor.knowledge.loading import load_articles, load_terms
from smarthealth.apps.doctor.profile import PatientProfile
from smarthealth.conversation.application import Language

FEWEST_ARTICLES: Final = 60
FEWEST_TERMS: Final = 120
PUBLISHERS: Final = {
    "www.nhs.uk": "NHS",
    "medlineplus.gov": "MedlinePlus",
    "www.who.int": "WHO",
    "www.nice.org.uk": "NICE",
    "www.cdc.gov": "CDC",
    "www.minsalud.gov.co": "Minsalud",
}
_FOLDED: Final = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")
ARTICLES: Final = sorted(load_articles().values(), key=lambda article: article.id)

every_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)


def conditions_of(article: Article) -> list[Condition]:
    """When its rules hold."""
    return [*(one.when for one in article.escalations), *(one.when for one in article.cautions)]


def sentences_of(article: Article, language: Language) -> Iterator[str]:
    """All that an article lets be said, sentence by sentence."""
    text = article.text[language]
    yield from (text.about, *text.self_care, *text.see_professional, *text.warning_signs)
    yield from (one.reason[language] for one in article.escalations)
    yield from (one.text[language] for one in article.cautions)


def test_there_are_enough() -> None:
    """The commonest reasons for asking are covered, and the terms that rules ask about."""
    assert len(ARTICLES) >= FEWEST_ARTICLES
    assert len(load_terms()) >= FEWEST_TERMS


def test_no_name_belongs_to_two_articles() -> None:
    """What a message is about must not hang on the order of files."""
    owners: dict[str, set[str]] = {}
    for article in ARTICLES:
        for names in article.names.values():
            for name in names:
                owners.setdefault(name, set()).add(article.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


@every_article
def test_words_are_as_the_reader_folds_them(article: Article) -> None:
    """A name or clue with an accent, a capital or an apostrophe would never be found."""
    found = [
        *(name for names in article.names.values() for name in names),
        *(clue for text in article.text.values() for cause in text.causes for clue in cause.clues),
        *(word for when in conditions_of(article) for words in when.words.values() for word in words),
    ]
    assert [word for word in found if not _FOLDED.fullmatch(word)] == []


@every_article
def test_the_languages_tell_the_same(article: Article) -> None:
    """Neither language has advice that the other lacks."""
    spanish, english = (article.text[language] for language in LANGUAGES)
    for part in ("causes", "self_care", "see_professional", "warning_signs", "questions"):
        assert len(getattr(spanish, part)) == len(getattr(english, part)), part
    assert [one.likelihood for one in spanish.causes] == [one.likelihood for one in english.causes]


@every_article
def test_words_of_rules_are_in_both_languages(article: Article) -> None:
    """A rule that hears one language only would be deaf to half of the people."""
    for when in conditions_of(article):
        assert not when.words or set(when.words) == set(LANGUAGES)


@every_article
def test_levels_leave_emergencies_to_their_rules(article: Article) -> None:
    """The highest level belongs to the detector of emergencies; escalations are more urgent than the article."""
    order = ("II", "III", "IV", "V")
    assert article.level in order
    for one in article.escalations:
        assert one.level in order
        assert order.index(one.level) <= order.index(article.level)


@every_article
def test_sources_are_of_known_publishers(article: Article) -> None:
    """Each source is a page of the publisher that is named."""
    for source in article.sources:
        assert PUBLISHERS[urlsplit(source.url).netloc] == source.publisher


@every_article
@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_whole_and_pass_the_barrier(article: Article, language: Language) -> None:
    """No dose, no certain diagnosis, no address: nothing of an article is changed on its way out."""
    for sentence in sentences_of(article, language):
        assert sentence.endswith(".")
        assert passed(sentence, language) == sentence
    for cause in article.text[language].causes:
        said = f"{cause.name}: {'; '.join((*cause.reasons_for, *cause.reasons_against, *cause.told_apart_by))}."
        assert passed(said, language) == said
    for question in article.text[language].questions:
        assert question.endswith("?")
        assert passed(question, language) == question


def passed(sentence: str, language: Language) -> str:
    """What the barrier lets out of a sentence to somebody of whom nothing is known."""
    barrier = OutputBarrier(case=Case(message="", language=language, profile=PatientProfile()))
    return barrier.feed(sentence) + barrier.finish()


def test_terms_are_as_the_reader_folds_them() -> None:
    """Names of terms are folded, in both languages, and what they are within is there."""
    terms = load_terms()
    for term in terms.values():
        assert set(term.names) == set(LANGUAGES), term.id
        assert set(term.within) <= set(terms), term.id
        assert set(term.not_in) <= {"pregnancy", "childhood"}, term.id
        for names in term.names.values():
            assert names, term.id
            assert all(_FOLDED.fullmatch(name.removesuffix("-")) for name in names), term.id


@pytest.mark.parametrize(
    ("term", "within"),
    [
        ("co-amoxiclav", "penicillin"),
        ("cefalexin", "cephalosporin"),
        ("co-trimoxazole", "sulfonamide"),
        ("azithromycin", "macrolide"),
        ("ciprofloxacin", "quinolone"),
        ("doxycycline", "tetracycline"),
        ("naproxen", "nsaid"),
        ("aspirin", "nsaid"),
        ("warfarin", "anticoagulant"),
    ],
)
def test_medicines_are_within_their_class(term: str, within: str) -> None:
    """An allergy to a class is one to each of its medicines."""
    terms = load_terms()
    waiting, found = [term], set()
    while waiting:
        found.add(one := waiting.pop())
        waiting.extend(terms[one].within)
    assert within in found
