"""From a chart to questions whose answers are known."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import attrs

from .cases import Case, Expected, Kind, Language
from .chart import Chart, Entry
from .follow import (
    Draft,
    about_another,
    about_measurements,
    about_notes,
    about_prescriptions,
    about_the_person,
    about_what_is_not,
    telling_words,
)
from .follow_phrases import SESSIONS
from .particulars import about_particulars
from .phrases import ABBREVIATIONS, BEYOND_ANY_RECORD, COLLECTIONS, PHRASES

FLAT_SHARE: Final = 0.03
"""A first and a last value closer than this share of the first one are no trend."""
LONGEST_LIST: Final = 12
"""Longer lists make poor questions: nobody wants sixty names in an answer."""
LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")

Namer = Callable[[Entry, Language], Sequence[str]]
"""Every name of an entry in a language, the one to ask with first."""


@attrs.define
class Deriver:
    """Derives cases from charts; the same seed gives the same cases."""

    names: Namer
    seed: int = 0
    _random: random.Random = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def derive(self, charts: Sequence[Chart], *, per_kind: int = 2) -> list[Case]:
        """Cases of every kind for each chart, at most `per_kind` of each kind and chart."""
        elsewhere = _askable(charts)
        anybody = {kind: _named(charts, kind) for kind in ("condition", "medication", "procedure")}
        cases: list[Case] = []
        for chart in charts:
            for make in (self._measured, self._dates, self._lists, self._filters, self._visits, self._history):
                cases.extend(self._some(list(make(chart)), per_kind))
            cases.extend(self._some(list(self._absent(chart, elsewhere)), per_kind))
            cases.extend(self._some([self._said(chart, draft) for draft in self._drafts(chart, anybody)], per_kind))
        return cases

    def _some(self, cases: list[Case], per_kind: int) -> list[Case]:
        self._random.shuffle(cases)
        taken: dict[Kind, int] = defaultdict(int)
        chosen = []
        for case in cases:
            if taken[case.kind] < per_kind:
                taken[case.kind] += 1
                chosen.append(case)
        return chosen

    def _ask(self, chart: Chart, kind: Kind, asked: str | Entry, expected: Expected) -> Case:
        """A case in either language, asked in one of the usual ways."""
        language = self._random.choice(LANGUAGES)
        thing = asked if isinstance(asked, str) else self.names(asked, language)[0]
        question = self._random.choice(PHRASES[kind, language]).format(x=thing)
        return _case(chart, kind, language, question, expected)

    def _drafts(self, chart: Chart, anybody: Mapping[str, Sequence[Entry]]) -> Iterator[Draft]:
        measured = list(_by_code(chart.entries.get("observation", ())).values())
        for series in measured:
            yield from about_measurements(series)
        for one, other in pairwise(measured):
            yield from about_another(one, other)
        diseases = {entry.name: self._every_name(entry) for entry in chart.entries.get("condition", ())}
        for series in _by_code(chart.entries.get("medication", ())).values():
            yield from about_prescriptions(series, diseases)
        yield from about_notes(chart.notes)
        yield from about_particulars(chart, diseases)
        yield from about_the_person(chart)
        yield from about_what_is_not(chart, anybody)

    def _said(self, chart: Chart, draft: Draft) -> Case:
        """A draft put into the words of one session, in either language."""
        language = self._random.choice(LANGUAGES)
        slots = {
            name: self.names(asked, language)[0] if isinstance(asked, Entry) else asked
            for name, asked in draft.slots.items()
        }
        *earlier, question = (said.format_map(slots) for said in self._random.choice(SESSIONS[draft.phrases, language]))
        case = _case(chart, draft.kind, language, question, draft.expected)
        return attrs.evolve(case, earlier=tuple(earlier))

    def _every_name(self, entry: Entry) -> tuple[str, ...]:
        return tuple(dict.fromkeys([entry.name, *self.names(entry, "es"), *self.names(entry, "en")]))

    def _measured(self, chart: Chart) -> Iterator[Case]:
        for series in _by_code(chart.entries.get("observation", ())).values():
            measured = [(entry.day, entry.value) for entry in series if entry.value is not None]
            if not measured:
                continue
            days = _known(day for day, _ in measured)
            asked, (last_day, last) = series[-1], measured[-1]
            latest = Expected(numbers=(last,), source_days=_known([last_day]))
            yield self._ask(chart, "latest", asked, latest)
            for short in ABBREVIATIONS.get(asked.code or "", ()):
                yield self._ask(chart, "abbreviation", short, latest)
            if len(measured) > 1:
                counted = Expected(numbers=(float(len(measured)),), source_days=days)
                yield self._ask(chart, "count", asked, counted)
            if "" < measured[0][0] < last_day:
                yield self._ask(chart, "trend", asked, _trend(measured))

    def _dates(self, chart: Chart) -> Iterator[Case]:
        for series in _by_code(chart.entries.get("condition", ())).values():
            first = series[0]
            if first.day:
                yield self._ask(chart, "date", first, Expected(days=(first.day,), source_days=(first.day,)))

    def _lists(self, chart: Chart) -> Iterator[Case]:
        for kind in ("medication", "condition", "procedure", "allergy"):
            series = _by_code(chart.entries.get(kind, ()))
            if not 0 < len(series) <= LONGEST_LIST:
                continue
            names = tuple(self._every_name(entries[0]) for entries in series.values())
            days = _known(entry.day for entries in series.values() for entry in entries)
            language = self._random.choice(LANGUAGES)
            thing = self._random.choice(COLLECTIONS[kind, language])
            question = self._random.choice(PHRASES["list", language]).format(x=thing)
            expected = Expected(names=names, names_wanted=-(-len(names) * 4 // 5), source_days=days)
            yield _case(chart, "list", language, question, expected)

    def _filters(self, chart: Chart) -> Iterator[Case]:
        given = chart.entries.get("immunization", ())
        ever = _by_code(given)
        for year in sorted({entry.day[:4] for entry in given if entry.day}):
            inside = _by_code(entry for entry in given if entry.day[:4] == year)
            expected = Expected(
                names=tuple(self._every_name(entries[0]) for entries in inside.values()),
                forbidden=tuple(entries[0].name for code, entries in ever.items() if code not in inside),
                source_days=_known(entry.day for entries in inside.values() for entry in entries),
            )
            yield self._ask(chart, "filter", year, expected)

    def _visits(self, chart: Chart) -> Iterator[Case]:
        by_day: dict[str, list[Entry]] = defaultdict(list)
        for entry in chart.entries.get("encounter", ()):
            if entry.day:
                by_day[entry.day].append(entry)
        for day, visits in by_day.items():
            people = {name for visit in visits for name in visit.attended_by}
            if len(people) == 1:
                yield self._ask(chart, "who", day, Expected(names=(_called(*people),), source_days=(day,)))

    def _history(self, chart: Chart) -> Iterator[Case]:
        for series in _by_code(chart.entries.get("condition", ())).values():
            days = _known(entry.day for entry in series)
            expected = Expected(days=days if len(days) == 1 else (), source_days=days)
            yield self._ask(chart, "status", series[0], expected)

    def _absent(self, chart: Chart, elsewhere: Sequence[Entry]) -> Iterator[Case]:
        everything = [entry for entries in chart.entries.values() for entry in entries]
        names, codes = {entry.name for entry in everything}, {entry.code for entry in everything if entry.code}
        written = " ".join(note.text.casefold() for note in chart.notes)
        missing = Expected(absent=True)
        for entry in elsewhere:
            words = telling_words(entry.name)
            if any(word in written for word in words):
                continue  # a note may tell of it
            is_part = any(words and words <= telling_words(name) for name in names)
            if entry.name not in names and entry.code not in codes and not is_part:
                yield self._ask(chart, "unanswerable", entry, missing)
        for language in LANGUAGES:
            question = self._random.choice(BEYOND_ANY_RECORD[language])
            yield _case(chart, "unanswerable", language, question, missing)


def _case(chart: Chart, kind: Kind, language: Language, question: str, expected: Expected) -> Case:
    return Case(
        kind=kind,
        language=language,
        document_type=chart.document_type,
        document_number=chart.document_number,
        question=question,
        expected=expected,
    )


def _named(charts: Sequence[Chart], kind: str) -> list[Entry]:
    """Things of one kind of anybody, one of each name."""
    by_name = {entry.name: entry for chart in charts for entry in chart.entries.get(kind, ()) if entry.name}
    return [by_name[name] for name in sorted(by_name)]


def _askable(charts: Sequence[Chart]) -> list[Entry]:
    """Conditions and measurements of anybody, one of each name: what may be asked of a patient who lacks it."""
    kinds = ("condition", "observation")
    found = (entry for chart in charts for kind in kinds for entry in chart.entries.get(kind, ()))
    by_name = {entry.name: entry for entry in found if entry.name}
    return [by_name[name] for name in sorted(by_name)]


def _by_code(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    series: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.name:
            series[entry.code or entry.name].append(entry)
    return series


def _known(days: Iterable[str]) -> tuple[str, ...]:
    return tuple(day for day in days if day)


def _called(name: str) -> tuple[str, ...]:
    """A person's names to answer with: the whole one, and the family name without the digits that generated data has."""
    family = "".join(letter for letter in name.split()[-1] if not letter.isdigit())
    return (name, family) if family else (name,)


def _trend(measured: Sequence[tuple[str, float]]) -> Expected:
    (first_day, first), (last_day, last) = measured[0], measured[-1]
    change = last - first
    flat = abs(change) <= FLAT_SHARE * abs(first)
    return Expected(
        numbers=(first, last),
        direction="flat" if flat else "up" if change > 0 else "down",
        source_days=_known((first_day, last_day)),
    )
