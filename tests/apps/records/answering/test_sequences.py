"""Which of two things came first, and how long after it the other came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Add, Ask


async def chart(add: Add) -> None:
    """An ablation, then a stroke, and a biopsy on the stroke's day."""
    await add("procedure", "Catheter ablation of tissue of heart", started_on="2015-01-27")
    await add("condition", "Stroke", status="active", started_on="2016-11-30")
    await add("condition", "Gout", status="active", started_on="2016-11-30")


@pytest.mark.parametrize(
    ("question", "detail", "toward"),
    [
        ("¿La ablación fue antes o después del ictus?", "before", None),
        ("Which was first, the stroke or the ablation?", "after", None),
        ("Did the ablation come before the stroke?", "before", "yes"),
        ("Was the stroke before the ablation?", "after", "no"),
        ("Did the gout come before the stroke?", "same", "no"),
    ],
)
async def test_both_days_and_their_order_are_told(
    add: Add, ask: Ask, question: str, detail: str, toward: str | None
) -> None:
    """Yes or no only where it was asked; what was on one day was on one day."""
    await chart(add)
    (fact,) = await ask(question)
    assert (fact.say, fact.detail, fact.toward, len(fact.items)) == ("sequence", detail, toward, 2)


async def test_of_what_is_missing_that_is_told(add: Add, ask: Ask) -> None:
    """Beside when the other one was."""
    await chart(add)
    assert {fact.say for fact in await ask("Was the stroke before the appendectomy?")} == {"when", "absent"}


async def test_the_time_between_two_things_is_told(add: Add, ask: Ask) -> None:
    """From the earlier to the later one; one that is missing is told."""
    await chart(add)
    (fact,) = await ask("¿Cuánto tiempo pasó entre el ictus y la ablación?")
    assert (fact.say, [item.on.year for item in fact.items if item.on]) == ("interval", [2015, 2016])
    (fact,) = await ask("¿Cuánto tiempo pasó entre el ictus y la apendicectomía?")
    assert fact.say == "absent"
