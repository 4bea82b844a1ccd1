"""What the articles' rules say of a case: which article it is about, how urgent it is, what it may be, what would harm."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import attrs

from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.knowledge.article import LIKELIHOODS, Article, Cause, Condition
from smarthealth.apps.doctor.knowledge.loading import load_articles
from smarthealth.apps.doctor.profile import PatientProfile
from smarthealth.apps.doctor.results import LEVELS, Level, TriageResult

from .following import follows_up
from .reading import Reading, denies, read

MOST_ARTICLES: Final = 2
"""Complaints of one message that are followed."""
GOOD_SCORE: Final = 0.5
"""Of a passage found by search, which must have more to tell what the message is about: a lump in the neck is no neck pain."""
_TAKEN: Final = "/"
"""In place of a name that was found: no word."""
_RANK: Final = {likelihood: rank for rank, likelihood in enumerate(LIKELIHOODS)}
_ADULT: Final = 16.0
"""Years."""
_FOR_CHILDREN: Final = {"fever-adult": "fever-child"}
_BACKGROUND: Final = {"diabetes-care", "blood-pressure-high", "pregnancy-common-complaints"}
"""Articles that come after the others: who names them beside a complaint mostly tells of themselves."""
UNKNOWN: Final[Level] = "IV"
"""Of a complaint that no article tells of."""


@attrs.frozen(kw_only=True)
class Judgement:
    """What the rules say."""

    reading: Reading
    articles: tuple[Article, ...]
    """What the message is about, the main complaint first."""
    triage: TriageResult
    cautions: tuple[str, ...]

    def causes(self, case: Case) -> tuple[tuple[Article, Cause], ...]:
        """What it may be: first what the message speaks for, then as likely as the articles have it."""
        found = [
            (article, cause, sum(map(self.reading.hints, cause.clues)))
            for article in self.articles
            for cause in article.text[case.language].causes
        ]
        found.sort(key=lambda one: (_RANK[_likelihood(one[1], one[2])], -one[2]))
        return tuple(
            (article, attrs.evolve(cause, likelihood=_likelihood(cause, hints))) for article, cause, hints in found
        )


def _likelihood(cause: Cause, hints: int) -> str:
    """What the message speaks for is at least possible."""
    return "possible" if hints and cause.likelihood == "less likely" else cause.likelihood


def judge(case: Case) -> Judgement:
    """Apply the rules to a case; quick, and the same whenever it is asked."""
    reading = read(case)
    articles = _about(case, reading)
    return Judgement(
        reading=reading,
        articles=articles,
        triage=_triage(case, reading, articles),
        cautions=tuple(
            dict.fromkeys(
                caution.text[case.language]
                for article in articles
                for caution in article.cautions
                if holds(caution.when, reading, case)
            )
        ),
    )


def holds(when: Condition, reading: Reading, case: Case) -> bool:
    """Whether all that a condition names is so."""
    return all(check(when, reading, case.profile) for check in _CHECKS) and _words_hold(when, reading)


def _about(case: Case, reading: Reading) -> tuple[Article, ...]:
    """The articles that the message names; else those of what it goes on about; else those that search found."""
    found = _named(reading)
    for earlier in reversed(case.history if not found and _follows_up(case) else ()):
        if found:
            break
        found = _named(read(attrs.evolve(case, message=earlier.message)))
    if not found:
        articles = load_articles()
        ids = dict.fromkeys(one.article for one in case.sources if one.score > GOOD_SCORE and one.article in articles)
        found = [articles[one] for one in ids][:1]
    return tuple(found[:MOST_ARTICLES])


def stands_alone(case: Case) -> bool:
    """Whether the message tells of a complaint that no article names, so that nothing said before answers it."""
    return not _named(read(case)) and not _follows_up(case)


def _follows_up(case: Case) -> bool:
    return follows_up(case.message, (one.message for one in case.history))


def _named(reading: Reading) -> list[Article]:
    """The articles that a message names, by their longest names first; a name within a longer one's does not count."""
    whole, affirmed = reading.whole, reading.whole if reading.is_question else reading.text
    found: dict[str, Article] = {}
    for name, is_denial, article in _names():
        if name in (whole if is_denial else affirmed):
            whole, affirmed = (text.replace(name, f" {_TAKEN} ") for text in (whole, affirmed))
            suited = _suited(article, reading)
            found.setdefault(suited.id, suited)
    return sorted(found.values(), key=lambda article: article.id in _BACKGROUND)


def _suited(article: Article, reading: Reading) -> Article:
    """The article for the age of who is ill, where there is one for children."""
    is_child = reading.years is not None and reading.years < _ADULT
    return load_articles()[_FOR_CHILDREN.get(article.id, article.id)] if is_child else article


@cache
def _names() -> tuple[tuple[str, bool, Article], ...]:
    """Every name of every article between spaces, whether it is itself a negation, and the article; the longest first."""
    names = [(name, one) for one in load_articles().values() for names in one.names.values() for name in names]
    names.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    return tuple((f" {name} ", denies(name), article) for name, article in names)


def _triage(case: Case, reading: Reading, articles: tuple[Article, ...]) -> TriageResult:
    if reading.is_question:
        return TriageResult(level="INFO", reasons=())
    if not articles:
        return TriageResult(level=UNKNOWN, reasons=())
    level: Level = min((article.level for article in articles), key=LEVELS.index)
    reasons: list[str] = []
    for article in articles:
        for escalation in article.escalations:
            if holds(escalation.when, reading, case):
                reasons.append(escalation.reason[case.language])
                level = min(level, escalation.level, key=LEVELS.index)
    return TriageResult(level=level, reasons=tuple(dict.fromkeys(reasons)))


def _age_holds(when: Condition, reading: Reading, profile: PatientProfile) -> bool:
    years = reading.years
    if when.age_below is not None and (years is None or years >= when.age_below):
        return False
    return when.age_from is None or (years is not None and years >= when.age_from)


def _pregnancy_holds(when: Condition, reading: Reading, profile: PatientProfile) -> bool:
    return when.pregnant is None or (profile.is_pregnant or "pregnancy" in reading.terms) is when.pregnant


def _measures_hold(when: Condition, reading: Reading, profile: PatientProfile) -> bool:
    long_enough = when.days_from is None or (reading.days is not None and reading.days >= when.days_from)
    hot = when.temperature_from is None or (
        reading.temperature is not None and reading.temperature >= when.temperature_from
    )
    return long_enough and hot


def _terms_hold(when: Condition, reading: Reading, profile: PatientProfile) -> bool:
    named = not when.conditions or bool(reading.terms & set(when.conditions))
    taken = not when.medicines or bool(reading.terms & set(when.medicines))
    not_borne = not when.allergies or bool(reading.allergies & set(when.allergies))
    return named and taken and not_borne


def _words_hold(when: Condition, reading: Reading) -> bool:
    return not when.words or any(reading.hints(word) for words in when.words.values() for word in words)


_CHECKS: Final[tuple[Callable[[Condition, Reading, PatientProfile], bool], ...]] = (
    _age_holds,
    _pregnancy_holds,
    _measures_hold,
    _terms_hold,
)
