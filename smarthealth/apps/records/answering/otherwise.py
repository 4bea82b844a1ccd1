"""What was asked for by another way: as another kind of entry, by the class of its medicines, as what it is related to."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

import attrs

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Ask, Operation, Topic
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.senses import is_meant, roots_of

from .chart import Wanted
from .findings import Finding
from .matching import Matched, Quality
from .material import Material
from .naming import NamedPeople
from .reports import report
from .searching import Search

About = Callable[[Ask, Topic, NamedPeople], Awaitable[list[Finding]]]
"""Answers an ask about one topic."""

_SUBSTANCES = frozenset({"medication", "allergy"})
"""Kinds of entry that may be of one substance."""
_ALSO_GIVEN = frozenset({"procedure", "careplan"})
"""Kinds of entry, beside medicines, by which something is treated."""


async def by_another_way(search: Search, about: About, ask: Ask, topic: Topic, named: NamedPeople) -> list[Finding]:
    """What was done for a reason by its own name, else by another kind of entry: cataract surgery, phototherapy."""
    if ask.reason is None:
        return await _for_a_reason(search, about, ask, topic, named)
    visits = topic.kinds == {"encounter"}
    done = _done_for(search, ask.reason) if topic.kinds == {"procedure"} else ()
    called = attrs.evolve(
        ask.reason,
        kinds=topic.kinds,
        category=topic.category if visits else None,
        concepts=(*ask.reason.concepts, *done),
    )
    others = attrs.evolve(topic, kinds=_ALSO_GIVEN)
    # a visit by mere words of its reason was looked for already
    by_name = bool(ask.reason.concepts) if visits else topic.category is None or topic.kinds == {"procedure"}
    ways: list[tuple[Topic, Topic | None]] = [(called, None)] if by_name else []
    ways += [(others, ask.reason)] if topic.kinds == {"medication"} else []
    for other, reason in ways:
        found = await about(attrs.evolve(ask, reason=reason, topics=(other,)), other, named)
        if not any(finding.is_absence or finding.quality is Quality.PASSAGE for finding in found):
            return found
    return []


def _done_for(search: Search, reason: Topic) -> tuple[Concept, ...]:
    """The operations that are called after what they are done for: `hernia surgery`, a herniorrhaphy."""
    phrases = ("cirugía de {}", "operación de {}", "reparación de {}", "{} surgery", "{} repair")
    found = (search.glossary.concepts(phrase.format(reason.surface), kinds={"procedure"}) for phrase in phrases)
    return tuple(
        dict.fromkeys(
            match.concept for matches in found for match in matches if len(match.surface) > len(reason.surface)
        )
    )


async def _for_a_reason(search: Search, about: About, ask: Ask, topic: Topic, named: NamedPeople) -> list[Finding]:
    """Visits whose reason, or place, holds the words that narrow them: the days in hospital for the hip."""
    if topic.all_kinds != {"encounter"} or not topic.terms:
        return []
    reason = Topic(terms=topic.terms, surface=" ".join(topic.terms))
    plain = attrs.evolve(topic, terms=())
    found = await about(attrs.evolve(ask, reason=reason, topics=(plain,)), plain, named)
    if not any(finding.is_absence for finding in found):
        return found
    places = tuple(
        identity
        for identity, name in await search.chart.organizations()
        if all(is_meant(term, roots_of(name)) for term in topic.terms)
    )
    if not places:
        return []
    found = await about(attrs.evolve(ask, topics=(plain,)), plain, attrs.evolve(named, organizations=places))
    return [] if any(finding.is_absence for finding in found) else found


async def as_another_kind(search: Search, material: Material, wanted: Wanted) -> list[Finding]:
    """The same thing as another kind of entry, told beside: an allergy to what was never prescribed."""
    topic, ask = material.topic, material.ask
    if material.matched.core or not topic.kinds or not topic.concepts or ask.reason is not None:
        return []
    matched = search.matcher.match(attrs.evolve(topic, kinds=frozenset(), category=None))
    alike = tuple(known for known in matched.core if known.kind in _SUBSTANCES)
    if not alike or not topic.kinds <= _SUBSTANCES:
        return []
    matched = Matched(core=alike, quality=Quality.NARROWER)
    names = tuple((known.kind, known.display, known.category) for known in alike)
    found = await search.chart.find(attrs.evolve(wanted, kinds=matched.kinds, names=names, statuses=None))
    beside = attrs.evolve(material, found=found, matched=matched, is_beside=True)
    return report(beside) if found.entries else []


async def given_by_class(search: Search, about: About, ask: Ask, reason: Topic, named: NamedPeople) -> list[Finding]:
    """Medicines of the class that is for a disease, where none says that it was given for it."""
    if not any("medication" in topic.kinds for topic in ask.topics):
        return []
    glossary = search.glossary
    classes = [
        tuple(match.concept for match in matches if len(match.surface) > len(reason.surface))
        for phrase in ("medicamentos para {}", "tratamiento de {}")
        if (matches := glossary.concepts(phrase.format(reason.surface), kinds={"medication"}))
    ]
    given = (glossary.given_for(concept.id) for concept in reason.concepts)
    for concepts in (*classes, tuple(concept for concept in given if concept is not None)):
        if concepts:
            topic = Topic(kinds=frozenset({"medication"}), concepts=concepts, surface=reason.surface)
            found = await about(attrs.evolve(ask, reason=None, topics=(topic,)), topic, named)
            return [finding for finding in found if not finding.is_absence]
    return []


def without_context(findings: Sequence[Finding], text: str) -> list[Finding]:
    """Findings without the absence of what only tells of which test, or when, a value was that is there."""
    found = [finding for finding in findings if not finding.is_absence and finding.topic and finding.topic.is_measured]
    surfaces = [finding.topic.surface for finding in found if finding.topic]
    return [finding for finding in findings if not (finding.is_absence and _is_context(finding, surfaces, text))]


def _is_context(finding: Finding, surfaces: Sequence[str], text: str) -> bool:
    if finding.topic is None or finding.topic.is_measured:
        return False
    folded, own = fold_letters(text), re.escape(fold_letters(finding.topic.surface))
    return any(re.search(rf"{re.escape(fold_letters(surface))}{_OF_OR_DURING}{own}", folded) for surface in surfaces)


_OF_OR_DURING = (
    r"[^,;?]{0,20}\b(?:de|del|durante|en|con|of|during|on|in|at|from|by)\s+(?:(?:el|la|los|las|su|sus|the|his|her)\s+)*"
)


async def related_to(search: Search, material: Material, wanted: Wanted) -> list[Finding]:
    """What follows from a thing, or is a kind of it, told beside it."""
    related = material.matched.related
    if not related or material.ask.operation not in (Operation.EXISTS, Operation.LIST, Operation.COUNT):
        return []
    names = tuple((known.kind, known.display, known.category) for known in related)
    kinds = frozenset(known.kind for known in related)
    found = await search.chart.find(attrs.evolve(wanted, kinds=kinds, names=names))
    if not found.entries:
        return []
    matched = Matched(core=related, quality=Quality.NARROWER)
    return report(attrs.evolve(material, found=found, matched=matched, is_beside=True))
