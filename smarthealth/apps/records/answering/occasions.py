"""What visits were for, and what came of them: the reason that is recorded, the diagnoses made there, what was done and given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from smarthealth.apps.records.understanding.question import Ask, Facet, Topic

from .chart import Found
from .entries import Entry
from .facts import Fact
from .findings import Finding
from .listing import MOST_LISTED, list_entries
from .matching import Matched
from .material import Material, item_for, make_finding
from .picking import pick_entries
from .searching import Search

_MOST_VISITS = 3
"""Visits of which all is told."""
_DIAGNOSES = frozenset({"condition"})
_DEEDS = frozenset({"procedure", "medication", "immunization", "allergy"})
_DIAGNOSED = "diagnosed"

_Made = Mapping[int, Sequence[Entry]]
"""Entries by the number of the visit at which they were made."""


async def course_of(search: Search, ask: Ask, material: Material) -> list[Finding]:
    """What happened at visits: why somebody came, and beside it what was found, done and given there."""
    visits = pick_entries(material.entries, ask.pick)[:_MOST_VISITS]
    made = await search.chart.made_at(visits, _DIAGNOSES | _DEEDS)
    told = [visit for visit in visits if visit.reason or visit.id in made]
    if not told:
        return []
    of_visits = attrs.evolve(material, found=Found(tuple(told), len(told)))
    reasons = _reasons(of_visits, made) or list_entries(of_visits)
    shown = {entry.id for finding in reasons for entry in finding.entries}
    others = [entry for visit in told for entry in made.get(visit.id, ()) if entry.id not in shown][:MOST_LISTED]
    if not others:
        return reasons
    items = [item_for(material, entry) for entry in others]
    fact = Fact(say="exists", total=len(others), distinct=len(others), detail="beside")
    return [*reasons, make_finding(material, fact, others, items, is_named=False)]


async def reasons_of(search: Search, material: Material) -> list[Finding]:
    """Why somebody came to visits of which one at least gives no reason: what was diagnosed there stands for it."""
    visits = pick_entries(material.entries, material.ask.pick)
    if material.kind != "encounter" or len(visits) > MOST_LISTED or all(visit.reason for visit in visits):
        return []
    made = await search.chart.made_at(visits, _DIAGNOSES)
    return _reasons(attrs.evolve(material, found=Found(tuple(visits), len(visits))), made) if made else []


async def prescribed_with(search: Search, material: Material, reason: Topic) -> list[Finding]:
    """Medicines without a reason of their own that were prescribed at the visit at which a disease was recorded."""
    matched = search.matcher.match(reason)
    diseases = Matched(core=tuple(known for known in matched.core if known.kind in _DIAGNOSES), quality=matched.quality)
    if material.topic.kinds != {"medication"} or material.topic.is_specific or not diseases.core:
        return []
    ask = attrs.evolve(material.ask, reason=None, topics=(reason,))
    recorded = await search.find(await search.wanted(ask, reason, diseases, None), diseases)
    visits = await search.chart.visits_of(recorded.entries)
    made = await search.chart.made_at(visits, {"medication"})
    given = [entry for found in made.values() for entry in found if entry.reason is None]
    if not given:
        return []
    items = [attrs.evolve(item_for(material, entry), note=material.labels.of_topic(reason)) for entry in given]
    of_given = attrs.evolve(material, found=Found(tuple(given), len(given)))
    return [make_finding(of_given, Fact(say="told", detail="together"), given[:MOST_LISTED], items[:MOST_LISTED])]


def _reasons(material: Material, made: _Made) -> list[Finding]:
    """The reason of each visit, else the diagnoses made at it."""
    findings: list[Finding] = []
    for visit in material.entries:
        diagnoses = [] if visit.reason else [entry for entry in made.get(visit.id, ()) if entry.kind in _DIAGNOSES]
        names = [material.labels.of_display(entry.kind, entry.display, entry.code) for entry in diagnoses]
        item = attrs.evolve(item_for(material, visit), status=None)
        items = [attrs.evolve(item, note=note) for note in ((visit.reason,) if visit.reason else names)]
        if items:
            detail = _DIAGNOSED if diagnoses else Facet.COURSE.value
            findings.append(make_finding(material, Fact(say="told", detail=detail), diagnoses or [visit], items))
    return findings
