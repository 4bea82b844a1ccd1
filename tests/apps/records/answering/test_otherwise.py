"""What was asked for by another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask


@pytest.mark.parametrize(
    ("question", "says", "named"),
    [
        ("¿Cuándo lo operaron de la hernia?", ["when"], "Hernioplastia"),
        ("Last ER visit for asthma?", ["list"], "asthma"),
        ("¿Cuántos días estuvo hospitalizado por la cadera?", ["duration"], "Hospitalización"),
        ("¿Cuándo fue la visita por el codo?", ["absent"], None),
        ("¿Qué toma para la hipertensión?", ["list"], "Losart"),
        ("¿Qué toma para la diabetes?", ["absent"], None),
        ("¿Qué toma para la gota?", ["absent", "exists"], "Alopurinol"),
        ("¿Le recetaron penicilina?", ["absent", "exists"], "Penicilina"),
        ("¿Le recetaron aspirina?", ["absent"], None),
        ("¿Tiene diabetes?", ["exists"], "diabetes"),
        ("¿Tiene hernias?", ["exists", "exists"], "Inguinal"),
        ("¿Tenía hernias en 2019?", ["exists"], "Hernia"),
        ("¿Tenía hernia en 2001?", ["absent"], "Hernia"),
        ("¿Qué tratamiento recibió por ictericia?", ["list"], "Phototherapy"),
    ],
)
async def test_what_is_not_there_by_its_kind_may_be_there_by_another(
    add: Add, ask: Ask, question: str, says: list[str], named: str | None
) -> None:
    """By the name of the operation, by a visit's own name or reason, by the class of medicines, as an allergy."""
    await add("procedure", "Hernioplastia inguinal")
    await add("procedure", "Phototherapy", reason="Ictericia")
    await add("encounter", "Emergency hospital admission for asthma", category="emergency")
    await add("encounter", "Hospitalización", category="inpatient", reason="Fractura de cadera", ended_on="2020-01-09")
    await add("condition", "Hipertensión arterial", status="active")
    await add("condition", "Hernia", status="active")
    await add("condition", "Hernia", status="resolved", started_on="2019-03-04")
    await add("condition", "Inguinal hernia", status="active")
    await add("condition", "Type 2 diabetes mellitus", status="active")
    await add("medication", "Losartán 50 mg", status="active")
    await add("medication", "Alopurinol 300 mg", status="active")
    await add("allergy", "Penicilina", status="active", category="medication")
    facts = await ask(question)
    assert [fact.say for fact in facts] == says
    assert named is None or any(named.lower() in item.name.lower() for fact in facts for item in fact.items)
