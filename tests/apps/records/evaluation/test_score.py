"""Right answers are told from wrong ones, in both languages."""

from __future__ import annotations

import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records.evaluation.cases import Case, Expected, Kind
from smarthealth.apps.records.evaluation.score import (
    Answer,
    CitedSource,
    Verdict,
    abstention_f1,
    calibration_error,
    judge,
    share,
)

ABSENT = Expected(absent=True)
DAY = Expected(days=("2024-03-07",))


def case(expected: Expected, kind: Kind = "latest") -> Case:
    """A case whose question does not matter."""
    return Case(kind=kind, language="es", document_type=8, document_number="1", question="¿?", expected=expected)


def answer(text: str, *sources: CitedSource, confidence: float = 0.5) -> Answer:
    """An answer as a client gets it."""
    return Answer(text=text, confidence=confidence, sources=sources)


def source(number: int, day: str | None) -> CitedSource:
    """A source of a day."""
    return CitedSource(id=number, day=day, excerpt="")


def is_right(expected: Expected, text: str, kind: Kind = "latest") -> bool:
    """The judge's word."""
    return judge(case(expected, kind), answer(text)).correct


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (6.6, "El último valor fue 6.6 % [1]."),
        (6.6, "El último valor fue 6,6 % [1]."),
        (6.63, "about 6.6%"),
        (6.65, "6.7"),
        (6.0, "6"),
        (6.0, "6.0"),
        (178.4, "178 mg/dL"),
        (178.4, "(178,40 mg/dL)."),
        (0.123456, "0.123456"),
        (1200.0, "1,200 células"),
        (1200.0, "1.200 células"),
        (1234.5, "1.234,5"),
        (1234.5, "1,234.50"),
        (1.2, "1,200"),
        (1234567.0, "1,234,567"),
        (-2.5, "una desviación de -2.5"),
        (120.0, "120/80 mmHg"),
        (80.0, "120/80 mmHg"),
        (6.6, "de 6.1-6.6 %"),
        (3.0, "3 mediciones, la última el 7 de marzo de 2024 (2024-03-07)"),
    ],
)
def test_a_number_is_recognised_however_it_is_written(number: float, text: str) -> None:
    """Decimal points and commas, groups of thousands, and roundings that people make are the same number."""
    assert is_right(Expected(numbers=(number,)), text)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (6.6, "6.5 %"),
        (6.6, "7 %"),
        (6.6, "66"),
        (6.6, "16.6"),
        (6.6, "6.61"),
        (2.5, "una desviación de -2.5"),
        (3.0, "la última [3]"),
        (7.0, "el 7 de marzo de 2024"),
        (7.0, "March 7th, 2024"),
        (3.0, "el 07/03/2024, o sea 2024-03-07"),
        (2024.0, "en marzo de 2024"),
        (1.0, "la HbA1c"),
        (12.0, "la versión 1.12.3.4"),
        (3.0, "tres y medio"),
        (178.4, "179"),
    ],
)
def test_other_numbers_are_no_answer(number: float, text: str) -> None:
    """Wrong values, marks of sources, parts of dates and of names do not count as the number."""
    assert not is_right(Expected(numbers=(number,)), text)


@pytest.mark.parametrize(
    "text",
    [
        "El 2024-03-07 [1].",
        "el 7 de marzo de 2024",
        "el 07 de Marzo del 2024",
        "7 marzo 2024",
        "March 7, 2024",
        "March 7th 2024",
        "on the 7th of March 2024",
        "7 March 2024",
        "7/3/2024",
        "07/03/2024.",
    ],
)
def test_a_day_is_recognised_in_every_usual_form(text: str) -> None:
    """ISO, Spanish and English dates in words, and day/month/year name the same day."""
    assert is_right(DAY, text)


@pytest.mark.parametrize(
    "text",
    [
        "el 8 de marzo de 2024",
        "el 17 de marzo de 2024",
        "March 2024",
        "7 de marzo de 2023",
        "07/04/2024",
        "12024-03-07",
    ],
)
def test_another_day_is_no_answer(text: str) -> None:
    """A day that differs in anything, or less than a day, does not count as the day."""
    assert not is_right(DAY, text)


@pytest.mark.parametrize(
    ("day", "right", "wrong"),
    [
        ("2015", "desde 2015", "desde 2016"),
        ("2015-03", "en marzo de 2015", "en abril de 2015"),
        ("2015-03", "in March 2015", "in 2015"),
        ("2015-03", "(2015-03)", "(2015-04)"),
        ("2015-09", "en setiembre de 2015", "en septiembre de 2016"),
        ("2015-03", "03/2015", "13/2015"),
        ("2015-01-01", "el 1.º de enero de 2015", "el 11 de enero de 2015"),
    ],
)
def test_a_date_is_asked_for_as_exactly_as_it_is_known(day: str, right: str, wrong: str) -> None:
    """Where the record knows a month or a year alone, naming that is right."""
    assert is_right(Expected(days=(day,)), right)
    assert not is_right(Expected(days=(day,)), wrong)


NAMES = (("Aspirin", "aspirina"), ("Metformin", "metformina"), ("Insulin", "insulina"))


@pytest.mark.parametrize(
    ("text", "wanted", "right"),
    [
        ("Toma aspirina, METFORMINA e insulina.", None, True),
        ("Aspirin, metformin and insulin.", None, True),
        ("Toma aspirina y metformina.", None, False),
        ("Toma aspirina y metformina.", 2, True),
        ("Toma aspirina.", 2, False),
        ("No consta.", 1, False),
    ],
)
def test_a_list_may_be_partial_where_the_case_says_so(text: str, wanted: int | None, right: bool) -> None:
    """Each thing counts by any of its names, and as many must be there as are wanted."""
    assert is_right(Expected(names=NAMES, names_wanted=wanted), text) is right


def test_a_forbidden_name_makes_an_answer_wrong() -> None:
    """What lies outside the filter may not be named, accents and case aside."""
    expected = Expected(names=(("Influenza",),), forbidden=("Tétanos",))
    assert is_right(expected, "Influenza el 2015-10-01")
    assert not is_right(expected, "Influenza y TETANOS")


@pytest.mark.parametrize(
    ("direction", "right", "wrong"),
    [
        ("up", "ha subido", "el colesterol no esterificado en suero"),
        ("up", "una tendencia ascendente", "se habla del follow-up"),
        ("up", "it went up", "an up-to-date record"),
        ("up", "has increased", "has decreased"),
        ("down", "ha bajado", "lipoproteína de baja densidad"),
        ("down", "disminuyó", "aumentó"),
        ("down", "it fell", "a fellow doctor"),
        ("flat", "se mantuvo estable", "ha subido"),
        ("flat", "unchanged", "rose"),
    ],
)
def test_a_trend_needs_its_direction(direction: Literal["up", "down", "flat"], right: str, wrong: str) -> None:
    """The direction must be said, in either language, and words that only look like it do not say it."""
    expected = Expected(direction=direction)
    assert is_right(expected, right, "trend")
    assert not is_right(expected, wrong, "trend")


ABSENCES = [
    "No consta en el registro ninguna alergia.",
    "No figura.",
    "No hay datos de ello.",
    "El paciente no tiene registros de asma.",
    "Sin información.",
    "No puedo responder a eso con la historia clínica.",
    "The record does not mention asthma.",
    "There is no record of it.",
    "I can't answer that.",
    "Not documented.",
]


@pytest.mark.parametrize("text", ABSENCES)
def test_absence_is_recognised(text: str) -> None:
    """Saying that the record does not hold it is right where it does not, and wrong where it does."""
    assert judge(case(ABSENT, "unanswerable"), answer(text)) == Verdict(
        case=case(ABSENT, "unanswerable"), answer=answer(text), correct=True, abstained=True, source_hit=None
    )
    held = judge(case(Expected(numbers=(6.6,))), answer(text))
    assert (held.correct, held.abstained) == (False, True)


def test_an_invented_answer_is_wrong() -> None:
    """Where the record holds nothing, any other answer than absence is wrong, and no abstention."""
    verdict = judge(case(ABSENT, "unanswerable"), answer("El último valor fue 6.6 %."))
    assert (verdict.correct, verdict.abstained) == (False, False)


def test_absence_in_passing_is_no_abstention() -> None:
    """A right answer that mentions what is missing beside it is right, and no abstention."""
    verdict = judge(case(Expected(numbers=(6.6,))), answer("6.6 %; no consta intervalo de referencia."))
    assert (verdict.correct, verdict.abstained) == (True, False)


def test_a_yes_or_no_question_is_not_answered_by_absence() -> None:
    """Of a condition that the record holds it is wrong to say that it does not, whatever else is said."""
    assert is_right(Expected(), "Sí, desde 2015.", "status")
    assert not is_right(Expected(), "No consta asma.", "status")


@pytest.mark.parametrize(
    ("text", "day", "hit"),
    [
        ("Subió [1].", "2015-03-07", True),
        ("Subió [2].", "2015-03-07", False),
        ("Subió.", "2015-03-07", False),
        ("Subió [1].", "2015-03-08", False),
        ("Subió [1].", None, False),
        ("En abril [1].", "2016-04-01", True),
    ],
)
def test_a_source_counts_when_it_is_cited_and_of_the_day(text: str, day: str | None, hit: bool) -> None:
    """A source hit is a mark in the text that points to a source of one of the days; of a month, any day."""
    expected = Expected(source_days=("2015-03-07", "2016-04"))
    assert judge(case(expected), answer(text, source(1, day), source(3, "2015-03-07"))).source_hit is hit


@given(
    text=st.text() | st.from_regex(r"[-0-9.,/\[\] ]*") | st.sampled_from(ABSENCES),
    expected=st.builds(
        Expected,
        numbers=st.lists(st.floats(allow_nan=False), max_size=2).map(tuple),
        days=st.lists(st.dates().map(str), max_size=2).map(tuple),
        direction=st.sampled_from([None, "up", "down", "flat"]),
        absent=st.booleans(),
        source_days=st.lists(st.dates().map(str), max_size=2).map(tuple),
    ),
    days=st.lists(st.none() | st.dates().map(str), max_size=3),
)
def test_judging_never_raises(text: str, expected: Expected, days: list[str | None]) -> None:
    """Whatever a model writes, there is a verdict."""
    sources = [source(number, day) for number, day in enumerate(days)]
    assert judge(case(expected), answer(text, *sources)).answer.text == text


@given(
    number=st.floats(min_value=-1e6, max_value=1e6).map(lambda number: round(number, 3)),
    decimals=st.integers(1, 4),
)
def test_every_rounding_to_decimals_is_the_number(number: float, decimals: int) -> None:
    """A number written with any decimals from one on is recognised."""
    assert is_right(Expected(numbers=(number,)), f"valor: {number:.{decimals}f} mg")


def verdict(*, correct: bool = True, abstained: bool = False, absent: bool = False, confidence: float = 0.5) -> Verdict:
    """A verdict with what the figures read."""
    return Verdict(
        case=case(Expected(absent=absent)),
        answer=answer("", confidence=confidence),
        correct=correct,
        abstained=abstained,
        source_hit=None,
    )


def test_abstention_f1_weighs_both_errors() -> None:
    """F1 counts abstaining wrongly and failing to abstain; with nothing to abstain from it is 1."""
    hit = verdict(abstained=True, absent=True)
    assert abstention_f1([hit, verdict(abstained=True), verdict(absent=True)]) == pytest.approx(0.5)
    assert abstention_f1([hit]) == 1.0
    assert abstention_f1([verdict()]) == 1.0


def test_share_of_nothing_is_no_number() -> None:
    """A share is the mean of the flags, NaN of none."""
    assert share([True, False, True, True]) == 0.75
    assert math.isnan(share([]))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    """Each bin's gap counts by its share of the answers; full confidence belongs to the last bin."""
    sure = [verdict(confidence=1.0)] * 3
    unsure = [verdict(confidence=0.25, correct=False)]
    assert calibration_error([*sure, *unsure]) == pytest.approx(0.0625)
    assert calibration_error([verdict(confidence=0.95), verdict(confidence=0.95, correct=False)]) == pytest.approx(0.45)
    assert math.isnan(calibration_error([]))
