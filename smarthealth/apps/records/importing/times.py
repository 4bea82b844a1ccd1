"""FHIR dates: what is written, how much of it, and the instant it stands for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Literal

import attrs

from .errors import Malformed
from .nodes import Node, node, text

Precision = Literal["year", "month", "day", "instant"]

# https://hl7.org/fhir/R4/datatypes.html#dateTime; seconds are demanded with a time, and so is a zone
_DATE_TIME: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII
)


@attrs.frozen
class Moment:
    """A point in time as a record gives it."""

    day: date
    """The day as written, whatever its time zone; the first one where only a year or a month is written."""
    at: datetime
    """The instant in UTC; midnight UTC of `day` where no time is written."""
    precision: Precision
    clock: str | None = None
    """HH:MM as written, whatever its time zone; None where no time is written."""


def parse_moment(written: str) -> Moment:
    """Read a FHIR `date`, `dateTime` or `instant`.

    Raises:
        Malformed: It is none.
    """
    match = _DATE_TIME.fullmatch(written)
    if match is None:
        raise Malformed("not a FHIR date")
    year, month, day, *clock = match.groups()
    try:
        written_day = date(int(year), int(month or 1), int(day or 1))
        if clock[0] is None:
            precision: Precision = "day" if day else "month" if month else "year"
            return Moment(
                written_day, datetime(written_day.year, written_day.month, written_day.day, tzinfo=UTC), precision
            )
        return Moment(written_day, _instant(written_day, *clock), "instant", f"{clock[0]}:{clock[1]}")
    except (ValueError, OverflowError):
        raise Malformed("no such date") from None


def _instant(day: date, hour: str, minute: str, second: str, fraction: str | None, zone: str) -> datetime:
    leap = second == "60"
    written = datetime(
        day.year,
        day.month,
        day.day,
        int(hour),
        int(minute),
        # Python has no leap seconds
        59 if leap else int(second),
        int((fraction or "")[:6].ljust(6, "0")),
        tzinfo=UTC if zone == "Z" else _offset(zone),
    )
    return written.astimezone(UTC)


def _offset(zone: str) -> timezone:
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    return timezone(-size if zone[0] == "-" else size)


def moment(parent: Node, name: str) -> Moment | None:
    """A date element.

    Raises:
        Malformed: It is no date.
    """
    written = text(parent, name)
    if written is None:
        return None
    try:
        return parse_moment(written)
    except Malformed as error:
        raise Malformed(f"{name}: {error.reason}") from None


@attrs.frozen
class Span:
    """When something began and ended, as far as is known."""

    start: Moment | None = None
    end: Moment | None = None


def span(parent: Node, name: str) -> Span:
    """A `name[x]` element that is a date or a period; other choices of its type say no time."""
    period = node(parent, f"{name}Period")
    if period is not None:
        return Span(moment(period, "start"), moment(period, "end"))
    return Span(moment(parent, f"{name}DateTime"))


def period(parent: Node, name: str) -> Span:
    """An element that is a period."""
    found = node(parent, name)
    return Span() if found is None else Span(moment(found, "start"), moment(found, "end"))
