"""Who is of a profession: told by the specialty of somebody who attended, by the role, or by what the name says of it."""

from __future__ import annotations

import attrs

from smarthealth.apps.records.understanding.question import Ask, Order, Pick
from smarthealth.retrieval.senses import is_meant, roots_of
from smarthealth.retrieval.words import set_of

from .chart import Found, Wanted
from .findings import Finding
from .matching import Matched, Quality
from .particulars import attendance
from .searching import Search

_ANYBODY = set_of(
    "doctor doctora medico medica physician practitioner nurse enfermero enfermera doctors doctores medicos medicas"
)
"""Professions that tell nobody from most others."""
_KINDS = frozenset(
    {"encounter", "procedure", "report", "document", "medication", "observation", "condition", "immunization"}
)


async def of_profession(search: Search, ask: Ask) -> list[Finding]:
    """Those of a profession who attended, with what they did last; nothing where nobody is known to be of it."""
    profession = ask.profession or ""
    if profession in _ANYBODY:
        return []
    people = {
        identity: name
        for identity, name, words in await search.chart.professions()
        if is_meant(profession, roots_of(words))
    }
    if not people:
        return []
    found = await search.chart.find(Wanted(kinds=_KINDS, people=tuple(people)))
    entries = await search.chart.with_attendance(found.entries)
    theirs = tuple(
        attrs.evolve(entry, people=names)
        for entry in entries
        if (names := tuple(name for name in entry.people if name in people.values()))
    )
    if not theirs:
        return []
    ask = attrs.evolve(ask, pick=Pick(order=Order.LATEST) if len(people) == 1 else ask.pick)
    matched = Matched(core=(), quality=Quality.CONCEPT)
    return attendance("who")(search.material(ask, ask.topics[0], matched, Found(theirs, len(theirs))))


def of_them(finding: Finding, profession: str) -> Finding:
    """A finding with those alone who are of a profession, where the names of some say that they are."""
    items = tuple(
        attrs.evolve(
            item, people=tuple(name for name in item.people if is_meant(profession, roots_of(name))) or item.people
        )
        for item in finding.fact.items
    )
    return attrs.evolve(finding, fact=attrs.evolve(finding.fact, items=items))
