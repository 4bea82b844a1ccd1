"""Facts as they stand in a prompt: what the look-ups found, computed and tied to numbered sources.

A fact is one line of JSON, so that a language model can read it and the offline composer can parse it. Quotes and line
breaks inside a text are escaped by JSON itself: no text of a record can pose as a line of the prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import attrs
import msgspec

Say = Literal[
    "value", "list", "count", "exists", "when", "who", "where", "dose", "reason", "status", "trend", "change", "compare", "sequence", "average",
    "normal", "duration", "interval", "age_at", "note", "person", "summary", "absent", "refusal", "mentioned",
    "void", "verification", "family", "ended", "told", "lacking",
]  # fmt: skip
"""What a fact says; the composer has one way of putting each."""


@attrs.frozen(kw_only=True)
class Item:
    """One entry that a fact speaks of."""

    n: int | None = None
    """Number of its source."""
    name: str = ""
    on: date | None = None
    until: date | None = None
    value: str | None = None
    """With its unit, as it is to be read."""
    status: str | None = None
    note: str | None = None
    """What is asked of it: a dose, a reason, a place, a quotation."""
    people: tuple[str, ...] = ()
    times: int = 1
    """How many entries of the record it stands for."""


@attrs.frozen(kw_only=True)
class Fact:
    """One thing that the record says, or does not hold."""

    say: Say
    about: str = ""
    """What it is about, in the question's language and as the record has it."""
    kind: str | None = None
    order: str | None = None
    """Which entries were picked: latest, first, highest, lowest."""
    nth: int | None = None
    period: str | None = None
    """The time it is limited to, in the question's language."""
    reason: str | None = None
    """What the entries were given or done for, when that was asked."""
    status: str | None = None
    """The state it is limited to: `active` or `ended`."""
    items: tuple[Item, ...] = ()
    total: int | None = None
    """How many entries there are, more perhaps than are shown."""
    distinct: int | None = None
    """How many different things they are."""
    number: float | None = None
    """A computed number: a mean, a difference, an age, days."""
    unit: str | None = None
    toward: str | None = None
    """Which way it was asked to have gone: `up` or `down`."""
    detail: str | None = None
    """Narrower: a direction, a field of the patient, a reason of refusal."""


_DEFAULTS: Mapping[type, Mapping[str, object]] = {
    kind: {field.name: field.default for field in attrs.fields(kind)} for kind in (Fact, Item)
}
_FACT = msgspec.json.Decoder(Fact)


def write_fact(fact: Fact) -> str:
    """One line of JSON; what has no value is left out."""
    return _compact({"items": [_item(item) for item in fact.items], **_plain(fact, "items")})


def _item(item: Item) -> dict[str, object]:
    return _plain(item)


def _plain(thing: Fact | Item, *but: str) -> dict[str, object]:
    return {
        name: value
        for name, default in _DEFAULTS[type(thing)].items()
        if (value := getattr(thing, name)) != default and name not in but
    }


def _compact(content: dict[str, object]) -> str:
    return msgspec.json.encode({name: value for name, value in content.items() if value not in ((), [])}).decode()


def read_fact(line: str) -> Fact:
    """Read a line that `write_fact` wrote.

    Raises:
        msgspec.DecodeError: It is no such line.
    """
    return _FACT.decode(line)
