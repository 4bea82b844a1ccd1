"""What the notes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask

NOTE = """Motivo de consulta: control.
Refiere que dejó de fumar en 2014. Duerme 4 horas. Meta de INR 2 a 3. Se suspendió el enalapril por tos.
Se le pautó zorblaxina."""


@pytest.mark.parametrize(
    ("question", "says", "quoted"),
    [
        ("How many hours does she sleep?", ["mentioned"], "Duerme 4 horas"),
        ("¿Cuál es la meta de INR?", ["mentioned", "value"], "2 a 3"),
        ("¿Cuál fue el último INR?", ["value"], None),
        ("¿Cuánto duerme en 2010?", ["absent"], None),
        ("¿Duerme? ¿Y la glucosa?", ["mentioned", "absent"], "Duerme"),
        ("¿Le dieron zorblaxina?", ["mentioned"], "zorblaxina"),
        ("¿Por qué suspendieron el enalapril?", ["mentioned"], "tos"),
        ("¿Por qué suspendieron la warfarina?", ["ended"], None),
        ("¿Qué dice la última nota?", ["note"], "control"),
        ("¿Qué dice la epicrisis?", ["absent"], None),
        ("¿Qué dice la nota de 2010?", ["absent"], None),
        ("¿Cuáles son sus medicamentos?", ["list"], None),
        ("?", ["refusal"], None),
        ("When did she quit smoking?", ["mentioned"], "2014"),
        ("¿Cuántos INR tiene?", ["count"], None),
        ("¿Tiene gota antes de la colonoscopia?", ["absent"], None),
        ("¿Qué dice la nota de la última hospitalización?", ["note"], "control"),
    ],
)
async def test_a_note_tells_what_entries_do_not(
    add: Add, ask: Ask, question: str, says: list[str], quoted: str | None
) -> None:
    """Instead of an absence, or before an entry that accounts for a part only; of the time that is asked for."""
    await add("document", "Nota de evolución", body=NOTE, started_on="2022-06-10")
    await add("observation", "INR", value=2.8, code="6301-6", code_system="http://loinc.org")
    await add("medication", "Enalapril 20 mg", status="stopped")
    await add("observation", "Tobacco smoking status", value_text="Former smoker", code="72166-2")
    await add("medication", "Warfarina 5 mg", status="stopped")
    await add("encounter", "Hospitalización", category="inpatient", started_on="2022-08-01", ended_on="2022-08-09")
    facts = await ask(question)
    assert [fact.say for fact in facts] == says
    assert quoted is None or any(quoted in (item.note or "") for fact in facts for item in fact.items)


async def test_a_title_before_a_name_ends_no_sentence(add: Add, ask: Ask) -> None:
    """Who did it is told with the name."""
    body = "Interconsultas: valorada por urología. Su oncóloga, la Dra. Berta Lozano, indicó seguimiento anual."
    await add("document", "Nota de evolución", body=body, started_on="2022-06-10")
    (fact,) = await ask("¿Quién es su oncóloga?")
    assert "Berta Lozano" in (fact.items[0].note or "")


async def test_an_amount_that_entries_do_not_count_is_told_by_a_note(add: Add, ask: Ask) -> None:
    """Hours of a therapy are in a sentence with a number of hours; without one the entries are told."""
    await add("procedure", "CPAP therapy", started_on="2020-05-05")
    assert [fact.say for fact in await ask("¿Cuántas horas usa el CPAP por noche?")] == ["count"]
    await add("document", "Nota", body="Usa el CPAP 5 horas por noche con agrado.", started_on="2022-06-10")
    first, *_ = await ask("¿Cuántas horas usa el CPAP por noche?")
    assert "5 horas" in (first.items[0].note or "")


async def test_without_notes_nothing_is_quoted(add: Add, ask: Ask) -> None:
    """What no note mentions is absent."""
    await add("condition", "Asthma")
    assert [fact.say for fact in await ask("¿Le dieron zorblaxina?")] == ["absent"]
    assert [fact.say for fact in await ask("¿Tiene gota desde los 20 años?")] == ["absent"]


MORE = """Vapea los viernes. La migraña aparece tres veces al mes. La artrosis es de la rodilla izquierda.
Perdió 9 kg de peso desde la primavera. Sangró 350 mL en la cirugía. Solo dos crisis en el último año."""


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("¿Fuma o vapea?", "Vapea"),
        ("¿Cada cuánto le da la migraña?", "tres veces al mes"),
        ("¿Cada cuánto le da la gota?", None),
        ("¿Dónde tiene la artrosis?", "rodilla"),
        ("¿Cuánto peso perdió?", "9 kg"),
        ("¿Cuánto sangró en la cirugía?", "350 mL"),
        ("¿Cuánto sangró en la apendicectomía?", "350 mL"),
        ("¿Cuánto sangró en la colecistectomía?", None),
        ("¿Cuántas crisis tuvo en el último año?", "dos crisis"),
        ("How long did the gout last with the fever?", None),
    ],
)
async def test_a_note_tells_what_entries_leave_open(add: Add, ask: Ask, question: str, quoted: str | None) -> None:
    """How much, how often, where: of an entry of those days, or of what the note speaks of, and of nothing else."""
    await add("document", "Nota de evolución", body=MORE, started_on="2022-06-10")
    for display in ("Migraña", "Artrosis", "Gota"):
        await add("condition", display, status="active", started_on="2020-01-02")
    await add("observation", "Body Weight", code="29463-7", value=54.0, unit="kg", started_on="2022-06-10")
    await add("procedure", "Apendicectomía", started_on="2022-06-08")
    await add("procedure", "Colecistectomía", started_on="2010-06-08")
    facts = await ask(question)
    told = [item.note for fact in facts if fact.say == "mentioned" for item in fact.items]
    assert bool(told) is (quoted is not None)
    assert quoted is None or quoted in (told[0] or "")


async def test_the_word_for_what_was_found_is_no_detail_of_it(add: Add, ask: Ask) -> None:
    """Medicines that entries tell are not looked for again in a note that has the word as a heading."""
    await add("medication", "Losartan 50 MG Oral Tablet", status="active", started_on="2022-06-10")
    body = "MEDICAMENTOS: consulta de medicina familiar por la presión.\nPlan: control."
    await add("document", "Nota de evolución", body=body, started_on="2022-06-10")
    assert [fact.say for fact in await ask("¿Qué medicamentos toma para la presión?")] == ["status"]
