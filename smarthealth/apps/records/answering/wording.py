"""Dates, numbers, units and enumerations as they are written in an answer, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from smarthealth.apps.records.understanding.question import Language

_MONTHS: Mapping[Language, str] = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "en": "January February March April May June July August September October November December",
}

_UNITS: Mapping[str, str] = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "{score}": "",
    "{T-score}": "",
    "{#}": "",
    "1": "",
    "{nominal}": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m2",
    "[ft_i]": "ft",
    "[in_i]": "in",
}
"""Units of UCUM that people write differently."""

_DAYS_OF_YEAR, _DAYS_OF_MONTH = 365.25, 30.4375


def write_date(day: date, language: Language) -> str:
    """A date in words, with its ISO form: it can be read aloud and cannot be mistaken."""
    month = _month(day, language)
    if language == "es":
        return f"{day.day} de {month} de {day.year} ({day.isoformat()})"
    return f"{month} {day.day}, {day.year} ({day.isoformat()})"


def _month(day: date, language: Language) -> str:
    return _MONTHS[language].split()[day.month - 1]


def write_number(value: float) -> str:
    """A number with two decimals at most: as exact as any instrument behind it, and no longer than it need be."""
    text = f"{value:.2f}"
    if text in ("0.00", "-0.00") and value:
        return f"{value:.3g}"
    shorter = text.rstrip("0").rstrip(".")
    # rounded to a whole number, it says so: 2.997 is 3.0, and 3 is 3
    return shorter if "." in shorter or value == round(value) else f"{shorter}.0"


def write_unit(unit: str | None) -> str:
    """A unit as people write it."""
    return _UNITS.get(unit or "", unit or "")


def write_quantity(value: float, unit: str | None) -> str:
    """A number with its unit."""
    written = write_unit(unit)
    number = write_number(value)
    if written == "%":
        return f"{number} %"
    return f"{number} {written}".strip()


_AND: Mapping[Language, str] = {"es": "y", "en": "and"}


def enumerate_texts(texts: Sequence[str], language: Language, separator: str = ", ") -> str:
    """`a`, `a y b`, `a, b y c`."""
    if len(texts) < 2:
        return "".join(texts)
    conjunction = _AND[language]
    if language == "es" and texts[-1][:1].lower() in "ií" and not texts[-1].lower().startswith("ie"):
        conjunction = "e"
    return f"{separator.join(texts[:-1])} {conjunction} {texts[-1]}"


_SPAN_UNITS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "es": (("año", "años"), ("mes", "meses"), ("día", "días")),
    "en": (("year", "years"), ("month", "months"), ("day", "days")),
}


def write_span(since: date, until: date, language: Language) -> str:
    """The time between two days: in days, and from two months on in years and months as well."""
    days = abs((until - since).days)
    units = _SPAN_UNITS[language]
    in_days = _counted(days, units[2])
    months = _whole_months(min(since, until), max(since, until))
    if months < 2:
        return in_days
    years, rest = divmod(months, 12)
    parts = [_counted(number, unit) for number, unit in ((years, units[0]), (rest, units[1])) if number]
    return f"{enumerate_texts(parts, language)} ({in_days})"


def _whole_months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)


def _counted(number: int, unit: tuple[str, str]) -> str:
    return f"{number} {unit[number != 1]}"


def write_period(since: date | None, until: date | None, language: Language) -> str | None:
    """A time range in words: `en 2015`, `desde el 3 de marzo de 2015`."""
    if since is None and until is None:
        return None
    spanish = language == "es"
    if since is not None and until is not None:
        return _within(since, until, language)
    if until is None and since is not None:
        if (since.month, since.day) == (1, 1):
            return f"desde {since.year}" if spanish else f"since {since.year}"
        return f"desde el {write_date(since, language)}" if spanish else f"since {write_date(since, language)}"
    assert until is not None
    if (until.month, until.day) == (12, 31):
        return f"antes de {until.year + 1}" if spanish else f"before {until.year + 1}"
    return f"hasta el {write_date(until, language)}" if spanish else f"up to {write_date(until, language)}"


def _within(since: date, until: date, language: Language) -> str:
    spanish = language == "es"
    if since == until:
        return f"el {write_date(since, language)}" if spanish else f"on {write_date(since, language)}"
    whole_years = (since.month, since.day, until.month, until.day) == (1, 1, 12, 31)
    if whole_years and since.year == until.year:
        return f"en {since.year}" if spanish else f"in {since.year}"
    if whole_years:
        return f"entre {since.year} y {until.year}" if spanish else f"between {since.year} and {until.year}"
    if since.day == 1 and (until.year, until.month) == (since.year, since.month) and until.day >= 28:
        month = _month(since, language)
        return f"en {month} de {since.year}" if spanish else f"in {month} {since.year}"
    first, last = write_date(since, language), write_date(until, language)
    return f"entre el {first} y el {last}" if spanish else f"between {first} and {last}"
