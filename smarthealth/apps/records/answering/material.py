"""What a report is made from, and how a finding is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import Ask, Topic

from .chart import Found
from .entries import Entry, Person
from .facts import Fact, Item, Say
from .findings import Finding
from .items import item_of
from .labels import Labels
from .matching import Matched
from .nouns import NOUNS
from .units import converted

MOST_FURTHER = 12
"""Other entries of a count that become sources."""


@attrs.frozen(kw_only=True)
class Material:
    """What a report is made from."""

    ask: Ask
    topic: Topic
    matched: Matched
    found: Found
    """Newest first, or oldest first where the first was asked for."""
    labels: Labels
    person: Person
    today: date
    period: str | None
    """The time asked for, in words."""
    is_beside: bool = False
    """Whether this is mentioned beside the answer proper."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was found."""
        return self.found.entries

    @property
    def is_measured(self) -> bool:
        """Whether what was found has values."""
        return any(entry.kind == "observation" and entry.has_value for entry in self.entries)

    @property
    def kind(self) -> str | None:
        """The one kind of what is meant, None when there are several."""
        kinds = {entry.kind for entry in self.entries} or self.matched.kinds or self.topic.kinds
        return next(iter(kinds)) if len(kinds) == 1 else None

    @property
    def about(self) -> str:
        """What it is called; empty when a whole kind is meant, which has its noun."""
        if not self.topic.is_specific:
            return ""
        displays = {(entry.kind, entry.display): entry for entry in self.entries}
        if len(displays) == 1:
            (entry,) = displays.values()
            return self.labels.of_display(entry.kind, entry.display, entry.code)
        return self.labels.of_topic(self.topic)


def absence(material: Material) -> Finding:
    """Report that nothing was found; an entry in the material lies outside the time or state asked for."""
    labels, topic = material.labels, material.topic
    if topic.is_specific:
        about = labels.of_topic(topic)
    else:
        nouns = NOUNS[labels.language]
        kind = next(iter(topic.kinds)) if len(topic.kinds) == 1 else "entry"
        noun = nouns.get(topic.category or "", nouns[kind])
        none = {"es": "ninguna" if noun.feminine else "ningún", "en": "any"}[labels.language]
        about = f"{none} {noun.one}"
    if material.ask.reason is not None:
        about += {"es": " por ", "en": " for "}[labels.language] + labels.of_topic(material.ask.reason)
    nearest = material.entries[:1]
    fact = Fact(
        say="absent",
        about=about,
        kind=material.kind,
        period=material.period,
        status=material.ask.status.value if material.ask.status else None,
        nth=material.ask.pick.nth if nearest and material.ask.pick.nth > 1 else None,
        total=material.found.total if nearest and material.ask.pick.nth > 1 else None,
        items=tuple(item_for(material, entry) for entry in nearest),
    )
    return Finding(ask=material.ask, topic=topic, fact=fact, entries=nearest, quality=material.matched.quality)


def make_finding(
    material: Material,
    fact: Fact,
    entries: Sequence[Entry],
    items: Sequence[Item] | None = None,
    *,
    is_named: bool = True,
) -> Finding:
    """A finding of entries; what the fact leaves open is filled in from the material."""
    shown = {entry.id for entry in entries}
    further = [entry for entry in material.entries if entry.id not in shown] if fact.say in _COUNTING else []
    whole = attrs.evolve(
        fact,
        kind=material.kind,
        period=material.period,
        about=(fact.about or material.about) if is_named else "",
        total=material.found.total if fact.total is None else fact.total,
        items=tuple(items if items is not None else [item_for(material, entry) for entry in entries]),
    )
    return Finding(
        ask=material.ask,
        topic=material.topic,
        fact=whole,
        entries=tuple(entries),
        further=tuple(further[:MOST_FURTHER]),
        quality=material.matched.quality,
    )


def say_of_entries(material: Material, say: Say, notes: Sequence[tuple[Entry, str]]) -> Finding:
    """Report something that is said of each entry: a quotation of each note."""
    items = [attrs.evolve(item_for(material, entry), note=note) for entry, note in notes]
    return make_finding(material, Fact(say=say), [entry for entry, _ in notes], items)


_COUNTING = frozenset({"count", "average", "trend"})


def item_for(material: Material, entry: Entry) -> Item:
    """What a fact says of an entry."""
    item = item_of(entry, material.labels)
    unit = material.ask.unit
    if unit is None or entry.value is None or item.value is None:
        return item
    told = converted(entry.value, entry.unit, unit, f"{entry.display} {material.about}")
    return attrs.evolve(item, value=f"{item.value} ({told})") if told else item


def noun_of(material: Material, count: int) -> str:
    """What one entry, or several, of the kind in question are called."""
    nouns = NOUNS[material.labels.language]
    noun = nouns.get(material.topic.category or "", nouns.get(material.kind or "", nouns["entry"]))
    return noun.one if count == 1 else noun.many
