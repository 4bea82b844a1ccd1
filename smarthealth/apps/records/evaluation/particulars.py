"""Questions about what a record says of single things: what a report found, why something was done or stopped, which lot, when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from .cases import Expected
from .chart import Chart, Entry
from .follow import Draft

LONGEST_CONCLUSION: Final = 300
"""Characters of a conclusion that an answer may be asked to hold as it is written."""


def about_particulars(chart: Chart, names: Mapping[str, tuple[str, ...]]) -> Iterator[Draft]:
    """Of whatever a record has once: its conclusion, its reason, its hour, its lot; said to be absent where it has none.

    Args:
        chart: Who is asked about.
        names: Every name of the record's diseases, by the one that the record gives.
    """
    for report in _once(chart.entries.get("report", ())):
        if 0 < len(report.conclusion) <= LONGEST_CONCLUSION:
            yield _draft("findings", report, Expected(names=((report.conclusion,),), source_days=_days(report)))
    for procedure in _once(chart.entries.get("procedure", ())):
        if procedure.reasons:
            named = tuple(names.get(reason, (reason,)) for reason in procedure.reasons)
            yield _draft("done for", procedure, Expected(names=named, source_days=_days(procedure)))
        if procedure.clock:
            yield _draft("hour", procedure, Expected(names=((procedure.clock,),), source_days=_days(procedure)))
    for medicine in _once(chart.entries.get("medication", ())):
        if medicine.stopped_for:
            yield _draft("stopped", medicine, Expected(names=((medicine.stopped_for,),), source_days=_days(medicine)))
    for vaccine in _once(chart.entries.get("immunization", ())):
        lot = Expected(names=((vaccine.lot,),), source_days=_days(vaccine)) if vaccine.lot else Expected(absent=True)
        yield _draft("lot", vaccine, lot)
    for measured, year in _empty_years(chart.entries.get("observation", ())):
        slots: dict[str, str | Entry] = {"x": measured, "year": year}
        yield Draft(kind="particular", phrases="a year without", slots=slots, expected=Expected(absent=True))


def _empty_years(measured: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    """Measurements with a year between their first and last values in which they have none."""
    series: dict[str, list[Entry]] = defaultdict(list)
    for entry in measured:
        if entry.value is not None and entry.day and entry.name:
            series[entry.code or entry.name].append(entry)
    for entries in series.values():
        years = {int(entry.day[:4]) for entry in entries}
        empty = [year for year in range(min(years), max(years)) if year not in years]
        if empty:
            yield entries[-1], str(empty[0])


def _once(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The things that a record has once, by code and by name."""
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_name[entry.code or entry.name].append(entry)
    return (same[0] for same in by_name.values() if len(same) == 1 and same[0].name)


def _days(entry: Entry) -> tuple[str, ...]:
    return (entry.day,) if entry.day else ()


def _draft(phrases: str, asked: Entry, expected: Expected) -> Draft:
    return Draft(kind="particular", phrases=phrases, slots={"x": asked}, expected=expected)
