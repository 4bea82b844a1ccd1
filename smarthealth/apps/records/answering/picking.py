"""Picking the entries that are meant: the last, the second, the highest; and putting like ones together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import Order, Pick, Threshold
from smarthealth.retrieval.senses import is_meant, roots_of
from smarthealth.retrieval.words import folded_words

from .entries import Entry


def main_value(entry: Entry) -> float | None:
    """The number by which entries are compared: the value, or of blood pressure the systolic one."""
    if entry.value is not None:
        return entry.value
    measured = [part for part in entry.parts if part.value is not None]
    if not measured:
        return None
    return next((part.value for part in measured if "systolic" in part.display.lower()), measured[0].value)


def has_number(entry: Entry) -> bool:
    """Whether entries like this one can be compared by a number."""
    return main_value(entry) is not None


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Oldest first; undated ones at the beginning, entries of one day as they were given, newest first, turned round."""
    newest_last = list(entries)[::-1]
    return sorted(newest_last, key=lambda entry: entry.on or date.min)


def pick_entries(entries: Sequence[Entry], pick: Pick) -> list[Entry]:
    """The entries that a pick means, in its order.

    Args:
        entries: Newest first.
        pick: Which of them.
    """
    ordered = _ORDERS[pick.order](entries)
    if pick.order is Order.ALL:
        return ordered
    if pick.count is not None:
        return ordered[: pick.count]
    return ordered[pick.nth - 1 : pick.nth]


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    return list(reversed(in_order(entries)))


def _highest(entries: Sequence[Entry]) -> list[Entry]:
    return sorted((entry for entry in entries if main_value(entry) is not None), key=lambda entry: -_value(entry))


def _lowest(entries: Sequence[Entry]) -> list[Entry]:
    return sorted((entry for entry in entries if main_value(entry) is not None), key=_value)


def _value(entry: Entry) -> float:
    return main_value(entry) or 0.0


def _frequent(entries: Sequence[Entry]) -> list[Entry]:
    return [group.newest for group in sorted(group_entries(entries), key=lambda group: -group.times)]


_ORDERS: Mapping[Order, Callable[[Sequence[Entry]], list[Entry]]] = {
    Order.ALL: _newest,
    Order.LATEST: _newest,
    Order.FIRST: in_order,
    Order.HIGHEST: _highest,
    Order.LOWEST: _lowest,
    Order.FREQUENT: _frequent,
}


@attrs.frozen
class Group:
    """Entries of one name and state."""

    newest: Entry
    oldest: Entry
    times: int


def group_entries(entries: Sequence[Entry], *, by_status: bool = False) -> list[Group]:
    """Put entries of one name together, in the order of their newest ones."""
    groups: dict[tuple[str, str, str | None], list[Entry]] = {}
    for entry in _newest(entries):
        groups.setdefault((entry.kind, entry.display, entry.status if by_status else None), []).append(entry)
    return [Group(found[0], found[-1], len(found)) for found in groups.values()]


def of_the_value(entries: Sequence[Entry], text: str) -> tuple[Entry, ...]:
    """The entries whose recorded words are those that a text names (`former smoker`); all where it names none of them."""
    values = {entry.value_text for entry in entries if entry.value_text is not None}
    if len(values) < 2 or any(entry.value_text is None for entry in entries):
        return tuple(entries)
    roots = {value: roots_of(value) for value in values}
    held = {word: {value for value in values if is_meant(word, roots[value])} for word in folded_words(text)}
    telling = [found for found in held.values() if found and found != values]
    named = set.intersection(*telling) if telling else values
    return tuple(entry for entry in entries if entry.value_text in named) or tuple(entries)


def beyond(entries: Sequence[Entry], threshold: Threshold) -> list[Entry]:
    """The entries whose value lies on the far side of a threshold."""
    return [
        entry
        for entry in entries
        if (value := main_value(entry)) is not None
        and (value > threshold.value if threshold.above else value < threshold.value)
    ]
