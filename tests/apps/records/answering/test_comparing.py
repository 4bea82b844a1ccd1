"""One value set against that of another time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Add, Ask


async def test_both_values_are_told(add: Add, ask: Ask) -> None:
    """The latest of each time, and which way the first lies from the second; after surgery it is the first one."""
    await add("observation", "Body Weight", code="29463-7", value=80.0, unit="kg", started_on="2015-01-02")
    await add("observation", "Body Weight", code="29463-7", value=70.0, unit="kg", started_on="2018-01-02")
    await add("observation", "Body Weight", code="29463-7", value=75.0, unit="kg", started_on="2020-01-02")
    await add("procedure", "Appendectomy", started_on="2017-01-02")
    (fact,) = await ask("¿Pesa más que en 2015?")
    assert (fact.say, fact.detail, fact.toward, [item.value for item in fact.items]) == (
        "compare",
        "down",
        "up",
        ["75 kg", "80 kg"],
    )
    (fact,) = await ask("Is her weight lower than after the appendectomy?")
    assert [item.value for item in fact.items] == ["75 kg", "70 kg"]


async def test_a_time_without_a_value_is_told(add: Add, ask: Ask) -> None:
    """What is missing on one side is said, beside what there is on the other."""
    await add("observation", "Body Weight", code="29463-7", value=80.0, unit="kg", started_on="2015-01-02")
    assert {fact.say for fact in await ask("Was her weight higher in 2015 than in 2018?")} == {"value", "absent"}


async def test_whether_it_fell_after_an_event_is_told_by_both_sides(add: Add, ask: Ask) -> None:
    """The value of its very day is how it was before; without one, how it went from then on."""
    await add("medication", "Allopurinol 100 MG Oral Tablet", started_on="2015-06-02", status="active")
    await add("observation", "Urate", code="3084-1", value=8.9, unit="mg/dL", started_on="2015-06-02")
    await add("observation", "Urate", code="3084-1", value=5.8, unit="mg/dL", started_on="2017-06-06")
    for question in ("Did the uric acid fall after allopurinol?", "Uric acid after allopurinol, lower than before?"):
        (fact,) = await ask(question)
        assert (fact.say, fact.toward, fact.detail) == ("compare", "down", "down")
        assert [item.value for item in fact.items] == ["5.8 mg/dL", "8.9 mg/dL"]
    (fact,) = await ask("Did the uric acid fall?")
    assert fact.say == "trend"
    await add("procedure", "Appendectomy", started_on="2014-01-02")
    (fact,) = await ask("Did the uric acid fall before the gout?")
    assert fact.say == "absent"
    (fact,) = await ask("Did the uric acid fall before allopurinol?")
    assert fact.say in ("trend", "absent")
    (fact,) = await ask("Did the uric acid fall after the appendectomy?")
    assert (fact.say, len(fact.items)) == ("trend", 2)
