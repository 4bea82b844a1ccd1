"""From a chart to questions whose answers are known."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from .cases import Case, Expected, Kind, Language
from .chart import Chart, Entry
from .phrases import ABBREVIATIONS, BEYOND_ANY_RECORD, COLLECTIONS, PHRASES

FLAT_SHARE = 0.03
"""A first and a last value closer than this share of the first one are no trend."""
LONGEST_LIST = 12
"""Longer lists make poor questions: nobody wants sixty names in an answer."""

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
        elsewhere = _everything(charts)
        cases: list[Case] = []
        for chart in charts:
            for make in (self._measured, self._dates, self._lists, self._filters, self._visits, self._history):
                cases.extend(self._some(list(make(chart)), per_kind))
            cases.extend(self._some(list(self._absent(chart, elsewhere)), per_kind))
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

    def _case(self, chart: Chart, kind: Kind, asked: str | Entry, expected: Expected) -> Case:
        language: Language = self._random.choice(("es", "en"))
        thing = asked if isinstance(asked, str) else self.names(asked, language)[0]
        return Case(
            kind=kind,
            language=language,
            document_type=chart.document_type,
            document_number=chart.document_number,
            question=self._random.choice(PHRASES[kind, language]).format(x=thing),
            expected=expected,
        )

    def _every_name(self, entry: Entry) -> tuple[str, ...]:
        return tuple(dict.fromkeys([entry.name, *self.names(entry, "es"), *self.names(entry, "en")]))

    def _measured(self, chart: Chart) -> Iterator[Case]:
        for series in _by_code(chart.entries.get("observation", ())).values():
            measured = [entry for entry in series if entry.value is not None]
            if not measured:
                continue
            last = measured[-1]
            latest = _latest(measured)
            yield self._case(chart, "latest", last, latest)
            for short in ABBREVIATIONS.get(last.code or "", ()):
                yield self._case(chart, "abbreviation", short, latest)
            if len(measured) > 1:
                days = tuple(entry.day for entry in measured)
                counted = Expected(numbers=(float(len(measured)),), source_days=days)
                yield self._case(chart, "count", last, counted)
            if measured[0].day < last.day:
                yield self._case(chart, "trend", last, _trend(measured))

    def _dates(self, chart: Chart) -> Iterator[Case]:
        for series in _by_code(chart.entries.get("condition", ())).values():
            first = series[0]
            if first.day:
                yield self._case(chart, "date", first, Expected(days=(first.day,), source_days=(first.day,)))

    def _lists(self, chart: Chart) -> Iterator[Case]:
        for kind in ("medication", "condition", "procedure", "allergy"):
            series = _by_code(chart.entries.get(kind, ()))
            if not 0 < len(series) <= LONGEST_LIST:
                continue
            names = tuple(self._every_name(entries[0]) for entries in series.values())
            days = tuple(entry.day for entries in series.values() for entry in entries)
            language: Language = self._random.choice(("es", "en"))
            thing = self._random.choice(COLLECTIONS[kind, language])
            question = self._random.choice(PHRASES["list", language]).format(x=thing)
            expected = Expected(names=names, names_wanted=-(-len(names) * 4 // 5), source_days=days)
            yield attrs.evolve(self._case(chart, "list", thing, expected), question=question, language=language)

    def _filters(self, chart: Chart) -> Iterator[Case]:
        given = chart.entries.get("immunization", ())
        for year in sorted({entry.day[:4] for entry in given if entry.day}):
            inside = _by_code(entry for entry in given if entry.day[:4] == year)
            outside = _by_code(given).keys() - inside.keys()
            expected = Expected(
                names=tuple(self._every_name(entries[0]) for entries in inside.values()),
                forbidden=tuple(_by_code(given)[code][0].name for code in outside),
                source_days=tuple(entry.day for entries in inside.values() for entry in entries),
            )
            yield self._case(chart, "filter", year, expected)

    def _visits(self, chart: Chart) -> Iterator[Case]:
        by_day: dict[str, list[Entry]] = defaultdict(list)
        for entry in chart.entries.get("encounter", ()):
            by_day[entry.day].append(entry)
        for day, visits in by_day.items():
            people = {name for visit in visits for name in visit.attended_by}
            if len(people) == 1:
                (name,) = people
                surname = "".join(letter for letter in name.split()[-1] if not letter.isdigit())
                yield self._case(chart, "who", day, Expected(names=((name, surname),), source_days=(day,)))

    def _history(self, chart: Chart) -> Iterator[Case]:
        for series in _by_code(chart.entries.get("condition", ())).values():
            days = tuple(entry.day for entry in series)
            expected = Expected(days=days, source_days=days)
            yield self._case(
                chart, "status", series[0], attrs.evolve(expected, days=days[:1] if len(days) == 1 else ())
            )

    def _absent(self, chart: Chart, elsewhere: Mapping[str, Entry]) -> Iterator[Case]:
        own = {entry.name for entries in chart.entries.values() for entry in entries}
        missing = Expected(absent=True)
        for name in sorted(elsewhere.keys() - own):
            yield self._case(chart, "unanswerable", elsewhere[name], missing)
        for language in ("es", "en"):
            question = self._random.choice(BEYOND_ANY_RECORD[language])
            yield attrs.evolve(self._case(chart, "unanswerable", "", missing), question=question, language=language)


def _everything(charts: Sequence[Chart]) -> dict[str, Entry]:
    """Conditions and measurements of anybody: what may be asked of a patient who lacks it."""
    kinds = ("condition", "observation")
    found = (entry for chart in charts for kind in kinds for entry in chart.entries.get(kind, ()))
    return {entry.name: entry for entry in found}


def _by_code(entries: Sequence[Entry] | Iterator[Entry]) -> dict[str, list[Entry]]:
    series: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.name:
            series[entry.code or entry.name].append(entry)
    return series


def _latest(measured: Sequence[Entry]) -> Expected:
    last = measured[-1]
    return Expected(numbers=(last.value or 0.0,), source_days=(last.day,))


def _trend(measured: Sequence[Entry]) -> Expected:
    first, last = measured[0].value or 0.0, measured[-1].value or 0.0
    change = last - first
    flat = abs(change) <= FLAT_SHARE * abs(first)
    return Expected(
        numbers=(first, last),
        direction="flat" if flat else "up" if change > 0 else "down",
        source_days=(measured[0].day, measured[-1].day),
    )
