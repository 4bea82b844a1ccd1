"""From entries to facts: one report for each operation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import attrs

from smarthealth.apps.records.answering.chart import Found
from smarthealth.apps.records.answering.entries import Entry, Person
from smarthealth.apps.records.answering.facts import Fact
from smarthealth.apps.records.answering.labels import Labels
from smarthealth.apps.records.answering.matching import Matched
from smarthealth.apps.records.answering.material import Material
from smarthealth.apps.records.answering.reports import report
from smarthealth.apps.records.understanding.question import Ask, Operation, Order, Pick, Threshold, Topic
from smarthealth.retrieval.glossary import load_glossary

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add
    from tests.apps.records.answering.conftest import Ask as Asks

ALLERGIES = Topic(kinds=frozenset({"allergy"}), surface="allergies")
GLUCOSE = Topic(kinds=frozenset({"observation"}), concepts=(load_glossary()["glucose"],), surface="glucose")


def measured(identity: int, day: date, value: float) -> Entry:
    """A glucose of a day."""
    return Entry(id=identity, record=f"o/{identity}", kind="observation", display="Glucose", on=day, value=value)


def allergy(identity: int, display: str) -> Entry:
    """An allergy."""
    return Entry(id=identity, record=f"a/{identity}", kind="allergy", display=display)


def material(ask: Ask, topic: Topic, *entries: Entry, is_beside: bool = False) -> Material:
    """What a report is made from."""
    return Material(
        ask=ask,
        topic=topic,
        matched=Matched(core=()),
        found=Found(entries, len(entries)),
        labels=Labels("en", load_glossary()),
        person=Person(full_name="Laura"),
        today=date(2024, 1, 1),
        period=None,
        is_beside=is_beside,
    )


def fact(ask: Ask, topic: Topic, *entries: Entry, is_beside: bool = False) -> Fact:
    """The one fact that is reported."""
    (finding,) = report(material(ask, topic, *entries, is_beside=is_beside))
    return finding.fact


SERIES = (
    measured(3, date(2022, 1, 1), 90.0),
    measured(2, date(2021, 1, 1), 80.0),
    measured(1, date(2020, 1, 1), 100.0),
)


def test_whether_it_fell_is_told_over_all_and_from_the_last_but_one() -> None:
    """The direction asked for stands beside the one found; the value before the last has its own step."""
    told = fact(Ask(operation=Operation.TREND, toward="down"), GLUCOSE, *SERIES)
    assert (told.say, told.toward, told.detail, told.total) == ("trend", "down", "down", 3)
    assert [item.note for item in told.items] == [None, None, "up"]
    recent = Ask(operation=Operation.TREND, toward="down", pick=Pick(order=Order.LATEST, count=2))
    step = fact(recent, GLUCOSE, *SERIES)
    assert (step.detail, step.total, len(step.items)) == ("up", 2, 2)


def test_only_what_lies_beyond_a_threshold_is_reported() -> None:
    """Nothing beyond it is an absence."""
    above = Ask(operation=Operation.COUNT, threshold=Threshold(above=True, value=85))
    assert fact(above, GLUCOSE, *SERIES).total == 2
    higher = attrs.evolve(above, threshold=Threshold(above=True, value=500))
    assert fact(higher, GLUCOSE, *SERIES).say == "absent"


def test_a_denial_of_allergies_is_no_allergy() -> None:
    """Where the record says that there is none, that is said; beside an allergy it is passed over."""
    asked = Ask(operation=Operation.LIST)
    none = fact(asked, ALLERGIES, allergy(1, "No known allergy"))
    assert (none.say, none.detail) == ("exists", "denied")
    some = fact(asked, ALLERGIES, allergy(1, "No known allergy"), allergy(2, "Latex allergy"))
    assert (some.say, some.total, [item.name for item in some.items]) == ("list", 1, ["Latex allergy"])


def test_what_is_mentioned_beside_the_answer_is_there_and_no_more() -> None:
    """An addition answers no question of its own."""
    told = fact(Ask(operation=Operation.COUNT), ALLERGIES, allergy(1, "Latex allergy"), is_beside=True)
    assert (told.say, told.detail) == ("exists", "beside")


def test_values_of_different_units_are_not_compared() -> None:
    """mg/dL and mmol/L are two series, each told by itself; one unit written in two ways is one."""
    units = ("mg/dL", "mg/dl", "mmol/L", "mmol/L")
    entries = [
        attrs.evolve(measured(number, date(2020 + number, 1, 1), value), unit=unit)
        for number, (value, unit) in enumerate(zip((101.0, 112.0, 5.4, 6.1), units, strict=True))
    ]
    found = report(material(Ask(operation=Operation.TREND, topics=(GLUCOSE,)), GLUCOSE, *entries[::-1]))
    assert {tuple(item.value for item in finding.fact.items[:2]) for finding in found} == {
        ("5.4 mmol/L", "6.1 mmol/L"),
        ("101 mg/dL", "112 mg/dl"),
    }


def test_what_stands_beside_an_answer_says_its_name() -> None:
    """The name is not left out as it is where the sentence has said it."""
    topic = attrs.evolve(ALLERGIES, terms=("ibuprofen",))
    (found,) = report(
        material(Ask(operation=Operation.EXISTS, topics=(topic,)), topic, allergy(1, "Ibuprofen"), is_beside=True)
    )
    assert (found.fact.about, found.fact.items[0].name) == ("", "Ibuprofen")


def test_where_a_stay_was_tells_also_where_the_patient_went() -> None:
    """The record of a stay holds the discharge's destination."""
    stay = Entry(
        id=9, record="e/9", kind="encounter", display="Admission", on=date(2020, 1, 1), place="CITY HOSPITAL",
        value_text="Discharged to rehabilitation",
    )  # fmt: skip
    (item,) = fact(Ask(operation=Operation.WHERE), Topic(kinds=frozenset({"encounter"})), stay).items
    assert item.note == "CITY HOSPITAL; Discharged to rehabilitation"


async def test_when_and_why_something_ended_is_told_as_far_as_it_is_known(add: Add, ask: Asks) -> None:
    """Its end where the record has one; else that it is over, and that nobody wrote when or why."""
    await add("medication", "Warfarina 5 mg", status="stopped")
    await add("condition", "Neumonía", status="resolved", ended_on="2020-02-03")
    says = [
        (await ask(question))[0].say
        for question in ("¿Cuándo suspendieron la warfarina?", "When was the pneumonia resolved?")
    ]
    assert says == ["ended", "status"]


def test_a_detailed_list_tells_severity_and_reaction() -> None:
    """Of an allergy without either that is said; of another entry nothing."""
    known = attrs.evolve(allergy(1, "Peanut"), severity="high", value_text="Anaphylaxis")
    asked = Ask(operation=Operation.LIST, topics=(ALLERGIES,), detailed=True)
    told = fact(asked, ALLERGIES, known, allergy(2, "Latex"))
    assert [item.note for item in told.items] == [
        "reaction: Anaphylaxis, criticality: high",
        "no severity or reaction recorded",
    ]
    conditions = Topic(kinds=frozenset({"condition"}))
    plain = Entry(id=3, record="c/3", kind="condition", display="Asthma")
    assert fact(asked, conditions, plain).items[0].note is None


def test_of_what_has_no_numbers_none_is_the_lowest() -> None:
    """The least leukocytes during a chemotherapy are no least chemotherapy: it is told as what was found."""
    chemotherapy = Topic(kinds=frozenset({"procedure"}), surface="chemotherapy")
    given = Entry(id=1, record="p/1", kind="procedure", display="Chemotherapy", on=date(2020, 1, 1))
    told = fact(Ask(operation=Operation.EXISTS, pick=Pick(order=Order.LOWEST)), chemotherapy, given)
    assert (told.say, [item.on for item in told.items]) == ("exists", [given.on])
