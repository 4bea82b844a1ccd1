"""What the record holds beside a question for advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("¿Puede tomar penicilina?", ["Penicilina"]),
        ("Can she take amoxicillin?", ["Penicilina"]),
        ("¿Losartán con diclofenaco?", ["Losart"]),
        ("¿Le subo la dosis de losartán?", ["Losart"]),
        ("¿Es segura la warfarina?", []),
        ("¿Puede tomar enalapril?", []),
        ("¿Debería operarse?", []),
    ],
)
async def test_who_asks_for_advice_is_told_what_stands_in_the_record(
    add: Add, ask: Ask, question: str, names: list[str]
) -> None:
    """The allergy, also to what the medicine is a kind of, and what is taken; no advice, and nothing that is over."""
    await add("allergy", "Penicilina", status="active", category="medication")
    await add("medication", "Losartán 50 mg tableta", status="active")
    await add("medication", "Enalapril 20 mg tableta", status="stopped")
    refusal, *beside = await ask(question)
    assert (refusal.say, refusal.detail) == ("refusal", "advice")
    assert [fact.detail for fact in beside] == ["beside"] * len(names)
    assert all(name in item.name for name, fact in zip(names, beside, strict=True) for item in fact.items)
