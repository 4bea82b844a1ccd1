"""Whether the value of one time is set against that of another."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.question import Anchor, Operation, TimeRange
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary

TODAY = date(2024, 3, 15)


def year(period: object) -> int | None:
    """The year of a time."""
    return period.since.year if isinstance(period, TimeRange) and period.since else None


@pytest.mark.parametrize(
    ("question", "asked", "first", "second"),
    [
        ("¿El peso de 2016 era más alto que el de 2021?", "up", 2016, 2021),
        ("¿La PCR de 2021 es menor que la de 2019?", "down", 2021, 2019),
        ("¿Pesa más ahora que en 2016?", "up", None, 2016),
        ("Is her TSH lower than in 2015?", "down", None, 2015),
        ("Is his ejection fraction better now than in 2021?", "better", None, 2021),
        ("Was his creatinine worse in 2020 than in 2014?", "worse", 2020, 2014),
        ("Was his A1c higher in 2012 or in 2022?", "which", 2012, 2022),
        ("¿Cuál LDL fue más alto, el de 2012 o el de 2018?", "which", 2012, 2018),
    ],
)
def test_two_times_are_compared(question: str, asked: str, first: int | None, second: int) -> None:
    """The first time is the one spoken of, the second stands after `than`; without a first one it is the present."""
    (ask,) = understand(question, history=(), today=TODAY, glossary=load_glossary()).asks
    assert (ask.operation, ask.compared, year(ask.period), year(ask.against)) == (
        Operation.COMPARE,
        asked,
        first,
        second,
    )


@pytest.mark.parametrize(
    ("question", "asked", "first", "second"),
    [
        ("Uric acid after allopurinol - lower than before?", "down", "after", "at"),
        ("¿El ácido úrico era más alto antes del alopurinol que después?", "up", "at", "after"),
        ("uric acid before and after allopurinol", "which", "after", "at"),
    ],
)
def test_the_two_sides_of_an_event_are_compared(question: str, asked: str, first: str, second: str) -> None:
    """What was measured on its very day tells how it was before."""
    (ask,) = understand(question, history=(), today=TODAY, glossary=load_glossary()).asks
    assert isinstance(ask.period, Anchor)
    assert isinstance(ask.against, Anchor)
    assert (ask.compared, ask.period.relation, ask.against.relation) == (asked, first, second)


def test_what_only_tells_the_second_time_is_not_asked_for() -> None:
    """`than at delivery (September)` names the month."""
    text = "Was her Hb higher six weeks postpartum (Nov 2014) than at delivery (Sept 2014)?"
    (ask,) = understand(text, history=(), today=TODAY, glossary=load_glossary()).asks
    assert (ask.operation, ask.compared, year(ask.against)) == (Operation.COMPARE, "up", 2014)
    assert [concept.id for topic in ask.topics for concept in topic.concepts] == ["hemoglobin"]


@pytest.mark.parametrize(
    "question", ["Uric acid after allopurinol?", "¿Es más alto el ácido úrico tras el alopurinol?"]
)
def test_one_side_alone_compares_nothing(question: str) -> None:
    """Nor does a word of comparison without another side."""
    asks = understand(question, history=(), today=TODAY, glossary=load_glossary()).asks
    assert all(ask.operation is not Operation.COMPARE for ask in asks)


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuál fue el peso más alto en 2016?",
        "¿Cuándo fue la glucosa mayor que 200?",
        "Weight in 2015 and 2016?",
        "¿Era más alto el peso en 2015? Luego en 2016 fue al mar",
        "Is her weight higher in 2016? And the height of 2030?",
        "¿Peso más alto en 2016? Por favor, dígame además sin más demora ni rodeo alguno que en 2021 hubo",
    ],
)
def test_an_extreme_or_a_list_of_times_compares_nothing(question: str) -> None:
    """Without a word of comparison that leads from one time to another, nothing is compared; nor with what is yet to come."""
    asks = understand(question, history=(), today=TODAY, glossary=load_glossary()).asks
    assert all(ask.operation is not Operation.COMPARE for ask in asks)
