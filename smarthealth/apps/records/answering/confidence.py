"""How far an answer may be trusted: features of its evidence and review, joined by a small calibrated function.

The function is a logistic regression. Its coefficients are data, in `confidence_coefficients`, with how they were obtained;
`docs/explanation/answers.md` says what each feature means. Answers that say something and answers that say that the record
lacks it have a regression each: what makes an abstention right is not what makes a statement right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs

from smarthealth.retrieval.glossary import Glossary, load_glossary

from .asked import asks_for_another
from .confidence_coefficients import ABSTENTION, ANSWER, Coefficients
from .evidence import Evidence
from .facts import Fact
from .matching import Quality
from .terms import Term, find_terms, share_held
from .verify import Review, examine

_QUALITIES = {
    Quality.LITERAL: 1.0,
    Quality.CONCEPT: 1.0,
    Quality.KIND: 0.9,
    Quality.NARROWER: 0.8,
    Quality.WORDS: 0.5,
    Quality.PASSAGE: 0.4,
    Quality.NARROWED: 0.2,
    Quality.NONE: 0.0,
}
_SOURCES_READ = 4
"""Sources that are held against the words of the question."""
_DIGITS = 4
"""More of them would claim a precision that a calibration does not have."""
_LEAST, _MOST = 0.02, 0.99
"""Nothing is certain."""


def review(text: str, evidence: Evidence, *, glossary: Glossary | None = None) -> Review:
    """Hold an answer against its evidence and say how far it may be trusted.

    Args:
        text: The answer, with its marks.
        evidence: What it was made from.
        glossary: Clinical vocabulary; the one of the package when None.
    """
    examined = examine(text, evidence, glossary)
    values = features(evidence, examined, text, glossary or load_glossary())
    return attrs.evolve(examined, confidence=confidence(values, abstains=examined.abstains))


def features(evidence: Evidence, examined: Review, text: str, glossary: Glossary) -> Mapping[str, float]:
    """What the confidence is computed from, each in [0, 1]."""
    terms = find_terms(evidence.question.text, glossary)
    told = (text, *(source.excerpt for source in evidence.sources[:_SOURCES_READ]))
    # what is told beside an answer makes it neither surer nor less sure
    proper = [
        (fact, quality)
        for fact, quality in zip(evidence.facts, evidence.qualities, strict=True)
        if fact.detail != "beside"
    ]
    facts = [fact for fact, _ in proper]
    qualities = [quality for _, quality in proper]
    refused = [fact for fact in facts if fact.say == "refusal"]
    absent = [fact for fact in facts if fact.say in ("absent", "void", "ended", "lacking")]
    best = max((hit.score for hit in evidence.best_hits), default=0.0)
    second = evidence.best_hits[1].score if len(evidence.best_hits) > 1 else 0.0
    return {
        "certainty": evidence.question.certainty,
        "match": sum(_QUALITIES[quality] for quality in qualities) / (len(qualities) or 1),
        "verified": examined.verified,
        "cited": 1.0 - examined.uncited / examined.sentences if examined.sentences else 0.0,
        "dangling": float(bool(examined.dangling)),
        "inherited": float(evidence.question.inherited),
        "several": float(len(facts) > 1),
        "vectors": float(evidence.vectors_searched),
        "margin": max(0.0, best - second),
        "similarity": max((hit.similarity or 0.0 for hit in evidence.best_hits), default=0.0),
        "refused": len(refused) / (len(facts) or 1),
        "accounted": share_held(terms, told, glossary),
        "nearby": _nearby(evidence, terms, glossary),
        "passage": float(Quality.PASSAGE in qualities),
        "narrowed": float(Quality.NARROWED in qualities),
        "absent": len(absent) / (len(facts) or 1),
        "absent_known": float(any(_is_known(evidence, fact) for fact in absent)),
        "settled": float(bool(absent) and all(fact.items for fact in absent)),
        "unmet": float(asks_for_another(evidence.question.text, facts)),
    }


def _nearby(evidence: Evidence, terms: Sequence[Term], glossary: Glossary) -> float:
    """How much of what the question names stands in one of the best passages; all, where none could be searched."""
    if not evidence.vectors_searched:
        return 1.0
    return max((share_held(terms, (hit.chunk.text,), glossary) for hit in evidence.best_hits), default=0.0)


def _is_known(evidence: Evidence, fact: Fact) -> bool:
    """Whether what is absent is something that the glossary knows, or that the record holds at another time."""
    if fact.items:
        return True
    return any(topic.concepts or not topic.terms for ask in evidence.question.asks for topic in ask.topics)


def confidence(values: Mapping[str, float], *, abstains: bool) -> float:
    """Join features to a probability."""
    coefficients: Coefficients = ABSTENTION if abstains else ANSWER
    score = coefficients.intercept + sum(weight * values[name] for name, weight in coefficients.weights.items())
    return round(min(_MOST, max(_LEAST, 1 / (1 + math.exp(-score)))), _DIGITS)
