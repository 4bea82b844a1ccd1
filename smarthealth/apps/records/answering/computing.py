"""Reports of what is computed: trends, changes, means, ranges, spans of time, ages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import attrs

from smarthealth.apps.records.understanding.better import toward_of
from smarthealth.apps.records.understanding.question import Order, Pick

from .chart import Found
from .entries import Entry
from .facts import Fact
from .findings import Finding
from .items import bp_parts, value_of
from .listing import exists, most_telling, when
from .material import Material, item_for, make_finding
from .picking import group_entries, in_order, main_value, pick_entries
from .wording import write_unit

_LASTS = re.compile(
    r"\b(?:for|por|durante|x)\s+\d+\s+(?:days?|weeks?|months?|d[ií]as?|semanas?|mes(?:es)?)\b", re.IGNORECASE
)
"""Where a dosage says for how long."""
_LEVEL = 0.03
"""A change of less than this share of the first value is called level."""


def _series(material: Material) -> list[Material]:
    """One material for each series of numbers: of blood pressure, one for each component; other units are kept apart."""
    series: dict[tuple[str, str], list[Entry]] = {}
    for entry in material.entries:
        for part in bp_parts(entry):
            series.setdefault((part.display, write_unit(part.unit).lower()), []).append(part)
    return [
        attrs.evolve(
            material,
            found=Found(tuple(entries), len(entries) if len(series) > 1 or entries[0].parts else material.found.total),
        )
        for _, entries in sorted(series.items(), key=lambda one: "systolic" not in one[0][0].lower())
    ]


def computed(make: Callable[[Material], Finding]) -> Callable[[Material], list[Finding]]:
    """Make a report of each series of numbers that was found; of what has no numbers, that it is there."""

    def of_series(material: Material) -> list[Finding]:
        series = _series(material)
        if not series:
            return [exists(material)]
        return [make(one) for one in series[:4]]

    return of_series


def trend(material: Material) -> Finding:
    """Where values went, from the first to the last."""
    pick, toward = material.ask.pick, material.ask.toward
    if toward is None and material.ask.compared is not None:
        toward = toward_of(material.ask.compared, material.topic.concepts)
    ordered = in_order(pick_entries(material.entries, pick) if pick.count else material.entries)
    if len(ordered) < 2:
        return make_finding(material, Fact(say="trend"), ordered)
    first, last = ordered[0], ordered[-1]
    if toward is not None:
        before = ordered[-2:-1] if len(ordered) > 2 else []
        items = [item_for(material, entry) for entry in (first, last, *before)]
        if before:
            items[2] = attrs.evolve(items[2], note=direction_of(before[0], last))
        fact = Fact(say="trend", detail=direction_of(first, last), toward=toward, total=len(ordered))
        return make_finding(material, fact, [first, last, *before], items)
    low, high = min(ordered, key=_number), max(ordered, key=_number)
    extremes = [low, high] if {low.id, high.id} - {first.id, last.id} else []
    return make_finding(
        material,
        Fact(say="trend", detail=direction_of(first, last), total=len(ordered) if pick.count else None),
        [first, last, *extremes],
    )


def change(material: Material) -> Finding:
    """By how much the last value differs from the first."""
    ordered = in_order(material.entries)
    if len(ordered) < 2:
        return make_finding(material, Fact(say="change"), ordered)
    first, last = ordered[0], ordered[-1]
    difference = _number(last) - _number(first)
    direction = direction_of(first, last)
    return make_finding(
        material,
        Fact(say="change", detail=direction, number=round(difference, 4), unit=write_unit(last.unit) or None),
        [first, last],
    )


def average(material: Material) -> Finding:
    """The mean of all values."""
    ordered = in_order(material.entries)
    mean = sum(map(_number, ordered)) / len(ordered)
    return make_finding(
        material,
        Fact(say="average", number=round(mean, 4), unit=write_unit(ordered[-1].unit) or None),
        [ordered[0], ordered[-1]],
    )


def _number(entry: Entry) -> float:
    return main_value(entry) or 0.0


def direction_of(first: Entry, last: Entry) -> str:
    """Which way it is from one value to another: `up`, `down`, `level`, or `level_up` and `level_down` where it is hardly so."""
    change = _number(last) - _number(first)
    if abs(change) <= _LEVEL * abs(_number(first)):
        return "level_up" if change > 0 else "level_down" if change < 0 else "level"
    return "up" if change > 0 else "down"


def normal(material: Material) -> list[Finding]:
    """Whether a value lies within the reference range that the record gives with it."""
    pick = material.ask.pick if material.ask.pick.order is not Order.ALL else Pick(order=Order.LATEST)
    findings: list[Finding] = []
    for group in group_entries(material.entries)[:4]:
        own = [entry for entry in material.entries if entry.display == group.newest.display]
        for entry in pick_entries(own, pick)[:1]:
            one = attrs.evolve(material, found=Found((entry,), len(own)))
            item = item_for(material, entry)
            ranged = [part for part in bp_parts(entry) if part.range_low is not None or part.range_high is not None]
            verdict, words = _verdict(ranged)
            findings.append(
                make_finding(
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


def duration(material: Material) -> list[Finding]:
    """How long something lasted, or has lasted so far."""
    picked = (
        pick_entries(material.entries, material.ask.pick)
        if material.ask.pick.order is not Order.ALL
        else [most_telling(material.entries)]
    )
    if len(material.entries) > 1 and material.ask.pick.order is Order.ALL and picked[0].status != "active":
        picked = pick_entries(material.entries, Pick(order=Order.LATEST, count=3))
    dosed = [
        entry
        for entry in picked
        if entry.kind == "medication" and entry.until is None and _LASTS.search(entry.dosage or "")
    ]
    if dosed:
        items = [attrs.evolve(item_for(material, entry), note=entry.dosage) for entry in dosed[:3]]
        return [make_finding(material, Fact(say="dose", about=material.about), dosed[:3], items)]
    return [
        make_finding(material, Fact(say="duration", about=material.labels.of_display(entry.kind, entry.display, entry.code)), [entry])
        for entry in picked[:3]
    ]  # fmt: skip


def interval(material: Material) -> list[Finding]:
    """How much time lies between two entries."""
    ordered = in_order(material.entries)
    if len(ordered) < 2:
        return when(material)
    return [make_finding(material, Fact(say="interval"), [ordered[0], ordered[-1]])]


def age_at(material: Material) -> list[Finding]:
    """How old the patient was then."""
    pick = material.ask.pick if material.ask.pick.order is not Order.ALL else Pick(order=Order.FIRST)
    picked = pick_entries(material.entries, pick)[:1]
    age = material.person.age_on(picked[0].on) if picked and picked[0].on else None
    if age is None:
        return when(material)
    return [make_finding(material, Fact(say="age_at", number=float(age)), picked)]
