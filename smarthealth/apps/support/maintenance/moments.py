"""Days and hours as people say them, in Spanish and English: `tomorrow at 10`, `el viernes a las 3 de la tarde`, `the 12th`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Final

import attrs

from smarthealth.apps.support.folding import plain_text

from .workshop import PartOfDay


def _numbered(names: str) -> dict[str, int]:
    return {name: number for number, name in enumerate(names.split())}


_WEEKDAYS: Final[Mapping[str, int]] = {
    **_numbered("monday tuesday wednesday thursday friday saturday sunday"),
    **_numbered("lunes martes miercoles jueves viernes sabado domingo"),
    **_numbered("mon tue wed thu fri sat sun"),
}
_MONTHS: Final[Mapping[str, int]] = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for number, name in enumerate(names.split(), start=1)
}
_NUMBERS: Final[Mapping[str, int]] = {
    name: number
    for names in (
        "one two three four five six seven eight nine ten eleven twelve",
        "una dos tres cuatro cinco seis siete ocho nueve diez once doce",
    )
    for number, name in enumerate(names.split(), start=1)
}
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WORDED: Final = "|".join(_NUMBERS)
_ISO: Final = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_DAY_MONTH: Final = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:de\s+|of\s+)?({_MONTH})\b")
_MONTH_DAY: Final = re.compile(rf"\b({_MONTH})\s+(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|th)?\b")
_SLASHED: Final = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(?:20)?\d\d)?\b")
_NTH: Final = re.compile(
    r"\b(?:the (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)|(?:el|dia|para el) (\d{1,2}))\b(?!\s*(?::|h\b|am|pm|km))"
)
_IN_DAYS: Final = re.compile(rf"\b(?:in|en|dentro de) (\d{{1,2}}|{_WORDED}) (?:days|dias)\b")
_WEEKDAY: Final = re.compile(
    rf"\b(next |proximo |el proximo |este |this )?({'|'.join(_WEEKDAYS)})s?\b( (?:next week|de la (?:otra|proxima) semana|que viene))?"
)
_CLOCK: Final = re.compile(
    r"\b(\d{1,2})(?:[:.h](\d\d))?\s*(am|pm|a\.m\.?|p\.m\.?|de la manana|de la tarde|in the morning|in the afternoon|o'clock|en punto|h|hrs?|horas)(?!\w)"
    r"|\b(\d{1,2})[:.](\d\d)\b"
    rf"|\b(?:at|a la|a las|around|by|sobre las) (\d{{1,2}}|{_WORDED})(?: y (media|cuarto))?(?!\d|[:.,/]\d|\s*(?:am|pm|a\.m|p\.m)\b)\b"
    rf"|\b(half past) (\d{{1,2}}|{_WORDED})\b"
)
_NOON: Final = re.compile(r"\b(?:noon|midday|mediodia)\b")
_MORNING: Final = re.compile(r"\b(?:morning|(?:en|por|de) la manana|before noon|antes de mediodia|temprano)\b")
_AFTERNOON: Final = re.compile(
    r"\b(?:afternoon|(?:en|por|de) la tarde|after lunch|despues de(?:l)? almuerzo|evening)\b"
)
EARLIEST_PLAIN: Final = 7
"""Hours below this, said without am or pm, are of the afternoon: nobody comes at three in the night."""


@attrs.frozen(kw_only=True)
class Moment:
    """What was said of when; each part may be missing."""

    day: date | None = None
    last_day: date | None = None
    """Where a span of days was said, its end."""
    at: time | None = None
    part: PartOfDay = "any"


def read_moment(text: str, today: date) -> Moment:
    """Read when something is to be."""
    plain = plain_text(text)
    at, rest = _time_in(plain)
    day, last_day = _day_in(rest, today)
    part: PartOfDay = "any"
    if _AFTERNOON.search(plain):
        part = "afternoon"
    elif _MORNING.search(plain):
        part = "morning"
    return Moment(day=day, last_day=last_day, at=at, part=part)


def _time_in(plain: str) -> tuple[time | None, str]:
    """The hour that is said, and the text without it."""
    for match in _CLOCK.finditer(plain):
        at = _clock(match, plain)
        if at is not None:
            # the words about the part of the day stay, those of the hour go, lest it be taken for a day
            return at, plain[: match.start()] + " " + plain[match.end() :]
    if _NOON.search(plain):
        return time(12), plain
    return None, plain


def _clock(match: re.Match[str], plain: str) -> time | None:
    said, minutes, mark, plain_hour, plain_minutes, worded, share, half, half_hour = match.groups()
    hour = _number(said or plain_hour or worded or half_hour)
    minute = int(minutes or plain_minutes or 0)
    if share is not None:
        minute = 30 if share == "media" else 15
    if half is not None:
        minute = 30
    if hour > 23 or minute > 59:
        return None
    mark = mark or ""
    late = (
        mark.startswith("p")
        or "tarde" in mark
        or "afternoon" in mark
        or (not mark and _AFTERNOON.search(plain) is not None)
    )
    early = mark.startswith("a") or "manana" in mark or "morning" in mark
    if late and hour < 12:
        hour += 12
    elif early and hour == 12:
        hour = 0
    elif not early and not late and 0 < hour < EARLIEST_PLAIN and mark not in ("h", "hr", "hrs", "horas"):
        hour += 12
    return time(hour, minute)


def _day_in(plain: str, today: date) -> tuple[date | None, date | None]:
    iso = _ISO.search(plain)
    if iso is not None:
        return _date(int(iso[1]), int(iso[2]), int(iso[3])), None
    for pattern, day_group, month_group in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        found = pattern.search(plain)
        if found is not None:
            return _coming(today, _MONTHS[found[month_group]], int(found[day_group])), None
    slashed = _SLASHED.search(plain)
    if slashed is not None:
        return _coming(today, int(slashed[2]), int(slashed[1])), None
    relative = _relative(plain, today)
    if relative is not None:
        return relative
    nth = _NTH.search(plain)
    if nth is not None:
        return _nth(today, int(nth[1] or nth[2] or nth[3])), None
    return None, None


def _relative(plain: str, today: date) -> tuple[date | None, date | None] | None:
    if re.search(r"\b(?:day after tomorrow|pasado manana)\b", plain):
        return today + timedelta(days=2), None
    weekday = _WEEKDAY.search(plain)
    if weekday is not None:
        ahead = (_WEEKDAYS[weekday[2]] - today.weekday()) % 7 or 7
        if weekday[3] is not None:
            ahead = 7 - today.weekday() + _WEEKDAYS[weekday[2]]
        return today + timedelta(days=ahead), None
    days = _IN_DAYS.search(plain)
    if days is not None:
        return today + timedelta(days=_number(days[1])), None
    if re.search(r"\b(?:tomorrow)\b", plain) or _is_tomorrow(plain):
        return today + timedelta(days=1), None
    if re.search(r"\b(?:today|hoy|this afternoon|esta tarde)\b", plain):
        return today, None
    monday = today + timedelta(days=7 - today.weekday())
    if re.search(r"\b(?:next week|(?:la )?(?:proxima|otra) semana|semana (?:entrante|que viene))\b", plain):
        return monday, monday + timedelta(days=6)
    if re.search(r"\b(?:this week|esta semana)\b", plain):
        return today, monday - timedelta(days=1)
    return None


def _is_tomorrow(plain: str) -> bool:
    """`mañana` is tomorrow, `la mañana` is the morning."""
    return re.search(r"(?<!la )(?<!the )\bmanana\b", plain) is not None


def _number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(today: date, month: int, day: int) -> date | None:
    """That day of this year, or of the next one if it is over."""
    found = _date(today.year, month, day)
    return found if found is None or found >= today else _date(today.year + 1, month, day)


def _nth(today: date, day: int) -> date | None:
    """That day of this month, or of the next one if it is over."""
    found = _date(today.year, today.month, day)
    if found is not None and found >= today:
        return found
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _date(following.year, following.month, day)
