"""Questions that lean on another, turn on one prescription, read a note, or rest on what is not so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from .cases import Expected, Kind
from .chart import Chart, Entry, Note

MOST_VALUES: Final = 8
"""Values of one year; of more an answer shows a part."""
_HEADING: Final = re.compile(r"^#+ *(?:Chief Complaint|Motivo de consulta)\s*$", re.IGNORECASE)
_INLINE: Final = re.compile(r"^\s*(?:Chief Complaint|Motivo de consulta):\s*([^.]+)", re.IGNORECASE | re.MULTILINE)
_WORD: Final = re.compile(r"[a-z]{5,}")
_TELLS_LITTLE: Final = frozenset(
    [
        "disorder",
        "finding",
        "procedure",
        "situation",
        "patient",
        "acute",
        "chronic",
        "therapy",
        "treatment",
        "history",
        "removal",
        "closed",
        "injury",
        "tablet",
        "oral",
        "injection",
        "volume",
        "blood",
        "serum",
        "plasma",
        "capsule",
        "solution",
        "extended",
        "release",
    ]
)
"""Words of many names, by which two things are not alike."""


@attrs.frozen(kw_only=True)
class Draft:
    """A question before it is put into words: its kind, the phrases to choose from, their slots and what is right."""

    kind: Kind
    phrases: str
    slots: Mapping[str, str | Entry]
    """What the phrases are about; entries are called by their name in the question's language."""
    expected: Expected


def about_measurements(series: Sequence[Entry]) -> Iterator[Draft]:
    """The value before the last, whether it rose or fell, and what is asked next about one measurement."""
    measured = [(entry.day, entry.value) for entry in series if entry.value is not None and entry.day]
    if len({day for day, _ in measured}) < len(measured) or len(measured) < 2:
        return  # of two values of one day nobody can say which was the last
    asked = {"x": series[-1]}
    (first_day, first), (before_day, before), (last_day, last) = measured[0], measured[-2], measured[-1]
    previous = Expected(numbers=(before,), source_days=(before_day,))
    yield Draft(kind="previous", phrases="previous", slots=asked, expected=previous)
    yield Draft(kind="follow-up", phrases="then the one before", slots=asked, expected=previous)
    if first != last:
        for phrases, rises in (("rose", True), ("fell", False)):
            expected = Expected(
                numbers=(first, last), affirmed=(last > first) is rises, source_days=(first_day, last_day)
            )
            yield Draft(kind="direction", phrases=phrases, slots=asked, expected=expected)
    yield from _of_a_year(series[-1], measured)


def _of_a_year(asked: Entry, measured: Sequence[tuple[str, float]]) -> Iterator[Draft]:
    by_year: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for day, value in measured:
        by_year[day[:4]].append((value, day))
    ever, ever_day = max((value, day) for day, value in measured)
    for year, values in by_year.items():
        if 1 < len(values) <= MOST_VALUES:
            highest, day = max(values)
            slots: dict[str, str | Entry] = {"x": asked, "year": year}
            of_year = Expected(numbers=(highest,), source_days=(day,))
            yield Draft(kind="follow-up", phrases="then the highest", slots=slots, expected=of_year)
            of_all = Expected(numbers=(ever,), source_days=(ever_day,))
            yield Draft(kind="follow-up", phrases="then the highest of all", slots=slots, expected=of_all)


def about_another(one: Sequence[Entry], other: Sequence[Entry]) -> Iterator[Draft]:
    """The latest value of one measurement, then of another."""
    measured = [entry for entry in other if entry.value is not None and entry.day]
    if measured and measured[-1].value is not None:
        last = measured[-1]
        expected = Expected(numbers=(measured[-1].value,), source_days=(last.day,))
        yield Draft(kind="follow-up", phrases="then another", slots={"x": one[-1], "y": other[-1]}, expected=expected)


def about_prescriptions(series: Sequence[Entry], names: Mapping[str, tuple[str, ...]]) -> Iterator[Draft]:
    """How a medicine is taken and what for, where it was prescribed once.

    Args:
        series: Prescriptions of one medicine.
        names: Every name of the record's diseases, by the one that the record gives.
    """
    if len(series) != 1:
        return
    (only,) = series
    days = (only.day,) if only.day else ()
    if only.dose:
        expected = Expected(names=((only.dose,),), source_days=days)
        yield Draft(kind="dose", phrases="dose", slots={"x": only}, expected=expected)
    if only.reasons:
        named = tuple(names.get(reason, (reason,)) for reason in only.reasons)
        yield Draft(
            kind="reason", phrases="reason", slots={"x": only}, expected=Expected(names=named, source_days=days)
        )


def about_notes(notes: Sequence[Note]) -> Iterator[Draft]:
    """The complaint that the only note of a day gives."""
    of_day: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        of_day[note.day].append(note)
    for day, written in of_day.items():
        complaint = _complaint(written[0].text) if len(written) == 1 else ()
        if complaint:
            expected = Expected(names=tuple((line,) for line in complaint), source_days=(day,))
            yield Draft(kind="note", phrases="note", slots={"x": day}, expected=expected)


def _complaint(text: str) -> tuple[str, ...]:
    """The lines under the heading of the complaint."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            inside = _HEADING.match(line.strip()) is not None
        elif inside and line.strip(" -*•\t."):
            found.append(line.strip(" -*•\t."))
    inline = _INLINE.search(text)
    return tuple(found) or ((inline[1].strip(),) if inline else ())


def about_the_person(chart: Chart) -> Iterator[Draft]:
    """Birth, sex, city and death, said to be absent where the record is silent."""
    person = chart.person
    for phrases, day in (("birth", person.birth_day), ("death", person.death_day)):
        expected = Expected(days=(day,)) if day else Expected(absent=True)
        yield Draft(kind="person", phrases=phrases, slots={}, expected=expected)
    if person.gender in _SEXES:
        yield Draft(kind="person", phrases="sex", slots={}, expected=Expected(names=(_SEXES[person.gender],)))
    city = Expected(names=((person.city,),)) if person.city else Expected(absent=True)
    yield Draft(kind="person", phrases="city", slots={}, expected=city)


_SEXES: Final = {"male": ("masculino", "sex is male", "a man"), "female": ("femenino", "female", "a woman")}


def about_what_is_not(chart: Chart, elsewhere: Mapping[str, Sequence[Entry]]) -> Iterator[Draft]:
    """Questions that take for granted what only others have.

    Args:
        chart: Who is asked about.
        elsewhere: By kind, what anybody has.
    """
    said = (name for entries in chart.entries.values() for entry in entries for name in (entry.name, *entry.reasons))
    held = {word for name in said for word in telling_words(name)}
    written = " ".join(note.text.casefold() for note in chart.notes)
    codes = {entry.code for entries in chart.entries.values() for entry in entries}
    for kind, entries in elsewhere.items():
        for entry in entries:
            words = telling_words(entry.name)
            if words and not words & held and entry.code not in codes and not any(word in written for word in words):
                expected = Expected(absent=True)
                yield Draft(kind="false premise", phrases=f"no such {kind}", slots={"x": entry}, expected=expected)


def telling_words(name: str) -> frozenset[str]:
    """The words of a name by which it may be like another."""
    return frozenset(_WORD.findall(name.casefold())) - _TELLS_LITTLE
