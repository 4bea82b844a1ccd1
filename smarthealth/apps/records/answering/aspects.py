"""What is asked of a thing by a word of its own, where the record has the thing: a measurement of it, else that it is not told.

That a tumour is recorded is no answer to what its Ki-67 was.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from smarthealth.apps.records.understanding.fillers import is_filler
from smarthealth.apps.records.understanding.question import Ask, Operation, Order, Topic
from smarthealth.retrieval.senses import is_meant, roots_of
from smarthealth.retrieval.words import folded_words

from .chart import Found
from .evidence import excerpt_of
from .facts import Fact
from .findings import Finding
from .matching import Matched, Quality
from .material import item_for, make_finding
from .reports import report
from .searching import Search

_BARE = frozenset({"exists", "list"})
"""What is said of things that are only there."""
_COURSE = {"better": "evolution", "worse": "evolution"}


async def of_aspect(search: Search, ask: Ask, findings: Sequence[Finding]) -> list[Finding]:
    """What the record tells of an aspect of what was found; nothing where none is asked, or it was told.

    Args:
        search: The question's search.
        ask: What is asked.
        findings: What the look-ups found.
    """
    found = [finding for finding in findings if not finding.is_absence and finding.fact.detail != "beside"]
    bare = all(finding.fact.say in _BARE and finding.entries for finding in found)
    if not found or not bare or ask.pick.order is not Order.ALL:
        return []
    if ask.aspect is None:
        course = _COURSE.get(ask.compared or "")
        return [_lacking(search, finding, course, None) for finding in found[:1]] if course else []
    words = [word for word in folded_words(ask.aspect) if not is_filler(word)]
    told = roots_of(" ".join(excerpt_of(entry) for finding in found for entry in finding.entries))
    if all(is_meant(word, told) for word in words):
        return []
    return await _measured(search, ask, words) or [_lacking(search, found[0], "aspect", ask.aspect)]


async def _measured(search: Search, ask: Ask, words: Sequence[str]) -> list[Finding]:
    """Measurements whose names hold the aspect and a word for the thing."""
    of_thing = [word for topic in ask.topics for word in folded_words(topic.surface) if not is_filler(word)]
    known = [
        thing
        for thing in search.known
        if thing.kind == "observation"
        and (roots := roots_of(thing.display))
        and all(is_meant(word, roots) for word in words)
        and any(is_meant(word, roots) for word in of_thing)
    ]
    if not known:
        return []
    topic = Topic(kinds=frozenset({"observation"}), terms=tuple(words), surface=ask.aspect or "")
    matched = Matched(core=tuple(known), quality=Quality.WORDS)
    valued = attrs.evolve(ask, operation=Operation.VALUE, topics=(topic,))
    period, _ = await search.period(ask)
    found = await search.find(await search.wanted(valued, topic, matched, period), matched)
    return report(search.material(valued, topic, matched, found, period)) if found.entries else []


def _lacking(search: Search, finding: Finding, detail: str, aspect: str | None) -> Finding:
    """That the record has the thing and does not tell this of it."""
    ask, topic = finding.ask, finding.topic or Topic()
    material = search.material(
        ask, topic, Matched(core=(), quality=finding.quality), Found(finding.entries, len(finding.entries))
    )
    items = [attrs.evolve(item_for(material, finding.entries[0]), note=aspect, status=None)]
    return make_finding(material, Fact(say="lacking", detail=detail), finding.entries[:1], items)
