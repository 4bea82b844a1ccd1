"""What visits were for, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Add, Ask


async def chart(add: Add) -> None:
    """A visit with a reason, one with a diagnosis alone, one where something was done, and one of which nothing is told."""
    er = await add(
        "encounter", "Emergency room admission", category="emergency", reason="Overdose", started_on="2013-12-29"
    )
    await add("condition", "Drug overdose", status="resolved", encounter_id=er, started_on="2013-12-29")
    await add("medication", "Naloxone 0.4 MG", status="stopped", encounter_id=er, started_on="2013-12-29")
    knee = await add("encounter", "Encounter for problem", category="ambulatory", started_on="2018-03-01")
    await add("condition", "Osteoarthritis of knee", status="active", encounter_id=knee, started_on="2018-03-01")
    await add("medication", "Naproxen 220 MG", status="active", encounter_id=knee, started_on="2018-03-01")
    await add("condition", "Hypertension", status="active", started_on="2018-03-01")
    shot = await add("encounter", "Emergency room admission", category="emergency", started_on="2019-03-01")
    await add("procedure", "Suture open wound", encounter_id=shot, started_on="2019-03-01")
    await add("encounter", "Emergency room admission", category="emergency", started_on="2020-03-01")
    await add("encounter", "Emergency room admission", category="emergency", reason="Headache", started_on="2021-03-01")


@pytest.mark.parametrize(
    ("question", "says", "told"),
    [
        ("¿Qué pasó en urgencias en 2013?", ["told", "exists"], "Overdose"),
        ("What happened at the visit in 2018?", ["told", "exists"], "Osteoarthritis"),
        ("What was done in the ER in 2019?", ["list", "exists"], "Suture"),
        ("What happened at the ER in 2020?", ["list"], "Emergency"),
        ("What happened at the ER in 2021?", ["told"], "Headache"),
        ("What was she seen for in March 2018?", ["told"], "Osteoarthritis"),
        ("What was she seen for in 2013?", ["reason"], "Overdose"),
        ("What was she seen for in 2020?", ["reason"], "Emergency"),
        ("¿Por qué le dieron naloxona?", ["reason"], "Naloxone"),
        ("What does she take for osteoarthritis of the knee?", ["told"], "Naproxen"),
        ("What does she take for the overdose?", ["told"], "Naloxone"),
        ("What does she take for hypertension?", ["absent"], ""),
        ("¿Qué le dieron para la gota?", ["absent"], ""),
    ],
)
async def test_what_happened_at_a_visit_is_told_by_what_was_made_there(
    add: Add, ask: Ask, question: str, says: list[str], told: str
) -> None:
    """Its reason, else its diagnoses, and beside them what was found and done; of nothing, the visit itself."""
    await chart(add)
    facts = await ask(question)
    assert [fact.say for fact in facts] == says
    assert not told or any(told in f"{item.name} {item.note}" for fact in facts for item in fact.items)
