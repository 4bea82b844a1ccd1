"""What the record holds beside a question for advice: the allergy, the prescription, the disease that it names.

No advice is given; but who asks whether somebody may take penicillin is told of the allergy that stands in the record.
"""

from __future__ import annotations

import attrs

from smarthealth.apps.records.understanding.question import Ask, Operation, Status, Topic

from .entries import Known
from .findings import Finding
from .matching import Matched, Quality
from .reports import report
from .searching import Search

MOST_PERTINENT = 4
"""Things that are told beside a refusal."""
_KINDS = frozenset({"medication", "condition", "allergy"})


async def pertinent_to(search: Search, ask: Ask) -> list[Finding]:
    """What the record says of the things that a question for advice names."""
    found: list[Finding] = []
    for topic in ask.topics:
        if topic.is_specific:
            found += await _of(search, ask, topic)
    return found[:MOST_PERTINENT]


async def _of(search: Search, ask: Ask, topic: Topic) -> list[Finding]:
    plain = attrs.evolve(topic, kinds=frozenset(), category=None)
    matched = search.matcher.match(plain)
    known = [thing for thing in matched.core if thing.kind in _KINDS]
    known += [thing for thing in _allergies(search, plain) if thing not in known]
    if not known:
        return []
    things = Matched(core=tuple(known), quality=Quality.NARROWER)
    going_on = attrs.evolve(ask, operation=Operation.EXISTS, status=Status.ACTIVE, refusal=None)
    wanted = attrs.evolve(await search.wanted(going_on, plain, things, None), since=None, until=None)
    entries = await search.chart.find(wanted)
    if not entries.entries:
        return []
    material = attrs.evolve(search.material(going_on, plain, things, entries), is_beside=True)
    return report(material)


def _allergies(search: Search, topic: Topic) -> list[Known]:
    """Allergies to the thing, or to what it is a kind of: amoxicillin is a penicillin."""
    glossary = search.glossary
    ids = {concept.id for concept in topic.concepts}
    above = ids.union(*(glossary.ancestors(concept) for concept in ids)) if ids else ids
    return [
        thing
        for thing in search.known
        if thing.kind == "allergy" and above & {concept.id for concept in search.matcher.names_of(thing)}
    ]
