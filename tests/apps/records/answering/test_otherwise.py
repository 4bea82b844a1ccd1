"""What was asked for by another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smarthealth.storage.pool import Pool
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


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Who saw him in pulmonary follow-up?", ["who"]),
        ("Who saw him in rheumatology follow-up?", ["who"]),
        ("Who saw him in dermatology follow-up?", ["absent"]),
        ("Who saw him in rheumatology follow-up in 1990?", ["absent"]),
    ],
)
async def test_a_visit_may_be_told_by_its_reason_or_its_place(
    pool: Pool, add: Add, ask: Ask, question: str, says: list[str]
) -> None:
    """`pulmonary` is in the reason of one, `rheumatology` in the name of where the other was."""
    place = await pool.fetch_one(
        "insert into organization (fhir_id, name) values ('Organization/7', 'Andover Rheumatology') returning id"
    )
    assert place is not None
    await add("encounter", "Follow-up encounter", category="ambulatory", reason="Pulmonary emphysema")
    await add("encounter", "Follow-up encounter", category="ambulatory", organization_id=place[0])
    assert [fact.say for fact in await ask(question)] == says


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("FEV1/FVC of the spirometry", ["value"]),
        ("Leukocytes and a spirometry?", ["value", "absent"]),
        ("FEV1/FVC and the glucose", ["value", "absent"]),
        ("Dime todos los ingresos o visitas a urgencias", ["list", "absent"]),
        ("mínimo de leucocitos con la quimioterapia", ["value", "list"]),
    ],
)
async def test_what_only_tells_of_which_test_a_value_was_is_not_absent(
    add: Add, ask: Ask, question: str, says: list[str]
) -> None:
    """What is asked for beside it is, after what is there; the least of what has no number is all of it."""
    await add("observation", "FEV1/FVC", code="19926-5", value=78.4, unit="%")
    await add("observation", "Leukocytes", code="6690-2", value=2.6, unit="10*3/uL")
    await add("encounter", "Emergency room admission", category="emergency")
    await add("procedure", "Chemotherapy")
    assert [fact.say for fact in await ask(question)] == says
