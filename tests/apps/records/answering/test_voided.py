"""What the record no longer stands by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask


@pytest.mark.parametrize(
    ("question", "say", "states"),
    [
        ("¿Tiene psoriasis?", "void", ["entered-in-error"]),
        ("¿Tiene angina de pecho?", "void", ["refuted"]),
        ("¿Se hizo colonoscopia?", "void", ["not-done"]),
        ("¿Qué diagnósticos fueron registrados por error?", "void", ["entered-in-error", "refuted"]),
        ("¿Tiene asma?", "exists", ["active"]),
        ("¿Tiene gota?", "absent", []),
    ],
)
async def test_a_mistake_is_told_as_such(add: Add, ask: Ask, question: str, say: str, states: list[str]) -> None:
    """So is what was ruled out or not done; what stands is told as ever."""
    await add("condition", "Psoriasis", verification="entered-in-error")
    await add("condition", "Angina de pecho", verification="refuted", started_on="2019-01-01")
    await add("procedure", "Colonoscopia", status="not-done")
    await add("condition", "Asthma", status="active")
    (fact,) = await ask(question)
    assert (fact.say, [item.status for item in fact.items]) == (say, states)
