"""One value set against that of another time: yes or no where that is asked, and both values."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from smarthealth.apps.records.understanding.better import toward_of
from smarthealth.apps.records.understanding.question import Anchor, Ask, Operation, Order, Pick, Topic

from .chart import Found
from .computing import direction_of
from .entries import Entry
from .facts import Fact
from .findings import Finding
from .material import Material, item_for, make_finding
from .naming import NamedPeople
from .otherwise import About
from .picking import main_value
from .searching import Search


async def compared(search: Search, about: About, ask: Ask, topic: Topic, named: NamedPeople) -> list[Finding]:
    """One value against that of another time; where one of them is missing, what there is of each."""
    sides = [await about(one, topic, named) for one in of_one_time(ask)]
    first, second = (_measured(side) for side in sides)
    if first is None or second is None or first == second:
        return [finding for side in sides for finding in side]
    material = search.material(ask, topic, search.matcher.match(topic), Found((first, second), 2))
    return [compare(material, first, second)]


async def followed(search: Search, about: About, ask: Ask, topic: Topic, named: NamedPeople) -> list[Finding]:
    """What there is of a topic; whether something fell after an event is told by how it was up to then, too."""
    both = since_an_event(ask)
    if both is not None:
        found = await compared(search, about, both, topic, named)
        if [finding.fact.say for finding in found] == ["compare"]:
            return found
    return await about(ask, topic, named)


def _measured(findings: Sequence[Finding]) -> Entry | None:
    """The one measurement that some findings tell of; None where it is another number of them, or nothing is measured."""
    entries = [entry for finding in findings for entry in finding.entries if not finding.is_absence]
    return entries[0] if len(entries) == 1 and main_value(entries[0]) is not None else None


def of_one_time(ask: Ask) -> tuple[Ask, Ask]:
    """The asks for each of the two values that are compared."""
    return _value_of(ask), _value_of(attrs.evolve(ask, period=ask.against))


def since_an_event(ask: Ask) -> Ask | None:
    """The comparison that is meant where something is asked to have gone one way after an event; None where it is not."""
    event, asked = ask.period, ask.toward or ask.compared
    if ask.operation is not Operation.TREND or not isinstance(event, Anchor) or asked is None:
        return None
    if event.relation != "after" or ask.pick.count:
        return None
    # what was measured on the day itself tells how it was before
    before = attrs.evolve(event, relation="at")
    return attrs.evolve(ask, operation=Operation.COMPARE, against=before, compared=asked, toward=None)


def _value_of(ask: Ask) -> Ask:
    after = isinstance(ask.period, Anchor) and ask.period.relation == "after"
    pick = Pick(order=Order.FIRST if after else Order.LATEST)
    return attrs.evolve(ask, operation=Operation.VALUE, against=None, compared=None, pick=pick)


def compare(material: Material, first: Entry, second: Entry) -> Finding:
    """Report the value of one time against that of another."""
    compared = material.ask.compared or "which"
    fact = Fact(
        say="compare", detail=direction_of(second, first), toward=toward_of(compared, material.topic.concepts), total=2
    )
    items = [item_for(material, first), item_for(material, second)]
    return make_finding(attrs.evolve(material, period=None), fact, [first, second], items)
