"""Which of two things came first, and how long after it the other came: both days, and yes or no where that is asked."""

from __future__ import annotations

from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import Ask, Operation, Order, Pick

from .chart import Found
from .entries import Entry
from .facts import Fact
from .findings import Finding
from .material import Material, make_finding
from .naming import NamedPeople
from .otherwise import About
from .reports import report
from .searching import Search


async def sequence_of(search: Search, about: About, ask: Ask, named: NamedPeople) -> list[Finding]:
    """Which of two things came first; where one of them is missing, what there is of each."""
    when = attrs.evolve(ask, operation=Operation.WHEN, pick=Pick(order=Order.FIRST))
    found = [await about(attrs.evolve(when, topics=(topic,)), topic, named) for topic in ask.topics[:2]]
    ends = tuple(finding.entries[0] for finding, *_ in found if not finding.is_absence and finding.entries)
    if len(ends) < len(found):
        return [finding for findings in found for finding in findings]
    matched = search.matcher.match(ask.topics[0])
    return [in_sequence(search.material(ask, ask.topics[0], matched, Found(ends, len(ends))))]


def in_sequence(material: Material) -> Finding:
    """Report how the first of two entries lies to the second in time."""
    first, second = material.entries
    before = (first.on or date.max) < (second.on or date.max)
    detail = "same" if first.on == second.on else "before" if before else "after"
    asked = material.ask.sequence
    toward = None if asked in (None, "which") else "yes" if detail == asked else "no"
    fact = Fact(say="sequence", detail=detail, toward=toward)
    return make_finding(attrs.evolve(material, period=None), fact, [first, second])


async def interval_of(search: Search, ask: Ask, named: NamedPeople) -> Finding:
    """How much time lies between two things."""
    ends: list[Entry] = []
    for topic in ask.topics[:2]:
        matched = search.matcher.match(topic)
        wanted = await search.wanted(ask, topic, matched, None, named)
        oldest_first = ask.pick.order is not Order.LATEST
        found = await search.find(attrs.evolve(wanted, oldest_first=oldest_first), matched)
        if not found.entries:
            return search.absent(ask, topic, matched)
        ends.append(found.entries[0])
    ends.sort(key=lambda entry: entry.on or date.min)
    return report(search.material(ask, ask.topics[0], matched, Found(tuple(ends), 2)))[0]
