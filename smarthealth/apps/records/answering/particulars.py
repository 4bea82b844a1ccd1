"""Reports of what is asked of single entries: who attended, where, what dose, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from smarthealth.apps.records.understanding.question import Order, Pick

from .entries import Entry
from .facts import Fact, Item, Say
from .findings import Finding
from .lines import labelled
from .listing import MOST_DATES, MOST_LISTED
from .material import Material, absence, item_for, make_finding, noun_of
from .picking import group_entries, in_order, pick_entries


def asked_of(say: Say, note: Callable[[Entry], str | None]) -> Callable[[Material], list[Finding]]:
    """Make a report of something that single entries say."""

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
            picked = [entry if entry in known else _telling(entry, known) for entry in picked]
            if say == "dose" and any(entry in known for entry in picked):
                picked = [entry for entry in picked if entry in known or entry.status == "active"]
        else:
            picked = pick_entries(entries, pick)
        items = [
            attrs.evolve(
                item_for(material, entry), note=note(entry), people=_who(entry) if say == "who" else (), status=None
            )
            for entry in picked
        ]
        return (
            [make_finding(material, Fact(say=say, about=material.about or noun_of(material, 1)), picked, items)]
            if picked
            else [absence(material)]
        )

    return of_entries


def _who(entry: Entry) -> tuple[str, ...]:
    """Who did it; of what is measured or reported, else the laboratory."""
    measured = entry.kind in ("observation", "report") and entry.place is not None
    return entry.people or ((entry.place or "",) if measured else ())


def _telling(entry: Entry, known: Sequence[Entry]) -> Entry:
    """The newest entry of the same name that tells what is asked; the entry itself when none does."""
    return next((other for other in known if other.display == entry.display), entry)


def _newest_day(entries: Sequence[Entry]) -> list[Entry]:
    newest = pick_entries(entries, Pick(order=Order.LATEST, count=len(entries)))
    return newest[:MOST_DATES]


def attendance(say: Say) -> Callable[[Material], list[Finding]]:
    """Make a report of who attended, or where; over many entries each is named once."""
    single = asked_of(say, _place_of)

    def of_entries(material: Material) -> list[Finding]:
        if material.ask.pick.order is not Order.ALL or len(material.entries) <= 3:
            return single(material)
        return [_by_attendant(material, say)]

    return of_entries


def _place_of(entry: Entry) -> str | None:
    """Where it was; of a stay also where the patient went from there; of what has no place, where on the body."""
    if entry.kind == "medication" and entry.dosage:
        return entry.dosage
    went = entry.value_text if entry.kind == "encounter" else None
    room = labelled(entry, "Location")
    return "; ".join(filter(None, (entry.place, room, went))) or labelled(entry, "Body site", "Site")


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
        return asked_of(say, lambda entry: None)(material)[0]
    detail = "people" if say == "who" else "places"
    return make_finding(
        material,
        Fact(say="list", total=len(last), distinct=len(last), detail=detail),
        [last[name] for name in names],
        items,
        is_named=False,
    )
