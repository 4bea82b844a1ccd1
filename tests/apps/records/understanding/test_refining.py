"""Smaller judgements on what a clause asks."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.question import (
    Anchor,
    Ask,
    Facet,
    Operation,
    Order,
    Pick,
    Status,
    TimeRange,
)
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


def only(text: str) -> Ask:
    """The one thing that a text asks."""
    (ask,) = understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    return ask


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("¿Qué dice la última nota?", Operation.NOTE),
        ("¿Qué dice la epicrisis?", Operation.NOTE),
        ("plan de la última nota", Operation.NOTE),
        ("nota sobre la hipertensión", Operation.NOTE),
        ("¿Cuándo, según la nota, vino?", Operation.NOTE),
        ("¿Cuántas notas hay?", Operation.COUNT),
        ("¿Cuáles son las notas?", Operation.LIST),
        ("resumen de sus medicamentos", Operation.LIST),
        ("resumen", Operation.SUMMARY),
        ("¿Toma metformina?", Operation.STATUS),
        ("¿Tiene enfermedades activas?", Operation.LIST),
        ("¿Tiene una glucosa reciente?", Operation.VALUE),
        ("lista de glucosas", Operation.LIST),
        ("muestra la glucosa", Operation.VALUE),
        ("first ever glucose result", Operation.VALUE),
        ("lista de las dos últimas glucosas", Operation.LIST),
        ("¿Desde cuándo tiene asma?", Operation.WHEN),
        ("¿Hace cuánto no viene?", Operation.WHEN),
        ("nota con instrucciones", Operation.NOTE),
        ("recomendaciones que le dio el médico", Operation.NOTE),
        ("¿Cuál es el plan?", Operation.NOTE),
    ],
)
def test_the_topic_makes_an_operation_another(text: str, operation: Operation) -> None:
    """A note is read, a kind is listed, a medicine is still taken, a measurement has a value."""
    assert only(text).operation is operation


@pytest.mark.parametrize(
    ("text", "pick"),
    [
        ("medicación actual", Pick()),
        ("último medicamento", Pick(order=Order.LATEST)),
        ("¿Desde cuándo tiene asma?", Pick(order=Order.FIRST)),
        ("alergias del menor", Pick()),
        ("menor glucosa", Pick(order=Order.LOWEST)),
        ("worst FEV1/FVC", Pick(order=Order.LOWEST)),
        ("mejor FEV1/FVC", Pick(order=Order.HIGHEST)),
        ("peor peso", Pick(order=Order.HIGHEST)),
        ("What's the heaviest he's been?", Pick(order=Order.HIGHEST)),
        ("¿Qué PHQ-9 tenía al inicio?", Pick(order=Order.FIRST)),
        ("¿Cuál fue la glucosa después de la apendicectomía?", Pick(order=Order.FIRST)),
        ("¿Cuál fue la glucosa antes de la apendicectomía?", Pick()),
        ("¿Cuál fue la glucosa anterior?", Pick(order=Order.LATEST, nth=2)),
        ("¿Cuándo fue la glucosa anterior a la última?", Pick(order=Order.LATEST, nth=2)),
        ("¿Cuántas veces tuvo asma la última vez?", Pick()),
        ("¿Cuántas fueron las últimas consultas?", Pick(order=Order.LATEST)),
    ],
)
def test_the_operation_makes_a_pick_another(text: str, pick: Pick) -> None:
    """What is current is no single entry, since when is the first time, before the last is the last but one."""
    assert only(text).pick == pick


@pytest.mark.parametrize(
    ("text", "toward", "pick"),
    [
        ("¿Ha bajado la glucosa?", "down", Pick()),
        ("Did the glucose rise since the last visit?", "up", Pick(order=Order.LATEST, count=2)),
        ("¿Cuánto ha bajado la glucosa?", None, Pick()),
        ("¿Cómo ha evolucionado la glucosa?", None, Pick()),
    ],
)
def test_a_direction_is_asked_over_all_or_from_the_last_but_one(text: str, toward: str | None, pick: Pick) -> None:
    """Yes or no for a direction, a difference for how much, neither for how it went."""
    assert (only(text).toward, only(text).pick) == (toward, pick)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("medicamentos activos", Status.ACTIVE),
        ("consultas actuales", None),
        ("glucosa actual", None),
        ("tendencia actual de la glucosa", None),
        ("diagnósticos resueltos", Status.ENDED),
    ],
)
def test_only_what_goes_on_has_a_state(text: str, status: Status | None) -> None:
    """Visits and measurements are neither active nor over."""
    assert only(text).status is status


def test_a_value_of_today_is_the_last_one() -> None:
    """Today limits visits, not values, and not what goes on."""
    assert only("¿Qué dosis de metformina toma hoy?").period is None
    assert only("What drugs is she taking today?").period is None
    assert only("¿Cuál es el peso hoy?").period is None
    assert only("¿Qué consultas tuvo hoy?").period is not None
    assert only("¿Cuál fue el peso ayer?").period is not None


def test_counted_doses_are_vaccines() -> None:
    """Without a name, doses that are counted are those of vaccines."""
    assert [topic.kinds for topic in only("¿Cuántas dosis lleva?").topics] == [{"immunization"}]


def test_a_part_belongs_to_notes_only() -> None:
    """Elsewhere `plan` or `alergias` is no part of anything."""
    assert only("¿Qué alergias tiene?").section is None
    assert only("¿Cuántas notas hay sobre alergias?").section is None
    assert only("plan de la última nota").section == "plan"


@pytest.mark.parametrize(
    "text",
    [
        "How many nights in hospital for the prostatectomy?",
        "¿Cuántos días estuvo en el hospital por la prostatectomía?",
        "estancia hospitalaria de la prostatectomía",
        "¿Cuántos días estuvo ingresado por la prostatectomía?",
    ],
)
def test_days_in_hospital_for_what_was_done_are_those_of_its_stay(text: str) -> None:
    """The procedure tells which stay is meant, and nothing of the procedure itself is asked."""
    found = only(text)
    assert found.operation is Operation.DURATION
    assert found.topics[0].category == "inpatient"
    assert isinstance(found.period, Anchor)
    assert found.period.topic.concepts[0].id == "prostatectomy"


@pytest.mark.parametrize("text", ["¿Qué plan hay con la prednisona?", "What is the plan for adalimumab?"])
def test_the_plan_for_something_is_told_by_the_notes(text: str) -> None:
    """What is to be done with a medicine stands in no prescription."""
    found = only(text)
    assert found.operation is Operation.NOTE
    assert any(topic.concepts for topic in found.topics)


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("What did the plan of the last visit say?", Operation.NOTE),
        ("¿Qué dijo el médico en la última consulta?", Operation.NOTE),
        ("¿Cuál fue la última consulta?", Operation.VALUE),
    ],
)
def test_what_was_said_at_a_visit_stands_in_its_note(text: str, operation: Operation) -> None:
    """The visit itself is an entry."""
    assert only(text).operation is operation


@pytest.mark.parametrize(
    "text",
    ["what happens when she gets penicillin", "¿Qué le pasa con la penicilina?", "How does he react to aspirin?"],
)
def test_what_a_substance_does_to_the_patient_is_told_by_the_allergy(text: str) -> None:
    """Whether and how the patient reacts to it, not when it was prescribed."""
    asked = only(text)
    assert asked.operation is Operation.EXISTS
    assert asked.topics[0].kinds == {"allergy"}


def test_how_a_medicine_was_prescribed_is_its_dose() -> None:
    """`how was it prescribed` does not ask whether."""
    assert only("How was the prednisone prescribed?").operation is Operation.DOSE


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("Why was the metformin stopped?", Facet.STOPPED),
        ("What made them stop the metformin?", Facet.STOPPED),
        ("Why was metformin prescribed?", None),
        ("When was the metformin stopped?", None),
    ],
)
def test_why_a_medicine_ended_is_no_reason_for_giving_it(text: str, facet: Facet | None) -> None:
    """Why it was stopped is asked, however it is put; when is another question."""
    assert only(text).facet is facet


def test_members_of_a_team_are_asked_for() -> None:
    """Whom the words for a member mean is told by the team; when it began, or how many there are, is asked of it as of anything."""
    ask = only("¿Quién es la enfermera del equipo de atención?")
    assert (ask.operation, ask.topics[0].kinds, ask.topics[0].terms) == (Operation.WHO, frozenset({"careteam"}), ())
    assert only("¿Cuándo se formó el equipo de atención?").operation is Operation.WHEN


def test_a_habit_may_be_over() -> None:
    """It is measured, as a state of smoking is, and yet it ends."""
    assert only("When did she stop smoking?").status is Status.ENDED


def test_a_stay_for_what_was_done_keeps_its_time() -> None:
    """The lumpectomy of 2015 is looked for in that year."""
    period = only("How long was she in hospital for the lumpectomy in 2015?").period
    assert isinstance(period, Anchor)
    assert period.within == TimeRange(since=date(2015, 1, 1), until=date(2015, 12, 31))


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("methotrexate: how often", Operation.DOSE),
        ("¿Con qué frecuencia le formularon metotrexato?", Operation.COUNT),
        ("how often did she have asthma", Operation.COUNT),
    ],
)
def test_how_often_a_medicine_is_taken_is_its_dose(text: str, operation: Operation) -> None:
    """How often it was prescribed, or a disease came, is counted."""
    assert only(text).operation is operation


def test_whether_something_got_better_is_asked_of_values_and_diseases() -> None:
    """Of values it is a trend; that a disease is there is no answer to it."""
    assert (only("Did her LDL improve?").operation, only("Did her LDL improve?").compared) == (
        Operation.TREND,
        "better",
    )
    assert (only("Has his asthma worsened?").operation, only("Has his asthma worsened?").compared) == (
        Operation.EXISTS,
        "worse",
    )
