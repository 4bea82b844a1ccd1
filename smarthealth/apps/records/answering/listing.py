"""Reports of what there is: values, lists, counts, whether, when, and whether it goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from smarthealth.apps.records.understanding.question import Ask, Operation, Order, Pick, TimeRange

from .entries import Entry
from .facts import Fact
from .findings import Finding
from .items import particulars_of
from .material import Material, absence, item_for, make_finding, noun_of
from .picking import group_entries, in_order, pick_entries

MOST_LISTED = 20
"""Different things in one enumeration."""
MOST_VALUES = 10
MOST_DATES = 8


def value(material: Material) -> list[Finding]:
    """What was measured; of what is not measured, which entry."""
    if not material.is_measured:
        return list_entries(material)
    pick, ask = material.ask.pick, material.ask
    if pick.order is Order.ALL and not _is_bounded(ask) and ask.threshold is None:
        pick = Pick(order=Order.LATEST)
    if len({entry.display for entry in material.entries}) > 1 and pick.count is None and pick.nth == 1:
        return [_value_of_each(material, pick)]
    picked = pick_entries(material.entries, pick)
    if not picked:
        return [absence(material)]
    order = None if pick.order in (Order.ALL, Order.FREQUENT) else pick.order.value
    if pick.order is Order.ALL or len(picked) > 1:
        shown = in_order(picked[:MOST_VALUES]) if pick.order is Order.ALL else picked[:MOST_VALUES]
        total = len(picked) if pick.count else material.found.total
        return [make_finding(material, Fact(say="value", total=total), shown)]
    return [make_finding(material, Fact(say="value", order=order, nth=pick.nth if pick.nth > 1 else None), picked)]


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
    return make_finding(
        material, Fact(say="list", total=len(picked), distinct=len(picked), detail=material.topic.category), shown
    )


def list_entries(material: Material) -> list[Finding]:
    """Which entries there are, like ones together."""
    ask, pick = material.ask, material.ask.pick
    if material.is_measured and material.topic.is_specific:
        return _values_listed(material)
    if pick.order is Order.FREQUENT:
        group = max(group_entries(material.entries), key=lambda found: found.times)
        item = attrs.evolve(item_for(material, group.newest), times=group.times)
        return [make_finding(material, Fact(say="list", order="frequent", total=group.times), [group.newest], [item])]
    if pick.order is not Order.ALL:
        return [_picked(material, pick)]
    groups = group_entries(material.entries, by_status=True)
    groups.sort(key=lambda group: _is_social(group.newest))
    shown = groups[:MOST_LISTED]
    items = [
        attrs.evolve(item_for(material, group.newest), times=group.times, note=_detail(material, group.newest))
        for group in shown
    ]
    return [
        make_finding(material, Fact(say="list", distinct=len(groups), detail=material.topic.category, status=ask.status.value if ask.status else None, reason=_reason(material),), [group.newest for group in shown], items)
    ]  # fmt: skip


def _detail(material: Material, entry: Entry) -> str | None:
    """Severity and reaction, where they are asked for; of an allergy also that they are not recorded."""
    if not material.ask.detailed:
        return None
    return particulars_of(entry, material.labels.language) or (
        _NO_DETAIL[material.labels.language] if entry.kind == "allergy" else None
    )


_NOT = re.compile(r"^(?:not\b|never\b|no longer\b|without\b|unemploy)", re.IGNORECASE)
_NO_DETAIL = {"es": "sin gravedad ni reacción registradas", "en": "no severity or reaction recorded"}


def _reason(material: Material) -> str | None:
    reason = material.ask.reason
    return material.labels.of_topic(reason) if reason is not None else None


def _is_social(entry: Entry) -> bool:
    """Whether an entry is a finding (employment, stress) rather than a disorder: those are listed last."""
    return entry.kind == "condition" and entry.display.endswith("(finding)")


def _picked(material: Material, pick: Pick) -> Finding:
    picked = pick_entries(material.entries, pick)
    if not picked:
        return absence(material)
    # Several entries of one day are all the last: a panel's results, two diagnoses of one visit.
    if pick.count is None and pick.nth == 1 and not material.topic.is_specific:
        picked = [
            entry
            for entry in pick_entries(material.entries, Pick(order=pick.order, count=MOST_LISTED))
            if entry.on == picked[0].on
        ]
    one = len(picked) == 1
    return make_finding(material, Fact(say="list", order=pick.order.value if one else None, nth=pick.nth if pick.nth > 1 else None, total=len(picked), detail=material.topic.category, about="" if not material.topic.is_specific else material.about), picked)  # fmt: skip


def _values_listed(material: Material) -> list[Finding]:
    if len({entry.display for entry in material.entries}) > 1:
        return [_value_of_each(material, material.ask.pick)]
    pick = material.ask.pick
    picked = pick_entries(material.entries, pick)
    if pick.order is Order.ALL:
        return [make_finding(material, Fact(say="value"), in_order(picked[:MOST_VALUES]))]
    return value(material)


def count(material: Material) -> list[Finding]:
    """How many entries there are."""
    groups = group_entries(material.entries)
    ordered = in_order(material.entries)
    shown = ordered if len(ordered) <= 2 else [ordered[0], ordered[-1]]
    several = not material.topic.is_specific
    return [
        make_finding(material, Fact(say="count", distinct=len(groups) if several or len(groups) > 1 else None, detail="distinct" if material.ask.distinct else material.topic.category, status=material.ask.status.value if material.ask.status else None, reason=_reason(material),), shown)
    ]  # fmt: skip


def exists(material: Material) -> Finding:
    """That something is there, with when and in which state."""
    if material.is_measured and material.topic.is_specific:
        latest = pick_entries(material.entries, Pick(order=Order.LATEST))
        is_text = latest[0].value_text is not None
        return make_finding(material, Fact(say="exists", order="latest", detail="text" if is_text else None), latest)
    groups = group_entries(material.entries, by_status=True)
    groups = groups[: MOST_DATES if material.topic.is_specific else MOST_LISTED]
    language = material.labels.language
    items = [
        attrs.evolve(
            item_for(material, group.newest),
            times=group.times,
            note=particulars_of(group.newest, language)
            if material.topic.is_specific
            else _detail(material, group.newest),
        )
        for group in groups
    ]
    about = material.about or noun_of(material, len(material.entries))
    fact = Fact(
        say="exists",
        distinct=len(group_entries(material.entries, by_status=True)),
        about=about,
        detail="beside" if material.is_beside else None,
    )
    # beside another answer each entry needs its own name
    return make_finding(material, fact, [group.newest for group in groups], items, is_named=not material.is_beside)


def denied(material: Material) -> Finding:
    """That the record says expressly that there is none."""
    latest = pick_entries(material.entries, Pick(order=Order.LATEST))
    return make_finding(material, Fact(say="exists", about=noun_of(material, 2), detail="denied"), latest)


def whether(material: Material) -> list[Finding]:
    """As `exists`, as a report; of what is recorded as not being so (`Not in labor force`), what is recorded."""
    if any(_NOT.search(group.newest.display) for group in group_entries(material.entries)):
        return list_entries(material)
    return [exists(material)]


def when(material: Material) -> list[Finding]:
    """On which days."""
    pick = material.ask.pick
    if material.is_measured and pick.order in (Order.HIGHEST, Order.LOWEST):
        return value(material)
    picked = pick_entries(material.entries, pick)
    if not picked:
        return [absence(material)]
    about = material.about or noun_of(material, 1)
    if pick.order is Order.ALL and len(picked) > 1:
        shown = picked if len(picked) <= MOST_DATES else [*picked[: MOST_DATES - 1], picked[-1]]
        return [make_finding(material, Fact(say="when", about=about), shown)]
    order = pick.order.value if pick.order in (Order.LATEST, Order.FIRST) else None
    if len(picked) == 1 and not material.topic.is_specific:
        about = material.labels.of_display(picked[0].kind, picked[0].display, picked[0].code)
    return [
        make_finding(
            material,
            Fact(say="when", order=order, nth=pick.nth if pick.nth > 1 else None, about=about),
            picked[:MOST_DATES],
        )
    ]


def ended(material: Material) -> list[Finding]:
    """When or why things ended: the record has their end, or only that they are over."""
    if material.is_measured:
        return when(material)
    asks_why = material.ask.operation is Operation.REASON
    newest = [group.newest for group in group_entries(material.entries)][:MOST_DATES]
    known = [entry for entry in newest if entry.until is not None and not asks_why]
    if known:
        return [make_finding(material, Fact(say="status"), [entry]) for entry in known]
    items = [attrs.evolve(item_for(material, entry), note="reason" if asks_why else "date") for entry in newest]
    return [make_finding(material, Fact(say="ended"), newest, items)]


def verification(material: Material) -> list[Finding]:
    """How sure diagnoses are."""
    newest = [group.newest for group in group_entries(material.entries)][:MOST_DATES]
    items = [attrs.evolve(item_for(material, entry), status=entry.verification) for entry in newest]
    return [make_finding(material, Fact(say="verification"), newest, items)]


def status(material: Material) -> list[Finding]:
    """Whether something goes on."""
    groups = group_entries(material.entries)
    latest = [
        most_telling([entry for entry in material.entries if entry.display == group.newest.display]) for group in groups
    ]
    return [
        make_finding(material, Fact(say="status", about=material.labels.of_display(entry.kind, entry.display, entry.code)), [entry])
        for entry in latest[:3]
    ]  # fmt: skip


def most_telling(entries: Sequence[Entry]) -> Entry:
    """Of entries of one name, the latest that goes on, else the latest."""
    return next(
        (
            entry
            for entry in pick_entries(entries, Pick(order=Order.LATEST, count=len(entries)))
            if entry.status == "active"
        ),
        entries[0],
    )
