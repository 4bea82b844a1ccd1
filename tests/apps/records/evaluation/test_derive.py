"""Questions are derived from charts, with what a right answer holds."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import attrs
import pytest

from smarthealth.apps.records.demo import demo_paths
from smarthealth.apps.records.evaluation.cases import Case, Expected, Kind, Language
from smarthealth.apps.records.evaluation.chart import Chart, Entry, Note, read_charts
from smarthealth.apps.records.evaluation.derive import LONGEST_LIST, Deriver
from smarthealth.apps.records.evaluation.phrases import BEYOND_ANY_RECORD

SPANISH = {"HbA1c": "hemoglobina glicosilada", "Asthma": "asma"}


def names(entry: Entry, language: Language) -> tuple[str, ...]:
    """A glossary of two concepts."""
    spanish = SPANISH.get(entry.name)
    return (spanish, entry.name) if language == "es" and spanish else (entry.name,)


def entry(name: str, day: str = "2020-01-02", value: float | None = None, **fields: object) -> Entry:
    """An entry whose code is its name."""
    attended_by = fields.get("attended_by", ())
    assert isinstance(attended_by, tuple)
    code = str(fields.get("code", name))
    return Entry(name=name, code=code, day=day, instant=day, value=value, attended_by=attended_by)


def chart(number: str = "1", **entries: tuple[Entry, ...]) -> Chart:
    """A chart of a diplomat."""
    return Chart(document_type=8, document_number=number, entries=entries)


def derive(*charts: Chart, kind: Kind | None = None, per_kind: int = 99, seed: int = 0) -> list[Case]:
    """All cases of a kind."""
    cases = Deriver(names=names, seed=seed).derive(charts, per_kind=per_kind)
    return [case for case in cases if kind is None or case.kind == kind]


def expected(*charts: Chart, kind: Kind) -> list[Expected]:
    """What right answers hold, of all cases of a kind."""
    return [case.expected for case in derive(*charts, kind=kind)]


HBA1C = (
    entry("HbA1c", "2016-09-20", 6.1, code="4548-4"),
    entry("HbA1c", "2020-03-03", code="4548-4"),
    entry("HbA1c", "2024-03-12", 6.6, code="4548-4"),
)


def test_the_latest_value_is_the_last_one() -> None:
    """The latest value is the last that was measured, also when asked for by an abbreviation."""
    latest = Expected(numbers=(6.6,), source_days=("2024-03-12",))
    assert expected(chart(observation=HBA1C), kind="latest") == [latest]
    assert expected(chart(observation=HBA1C), kind="abbreviation") == [latest, latest]
    asked = {case.question for case in derive(chart(observation=HBA1C), kind="abbreviation")}
    assert all("A1c" in question for question in asked)


def test_counts_are_of_measurements() -> None:
    """What was measured more than once is counted, entries without a value aside."""
    counted = Expected(numbers=(2.0,), source_days=("2016-09-20", "2024-03-12"))
    assert expected(chart(observation=HBA1C), kind="count") == [counted]
    assert expected(chart(observation=HBA1C[:2]), kind="count") == []
    assert expected(chart(observation=HBA1C[1:2]), kind="latest") == []


@pytest.mark.parametrize(
    ("last", "direction"), [(6.6, "up"), (5.0, "down"), (6.2, "flat")], ids=["rise", "fall", "little"]
)
def test_trends_go_from_the_first_to_the_last_value(last: float, direction: str) -> None:
    """A trend holds both ends and its direction; a change of a few hundredths is none."""
    series = (HBA1C[0], entry("HbA1c", "2024-03-12", last, code="4548-4"))
    (trend,) = expected(chart(observation=series), kind="trend")
    assert (trend.numbers, trend.direction, trend.source_days) == ((6.1, last), direction, ("2016-09-20", "2024-03-12"))


@pytest.mark.parametrize("first", ["2024-03-12", ""])
def test_no_trend_without_two_days(first: str) -> None:
    """Values of one day, or of an unknown one, make no trend."""
    series = (entry("HbA1c", first, 6.1), entry("HbA1c", "2024-03-12", 6.6))
    assert expected(chart(observation=series), kind="trend") == []


def test_conditions_are_asked_for_by_their_first_date() -> None:
    """A condition's date is the first one; one without a date has none to ask for."""
    again = (entry("Asthma", "2001-05-06"), entry("Asthma", "2010-01-01"), entry("Gout", ""))
    first = Expected(days=("2001-05-06",), source_days=("2001-05-06",))
    assert expected(chart(condition=again), kind="date") == [first]


def test_status_names_the_day_where_there_is_one() -> None:
    """A condition recorded once is to be dated, one recorded again is not; each may be cited from any of its days."""
    conditions = (entry("Asthma", "2001"), entry("Gout", "2001"), entry("Gout", "2002"), entry("Cold", ""))
    found = {status.source_days: status.days for status in expected(chart(condition=conditions), kind="status")}
    assert found == {("2001",): ("2001",), ("2001", "2002"): (), (): ()}


def test_lists_want_four_fifths_of_the_names() -> None:
    """A list is whole enough with four of five things, each by any of its names; long lists are not asked for."""
    conditions = tuple(entry(name) for name in ("Asthma", "Gout", "Cold", "Flu", "Acne"))
    (listed,) = expected(chart(condition=conditions), kind="list")
    assert (listed.names_wanted, listed.names[0]) == (4, ("Asthma", "asma"))
    many = tuple(entry(f"Drug {number}") for number in range(LONGEST_LIST + 1))
    assert expected(chart(medication=many), kind="list") == []


def test_filters_forbid_what_was_given_in_other_years() -> None:
    """Of a year, every vaccine of that year is wanted, and none that was only given in others."""
    given = (entry("Td", "2015-01-01"), entry("Flu", "2015-10-01"), entry("Flu", "2016-10-01"), entry("", "2016"))
    by_year = {filtered.source_days: filtered for filtered in expected(chart(immunization=given), kind="filter")}
    assert by_year[("2015-01-01", "2015-10-01")].forbidden == ()
    assert by_year[("2016-10-01",)].forbidden == ("Td",)
    assert by_year[("2016-10-01",)].names == (("Flu",),)


@pytest.mark.parametrize(
    ("attended", "accepted"),
    [
        (("Ana Ruiz9",), [("Ana Ruiz9", "Ruiz")]),
        (("Ana Ruiz9", "Ana Ruiz9"), [("Ana Ruiz9", "Ruiz")]),
        (("Dr. 7",), [("Dr. 7",)]),
        (("Ana Ruiz9", "Leo Gil"), []),
        ((), []),
    ],
)
def test_who_attended_is_asked_where_one_did(attended: tuple[str, ...], accepted: list[tuple[str, ...]]) -> None:
    """One person on a day is named whole or by the family name; of several, or of an undated visit, nothing is asked."""
    visits = (entry("Check up", attended_by=attended), entry("Check up", "", attended_by=("Leo Gil",)))
    assert [list(who.names) for who in expected(chart(encounter=visits), kind="who")] == [[one] for one in accepted]


def test_what_others_have_is_asked_of_those_who_lack_it() -> None:
    """Absent is what another patient has and this one has neither by name nor by code."""
    one = chart("1", condition=(entry("Asthma"),), observation=(entry("eGFR", code="33914-3"),))
    two = chart("2", condition=(entry("Gout"), entry("")), observation=(entry("Filtration rate", code="33914-3"),))
    cases = [case for case in derive(one, two, kind="unanswerable") if not _is_beyond(case)]
    assert [case.expected for case in cases] == [Expected(absent=True)] * 2
    assert {(case.document_number, "Gout" in case.question) for case in cases} == {("1", True), ("2", False)}


def test_what_is_part_of_something_held_is_not_absent() -> None:
    """Who has a viral sinusitis cannot be said to have no sinusitis."""
    one, two = chart("1", condition=(entry("Viral sinusitis"),)), chart("2", condition=(entry("Sinusitis"),))
    asked = [case.document_number for case in derive(one, two, kind="unanswerable") if not _is_beyond(case)]
    assert asked == ["2"]


def test_what_a_note_may_tell_of_is_not_absent() -> None:
    """Who has a note on sinusitis cannot be said to have none."""
    one, two = (
        attrs.evolve(chart("1"), notes=(Note(day="", text="A sinusitis."),)),
        chart("2", condition=(entry("Sinusitis"),)),
    )
    assert all(_is_beyond(case) for case in derive(one, two, kind="unanswerable") if case.document_number == "1")


def test_a_session_ends_in_the_question_that_is_judged() -> None:
    """What leans on an earlier question comes after it."""
    cases = derive(chart(observation=HBA1C), kind="follow-up")
    assert {(len(case.earlier), case.expected.numbers) for case in cases} == {(1, (6.1,))}


def test_every_chart_is_asked_what_no_record_holds() -> None:
    """Also of a chart with nothing in it, what lies beyond any record is asked, in both languages."""
    cases = derive(chart(), kind="unanswerable")
    assert {case.language for case in cases if _is_beyond(case)} == {"es", "en"}
    assert len(cases) == 2


def _is_beyond(case: Case) -> bool:
    return case.question in BEYOND_ANY_RECORD[case.language]


def test_things_are_called_as_the_language_calls_them() -> None:
    """A Spanish question names the thing in Spanish, an English one in English."""
    for seed in range(20):
        (case,) = derive(chart(condition=(entry("Asthma"),)), kind="date", seed=seed)
        assert ("asma" if case.language == "es" else "Asthma") in case.question


def test_the_same_seed_asks_the_same() -> None:
    """Cases depend on charts and seed alone, and another seed asks otherwise."""
    charts = [one for path in demo_paths() for one in read_charts(path)]
    assert derive(*charts, seed=1) == derive(*charts, seed=1) != derive(*charts, seed=2)


def test_few_of_each_kind_are_taken() -> None:
    """No chart gets more than the wanted number of any kind, and the demo's patients are asked every kind."""
    charts = [one for path in demo_paths() for one in read_charts(path)]
    taken = Counter((case.document_number, case.kind) for case in derive(*charts, per_kind=2))
    assert set(taken.values()) <= {1, 2}
    assert {kind for _, kind in taken} == set(get_args(Kind))
