"""What the record no longer stands by: entered in error, ruled out, not done. It is told as such, and never as a fact."""

from __future__ import annotations

import attrs

from smarthealth.apps.records.understanding.question import Ask, Topic

from .chart import Found
from .entries import Entry
from .facts import Fact
from .findings import Finding
from .listing import MOST_LISTED
from .material import item_for, make_finding
from .searching import Search

_ERROR, _REFUTED, _NOT_DONE = "entered-in-error", "refuted", "not-done"


def why_void(entry: Entry) -> str:
    """Why an entry no longer stands: `entered-in-error`, `refuted` or `not-done`."""
    if _ERROR in (entry.verification, entry.status):
        return _ERROR
    return _REFUTED if entry.verification == _REFUTED else _NOT_DONE


async def void_of(search: Search, ask: Ask, topic: Topic) -> list[Finding]:
    """That what is asked about stands in the record no longer; nothing where it never stood there."""
    of_void = search.among(await search.chart.known(void=True))
    matched = of_void.matcher.match(topic)
    if not matched.core:
        return []
    plain = attrs.evolve(ask, status=None, verification=None, reason=None)
    wanted = attrs.evolve(await of_void.wanted(plain, topic, matched, None), void=True)
    found = await search.chart.find(wanted)
    return [_told(of_void, ask, topic, found)] if found.entries else []


def _told(search: Search, ask: Ask, topic: Topic, found: Found) -> Finding:
    material = search.material(ask, topic, search.matcher.match(topic), found)
    shown = found.entries[:MOST_LISTED]
    items = [attrs.evolve(item_for(material, entry), value=None, status=why_void(entry)) for entry in shown]
    return make_finding(material, Fact(say="void"), shown, items)
