"""From entries to facts: one report for each operation.

Pure: what is asked, what was found and who the patient is go in; findings come out. Numbers are computed here, once, so that
neither a language model nor the composer has to count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import Ask, Operation, Order, Pick, TimeRange, Topic

from .chart import Found
from .entries import Entry, Person
from .facts import Fact, Item, Say
from .findings import Finding
from .items import bp_parts, item_of, value_of
from .labels import Labels
from .matching import Matched
from .phrases import NOUNS
from .picking import beyond, group_entries, in_order, main_value, pick_entries

MOST_LISTED = 20
"""Different things in one enumeration."""
MOST_VALUES = 10
MOST_DATES = 8
MOST_FURTHER = 12
"""Other entries of a count that become sources."""
_LEVEL = 0.03
"""A change of less than this share of the first value is called level."""


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


def report(material: Material) -> list[Finding]:
    """Report what was found, in the way that the operation asks for."""
    ask = material.ask
    if ask.threshold is not None:
        kept = beyond(material.entries, ask.threshold)
        material = attrs.evolve(material, found=Found(tuple(kept), len(kept)))
        if not kept:
            return [absence(material)]
    if material.is_beside:
        return [_exists(material)]
    return _REPORTS[ask.operation](material)


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
        unit=material.ask.status.value if material.ask.status else None,
        items=tuple(_item(material, entry) for entry in nearest),
    )
    return Finding(ask=material.ask, topic=topic, fact=fact, entries=nearest, quality=material.matched.quality)


def _finding(
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
        items=tuple(items if items is not None else [_item(material, entry) for entry in entries]),
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
    items = [attrs.evolve(_item(material, entry), note=note) for entry, note in notes]
    return _finding(material, Fact(say=say), [entry for entry, _ in notes], items)


_COUNTING = frozenset({"count", "average", "trend"})


def _item(material: Material, entry: Entry) -> Item:
    return item_of(entry, material.labels)


# -- values and lists -----------------------------------------------------------------------------------------------------


def _value(material: Material) -> list[Finding]:
    if not material.is_measured:
        return _list(material)
    pick, ask = material.ask.pick, material.ask
    if pick.order is Order.ALL and not _is_bounded(ask) and ask.threshold is None:
        pick = Pick(order=Order.LATEST)
    if len({entry.display for entry in material.entries}) > 1 and pick.count is None and pick.nth == 1:
        return [_value_of_each(material, pick)]
    picked = pick_entries(material.entries, pick)
    if not picked:
        return [absence(attrs.evolve(material, found=Found((), 0)))]
    order = None if pick.order in (Order.ALL, Order.FREQUENT) else pick.order.value
    if pick.order is Order.ALL or len(picked) > 1:
        shown = in_order(picked[:MOST_VALUES]) if pick.order is Order.ALL else picked[:MOST_VALUES]
        total = len(picked) if pick.count else material.found.total
        return [_finding(material, Fact(say="value", total=total), shown)]
    return [_finding(material, Fact(say="value", order=order, nth=pick.nth if pick.nth > 1 else None), picked)]


def _is_bounded(ask: Ask) -> bool:
    """Whether the values of a time are asked for, rather than how things stood at its end."""
    period = ask.period
    return (
        period is not None
        and not (isinstance(period, TimeRange) and period.since is None)
        and not hasattr(period, "relation")
    )


def _value_of_each(material: Material, pick: Pick) -> Finding:
    """Of several different measurements, the one picked of each."""
    picked: list[Entry] = []
    for group in group_entries(material.entries):
        own = [entry for entry in material.entries if entry.display == group.newest.display]
        picked.extend(pick_entries(own, pick if pick.order is not Order.ALL else Pick(order=Order.LATEST))[:1])
    shown = picked[:MOST_LISTED]
    return _finding(
        material, Fact(say="list", total=len(picked), distinct=len(picked), detail=material.topic.category), shown
    )


def _list(material: Material) -> list[Finding]:
    ask, pick = material.ask, material.ask.pick
    if material.is_measured and material.topic.is_specific:
        return _values_listed(material)
    if pick.order is Order.FREQUENT:
        group = max(group_entries(material.entries), key=lambda found: found.times)
        item = attrs.evolve(_item(material, group.newest), times=group.times)
        return [_finding(material, Fact(say="list", order="frequent", total=group.times), [group.newest], [item])]
    if pick.order is not Order.ALL:
        return [_picked(material, pick)]
    groups = group_entries(material.entries, by_status=True)
    groups.sort(key=lambda group: _is_social(group.newest))
    shown = groups[:MOST_LISTED]
    items = [attrs.evolve(_item(material, group.newest), times=group.times) for group in shown]
    return [
        _finding(material, Fact(say="list", distinct=len(groups), detail=material.topic.category, unit=ask.status.value if ask.status else None, about=_about_list(material)), [group.newest for group in shown], items)
    ]  # fmt: skip


def _about_list(material: Material) -> str:
    reason = material.ask.reason
    if reason is not None:
        return material.labels.of_topic(reason)
    return material.about


def _is_social(entry: Entry) -> bool:
    """Whether an entry is a finding (employment, stress) rather than a disorder: those are listed last."""
    return entry.kind == "condition" and entry.display.endswith("(finding)")


def _picked(material: Material, pick: Pick) -> Finding:
    picked = pick_entries(material.entries, pick)
    if not picked:
        return absence(attrs.evolve(material, found=Found((), 0)))
    # Several entries of one day are all the last: a panel's results, two diagnoses of one visit.
    if pick.count is None and pick.nth == 1 and not material.topic.is_specific:
        picked = [
            entry
            for entry in pick_entries(material.entries, Pick(order=pick.order, count=MOST_LISTED))
            if entry.on == picked[0].on
        ]
    one = len(picked) == 1
    return _finding(material, Fact(say="list", order=pick.order.value if one else None, nth=pick.nth if pick.nth > 1 else None, total=len(picked), detail=material.topic.category, about="" if not material.topic.is_specific else material.about), picked)  # fmt: skip


def _values_listed(material: Material) -> list[Finding]:
    if len({entry.display for entry in material.entries}) > 1:
        return [_value_of_each(material, material.ask.pick)]
    pick = material.ask.pick
    picked = pick_entries(material.entries, pick)
    if pick.order is Order.ALL:
        return [_finding(material, Fact(say="value"), in_order(picked[:MOST_VALUES]))]
    return _value(material)


# -- how many, whether, when ----------------------------------------------------------------------------------------------


def _count(material: Material) -> list[Finding]:
    groups = group_entries(material.entries)
    ordered = in_order(material.entries)
    shown = ordered if len(ordered) <= 2 else [ordered[0], ordered[-1]]
    several = not material.topic.is_specific
    return [
        _finding(material, Fact(say="count", distinct=len(groups) if several or len(groups) > 1 else None, detail="distinct" if material.ask.distinct else material.topic.category, unit=material.ask.status.value if material.ask.status else None, about=_about_list(material)), shown)
    ]  # fmt: skip


def _exists(material: Material) -> Finding:
    if material.is_measured and material.topic.is_specific:
        latest = pick_entries(material.entries, Pick(order=Order.LATEST))
        is_text = latest[0].value_text is not None
        return _finding(material, Fact(say="exists", order="latest", detail="text" if is_text else None), latest)
    groups = group_entries(material.entries, by_status=True)
    groups = groups[: MOST_DATES if material.topic.is_specific else MOST_LISTED]
    items = [attrs.evolve(_item(material, group.newest), times=group.times) for group in groups]
    about = material.about or _noun(material, len(material.entries))
    return _finding(material, Fact(say="exists", distinct=len(group_entries(material.entries, by_status=True)), about=about, detail="beside" if material.is_beside else None), [group.newest for group in groups], items)  # fmt: skip


def _noun(material: Material, count: int) -> str:
    nouns = NOUNS[material.labels.language]
    noun = nouns.get(material.topic.category or "", nouns.get(material.kind or "", nouns["entry"]))
    return noun.one if count == 1 else noun.many


def _whether(material: Material) -> list[Finding]:
    return [_exists(material)]


def _when(material: Material) -> list[Finding]:
    pick = material.ask.pick
    if material.is_measured and pick.order in (Order.HIGHEST, Order.LOWEST):
        return _value(material)
    picked = pick_entries(material.entries, pick)
    if not picked:
        return [absence(attrs.evolve(material, found=Found((), 0)))]
    about = material.about or _noun(material, 1)
    if pick.order is Order.ALL and len(picked) > 1:
        shown = picked if len(picked) <= MOST_DATES else [*picked[: MOST_DATES - 1], picked[-1]]
        return [_finding(material, Fact(say="when", about=about), shown)]
    order = pick.order.value if pick.order in (Order.LATEST, Order.FIRST) else None
    if len(picked) == 1 and not material.topic.is_specific:
        about = material.labels.of_display(picked[0].kind, picked[0].display, picked[0].code)
    return [
        _finding(
            material,
            Fact(say="when", order=order, nth=pick.nth if pick.nth > 1 else None, about=about),
            picked[:MOST_DATES],
        )
    ]


def _status(material: Material) -> list[Finding]:
    groups = group_entries(material.entries)
    latest = [
        _most_telling([entry for entry in material.entries if entry.display == group.newest.display])
        for group in groups
    ]
    return [
        _finding(material, Fact(say="status", about=material.labels.of_display(entry.kind, entry.display, entry.code)), [entry])
        for entry in latest[:3]
    ]  # fmt: skip


def _most_telling(entries: Sequence[Entry]) -> Entry:
    """Of entries of one name, the latest that goes on, else the latest."""
    return next(
        (
            entry
            for entry in pick_entries(entries, Pick(order=Order.LATEST, count=len(entries)))
            if entry.status == "active"
        ),
        entries[0],
    )


# -- about single entries -------------------------------------------------------------------------------------------------


def _asked_of(say: Say, note: Callable[[Entry], str | None]) -> Callable[[Material], list[Finding]]:
    def of_entries(material: Material) -> list[Finding]:
        entries = material.entries
        pick = material.ask.pick
        if pick.order is Order.ALL:
            picked = (
                [group.newest for group in group_entries(entries)][:4]
                if material.topic.is_specific
                else _newest_day(entries)
            )
            known = [entry for entry in in_order(entries)[::-1] if note(entry) or (say == "who" and entry.people)]
            picked = [_telling(entry, known) for entry in picked]
        else:
            picked = pick_entries(entries, pick)
        items = [
            attrs.evolve(
                _item(material, entry), note=note(entry), people=entry.people if say == "who" else (), status=None
            )
            for entry in picked
        ]
        return (
            [_finding(material, Fact(say=say, about=material.about or _noun(material, 1)), picked, items)]
            if picked
            else [absence(material)]
        )

    return of_entries


def _telling(entry: Entry, known: Sequence[Entry]) -> Entry:
    """The newest entry of the same name that tells what is asked; the entry itself when none does."""
    return next((other for other in known if other.display == entry.display), entry)


def _newest_day(entries: Sequence[Entry]) -> list[Entry]:
    newest = pick_entries(entries, Pick(order=Order.LATEST, count=len(entries)))
    return newest[:MOST_DATES]


def _attendance(say: Say) -> Callable[[Material], list[Finding]]:
    single = _asked_of(say, lambda entry: entry.place)

    def of_entries(material: Material) -> list[Finding]:
        if material.ask.pick.order is not Order.ALL or len(material.entries) <= 3:
            return single(material)
        return [_by_attendant(material, say)]

    return of_entries


def _by_attendant(material: Material, say: Say) -> Finding:
    """Who attended, or where, over many entries: each once, with how often and when last."""
    last: dict[str, Entry] = {}
    times: dict[str, int] = {}
    for entry in pick_entries(material.entries, Pick(order=Order.LATEST, count=len(material.entries))):
        for name in entry.people if say == "who" else ([entry.place] if entry.place else []):
            last.setdefault(name, entry)
            times[name] = times.get(name, 0) + 1
    names = sorted(last, key=lambda name: -times[name])[:MOST_LISTED]
    items = [Item(name=name, on=last[name].on, times=times[name]) for name in names]
    if not names:
        return _asked_of(say, lambda entry: None)(material)[0]
    detail = "people" if say == "who" else "places"
    return _finding(
        material,
        Fact(say="list", total=len(last), distinct=len(last), detail=detail),
        [last[name] for name in names],
        items,
        is_named=False,
    )


# -- computed -------------------------------------------------------------------------------------------------------------


def _series(material: Material) -> list[Material]:
    """One material for each series of numbers: of blood pressure, one for each component."""
    series: dict[str, list[Entry]] = {}
    for entry in material.entries:
        for part in bp_parts(entry):
            series.setdefault(part.display, []).append(part)
    return [
        attrs.evolve(
            material,
            found=Found(tuple(entries), len(entries) if len(series) > 1 or entries[0].parts else material.found.total),
        )
        for entries in series.values()
    ]


def _computed(make: Callable[[Material], Finding]) -> Callable[[Material], list[Finding]]:
    def of_series(material: Material) -> list[Finding]:
        series = _series(material)
        if not series:
            return [_exists(material)]
        return [make(one) for one in series[:4]]

    return of_series


def _trend(material: Material) -> Finding:
    ordered = in_order(material.entries)
    if len(ordered) < 2:
        return _finding(material, Fact(say="trend"), ordered)
    first, last = ordered[0], ordered[-1]
    low, high = min(ordered, key=_number), max(ordered, key=_number)
    extremes = [low, high] if {low.id, high.id} - {first.id, last.id} else []
    return _finding(material, Fact(say="trend", detail=_direction(first, last)), [first, last, *extremes])


def _change(material: Material) -> Finding:
    ordered = in_order(material.entries)
    if len(ordered) < 2:
        return _finding(material, Fact(say="change"), ordered)
    first, last = ordered[0], ordered[-1]
    difference = _number(last) - _number(first)
    direction = _direction(first, last)
    return _finding(
        material, Fact(say="change", detail=direction, number=round(difference, 4), unit=last.unit), [first, last]
    )


def _average(material: Material) -> Finding:
    ordered = in_order(material.entries)
    mean = sum(map(_number, ordered)) / len(ordered)
    return _finding(
        material, Fact(say="average", number=round(mean, 4), unit=ordered[-1].unit), [ordered[0], ordered[-1]]
    )


def _number(entry: Entry) -> float:
    return main_value(entry) or 0.0


def _direction(first: Entry, last: Entry) -> str:
    change = _number(last) - _number(first)
    if abs(change) <= _LEVEL * abs(_number(first)):
        return "level_up" if change > 0 else "level_down" if change < 0 else "level"
    return "up" if change > 0 else "down"


def _normal(material: Material) -> list[Finding]:
    pick = material.ask.pick if material.ask.pick.order is not Order.ALL else Pick(order=Order.LATEST)
    findings: list[Finding] = []
    for group in group_entries(material.entries)[:4]:
        own = [entry for entry in material.entries if entry.display == group.newest.display]
        for entry in pick_entries(own, pick)[:1]:
            one = attrs.evolve(material, found=Found((entry,), len(own)))
            item = _item(material, entry)
            ranged = [part for part in bp_parts(entry) if part.range_low is not None or part.range_high is not None]
            verdict, words = _verdict(ranged)
            findings.append(
                _finding(
                    one,
                    Fact(say="normal", detail=verdict, order=pick.order.value),
                    [entry],
                    [attrs.evolve(item, note=words)],
                )
            )
    return findings


def _verdict(parts: Sequence[Entry]) -> tuple[str | None, str | None]:
    """Where values lie among the reference ranges that the record gives with them."""
    if not parts:
        return None, None
    words = ", ".join(value_of(attrs.evolve(part, value=None, value_text=_range_words(part))) or "" for part in parts)
    for part in parts:
        if part.value is not None and part.range_high is not None and part.value > part.range_high:
            return "above", words
        if part.value is not None and part.range_low is not None and part.value < part.range_low:
            return "below", words
    return "within", words


def _range_words(part: Entry) -> str:
    low, high = part.range_low, part.range_high
    if low is None:
        return f"≤ {high:g}"
    return f"≥ {low:g}" if high is None else f"{low:g} - {high:g}"


def _duration(material: Material) -> list[Finding]:
    picked = (
        pick_entries(material.entries, material.ask.pick)
        if material.ask.pick.order is not Order.ALL
        else [_most_telling(material.entries)]
    )
    if len(material.entries) > 1 and material.ask.pick.order is Order.ALL and picked[0].status != "active":
        picked = pick_entries(material.entries, Pick(order=Order.LATEST, count=3))
    return [
        _finding(material, Fact(say="duration", about=material.labels.of_display(entry.kind, entry.display, entry.code)), [entry])
        for entry in picked[:3]
    ]  # fmt: skip


def _interval(material: Material) -> list[Finding]:
    ordered = in_order(material.entries)
    if len(ordered) < 2:
        return _when(material)
    return [_finding(material, Fact(say="interval"), [ordered[0], ordered[-1]])]


def _age_at(material: Material) -> list[Finding]:
    pick = material.ask.pick if material.ask.pick.order is not Order.ALL else Pick(order=Order.FIRST)
    picked = pick_entries(material.entries, pick)[:1]
    age = material.person.age_on(picked[0].on) if picked and picked[0].on else None
    if age is None:
        return _when(material)
    return [_finding(material, Fact(say="age_at", number=float(age)), picked)]


_REPORTS: Mapping[Operation, Callable[[Material], list[Finding]]] = {
    Operation.VALUE: _value,
    Operation.LIST: _list,
    Operation.COUNT: _count,
    Operation.EXISTS: _whether,
    Operation.WHEN: _when,
    Operation.WHO: _attendance("who"),
    Operation.WHERE: _attendance("where"),
    Operation.DOSE: _asked_of("dose", lambda entry: entry.dosage),
    Operation.REASON: _asked_of("reason", lambda entry: entry.reason),
    Operation.STATUS: _status,
    Operation.TREND: _computed(_trend),
    Operation.CHANGE: _computed(_change),
    Operation.AVERAGE: _computed(_average),
    Operation.NORMAL: _normal,
    Operation.DURATION: _duration,
    Operation.INTERVAL: _interval,
    Operation.AGE_AT: _age_at,
}
