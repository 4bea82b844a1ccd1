"""One value set against that of another time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smarthealth.apps.records.answering.comparing import toward_of
from smarthealth.apps.records.understanding.question import Compared, Toward
from smarthealth.retrieval.glossary import load_glossary

if TYPE_CHECKING:
    from .conftest import Add, Ask

GLOSSARY = load_glossary()


@pytest.mark.parametrize(
    ("compared", "concept", "toward"),
    [
        ("up", "body-weight", "up"),
        ("better", "hemoglobin-a1c", "down"),
        ("worse", "hemoglobin-a1c", "up"),
        ("better", "left-ventricular-ejection-fraction", "up"),
        ("better", "body-weight", None),
        ("which", "hemoglobin-a1c", None),
    ],
)
def test_what_is_better_is_told_of_some_measurements(compared: Compared, concept: str, toward: Toward | None) -> None:
    """A lower A1c is better, a higher ejection fraction too; of a weight nobody can say."""
    assert toward_of(compared, [GLOSSARY[concept]]) == toward


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
