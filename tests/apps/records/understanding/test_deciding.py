"""Deciding what a clause asks."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.question import Ask, Facet, Field, Operation, Order, Pick, Refusal
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


def asks_of(text: str) -> tuple[Ask, ...]:
    """What a text asks, without a question before it."""
    return understand(text, history=(), today=date(2026, 1, 1), glossary=load_glossary()).asks


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuánto era la creatinina antes de la última?",
        "¿Cuál fue la TSH anterior a la más reciente?",
        "What was the weight before the last one?",
        "HbA1c previous to the latest",
        "¿Cuál fue la hemoglobina anterior?",
        "What was the previous glucose?",
        "¿Cuál fue la penúltima glucosa?",
    ],
)
def test_what_came_before_the_last_measurement_is_the_last_but_one(text: str) -> None:
    """The value before the last one is asked for, however it is said."""
    (ask,) = asks_of(text)
    assert (ask.operation, ask.pick) == (Operation.VALUE, Pick(order=Order.LATEST, nth=2))


@pytest.mark.parametrize(
    "text", ["Edad y alergias del paciente", "¿Qué alergias tiene, y su edad?", "Age and allergies"]
)
def test_the_age_beside_something_of_the_record_is_a_question_of_its_own(text: str) -> None:
    """A piece of the patient's own data joined to another thing asked is answered, too."""
    asks = asks_of(text)
    assert [ask.field for ask in asks if ask.operation is Operation.DEMOGRAPHIC] == [Field.AGE]
    assert any(topic.kinds == {"allergy"} for ask in asks for topic in ask.topics)


@pytest.mark.parametrize("text", ["¿Qué dice la epicrisis?", "¿Con quién vive según la epicrisis?", "What does the discharge summary say?"])  # fmt: skip
def test_a_note_called_by_its_own_name_is_read(text: str) -> None:
    """What a kind of note says is asked of the text of notes of that kind."""
    (ask,) = asks_of(text)
    assert ask.operation is Operation.NOTE
    assert [sorted(topic.kinds) for topic in ask.topics] == [["document"]]


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("¿Cuánto ha subido de peso desde la primera medición?", Operation.CHANGE),
        ("¿Cuántos kilos ha perdido?", Operation.CHANGE),
        ("¿Cuánto peso perdió?", Operation.CHANGE),
        ("¿Pesa más que en 2015?", Operation.COMPARE),
        ("¿Va mejorando la densitometría?", Operation.TREND),
        ("¿La ablación fue antes o después del ictus?", Operation.SEQUENCE),
        ("What was he seen for in January 2018?", Operation.REASON),
        ("¿A qué vino en julio?", Operation.REASON),
        ("Which way is the creatinine going?", Operation.TREND),
        ("¿En qué consiste el plan de cuidados?", Operation.LIST),
        ("At what frequency does he take metformin?", Operation.DOSE),
        ("¿Cuánto ha perdido de peso?", Operation.CHANGE),
        ("How much weight has she lost since 2015?", Operation.CHANGE),
        ("¿Cuántas unidades de insulina glargina se aplica?", Operation.DOSE),
        ("¿Las plaquetas de 2017 estaban bajas?", Operation.NORMAL),
        ("¿En qué clínica lo vieron en 2019?", Operation.WHERE),
        ("¿En qué hospital lo atienden?", Operation.WHERE),
        ("¿Quién es su médico de cabecera?", Operation.DEMOGRAPHIC),
        ("Cuénteme del caso del paciente", Operation.SUMMARY),
        ("Give me a quick summary", Operation.SUMMARY),
        ("¿Cómo se han comportado las plaquetas?", Operation.TREND),
        ("Resuma la historia del paciente", Operation.SUMMARY),
        ("Presente el caso", Operation.SUMMARY),
        ("cuanto mide el niño ahora", Operation.VALUE),
        ("¿Qué tan caro es el micofenolato?", Operation.UNANSWERABLE),
        ("Is metoprolol better than carvedilol?", Operation.UNANSWERABLE),
        ("How is apixaban metabolized?", Operation.UNANSWERABLE),
        ("¿Se puede embarazar otra vez?", Operation.UNANSWERABLE),
    ],
)
def test_a_phrase_speaks_for_its_operation(text: str, operation: Operation) -> None:
    """What is to be said is told by the phrases of the question."""
    assert [ask.operation for ask in asks_of(text)] == [operation]


def test_no_tail_of_a_phrase_is_a_word_of_its_own() -> None:
    """What is left of a word whose beginning was understood does not become a thing to look for."""
    value, trend = asks_of("¿Cuál es la última HbA1c y cómo ha evolucionado?")
    assert (value.operation, trend.operation) == (Operation.VALUE, Operation.TREND)
    assert not any(topic.terms for topic in trend.topics)


def test_the_day_of_leaving_hospital_is_told_by_the_stay() -> None:
    """Who asks when somebody was discharged asks for the stay, which ends with it."""
    (ask,) = asks_of("¿Cuándo fue dada de alta de la hospitalización de 2019?")
    assert [(sorted(topic.kinds), topic.category) for topic in ask.topics] == [(["encounter"], "inpatient")]


def test_things_that_are_listed_are_taken_one_by_one() -> None:
    """A name of the glossary does not reach over a comma."""
    kinds = {
        kind for ask in asks_of("alergias, medicamentos y vacunas") for topic in ask.topics for kind in topic.kinds
    }
    assert kinds == {"allergy", "medication", "immunization"}


def test_what_a_word_for_the_least_does_not_measure_is_not_picked() -> None:
    """Of things that have no values none is the highest or the lowest: `menor` is a child there."""
    (ask,) = asks_of("alergias del menor")
    assert ask.pick == Pick()


def test_how_it_was_after_something_is_the_first_value_after_it() -> None:
    """A value after an event is the first one, a value since an event the last."""
    (after,) = asks_of("¿Cómo estaba la hemoglobina después de la cirugía de cadera?")
    assert after.pick.order is Order.FIRST
    (since,) = asks_of("hemoglobina más reciente desde la cirugía de cadera")
    assert since.pick.order is Order.LATEST


def test_a_measurement_named_with_a_word_of_the_question_is_found() -> None:
    """`media` measures a height after `cuánto` and is part of a name elsewhere."""
    (ask,) = asks_of("¿Cuál es la hemoglobina corpuscular media?")
    assert [concept.id for topic in ask.topics for concept in topic.concepts] == ["mean-corpuscular-hemoglobin"]


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("¿Qué es la hipertensión?", [Operation.UNANSWERABLE]),
        ("What is hypertension?", [Operation.UNANSWERABLE]),
        ("¿Cuándo es su próxima cita?", [Operation.UNANSWERABLE]),
        ("How often should she take naproxen?", [Operation.DOSE]),
        ("¿Cuántos años tiene?", [Operation.DEMOGRAPHIC]),
        ("¿Qué edad tenía cuando le diagnosticaron hipertensión?", [Operation.AGE_AT]),
        ("¿Qué glucosa y edad tiene?", [Operation.DEMOGRAPHIC, Operation.VALUE]),
        ("¿De qué sexo son las consultas?", [Operation.LIST]),
        ("glucosa", [Operation.VALUE]),
        ("hipertensión", [Operation.EXISTS]),
        ("vacunas", [Operation.LIST]),
        ("perfil lipídico", [Operation.VALUE]),
        ("¿Cómo ha evolucionado la hipertensión?", [Operation.EXISTS]),
        ("¿Cuánto duró la bronquitis?", [Operation.DURATION]),
        ("¿Cuánto duró la glucosa?", [Operation.VALUE]),
        ("¿Cuál fue la glucosa más alta?", [Operation.VALUE]),
        ("¿Cuántas dosis de influenza lleva?", [Operation.COUNT]),
        ("¿Cuál es la dosis de hipertensión?", [Operation.VALUE]),
        ("¿Cuánto cambió entre la primera y la última glucosa?", [Operation.CHANGE]),
        ("¿Cuándo fue la primera y la última glucosa?", [Operation.WHEN, Operation.WHEN]),
        ("¿Sigue activa la hipertensión?", [Operation.STATUS]),
        ("¿Qué enfermedades siguen activas?", [Operation.LIST]),
        ("¿qué le han hecho? me refiero a intervenciones", [Operation.LIST]),
        ("¿Cuál fue?", [Operation.UNANSWERABLE]),
        ("¿Ha bajado la glucosa?", [Operation.TREND]),
        ("Did the glucose fall?", [Operation.TREND]),
        ("Is the glucose lower than last time?", [Operation.TREND]),
        ("Did the asthma increase?", [Operation.EXISTS]),
        ("How much has he grown?", [Operation.CHANGE]),
    ],
)
def test_the_strongest_cue_that_fits_the_topic_decides(text: str, operations: list[Operation]) -> None:
    """What a disease has is no trend, what is measured lasts no time, and what has no cue is judged by its topic."""
    assert [ask.operation for ask in asks_of(text)] == operations


@pytest.mark.parametrize("text", ["Should I raise his metformin dose?", "¿Debo subirle la dosis de metformina?"])
def test_what_we_should_do_is_refused_whatever_it_speaks_of(text: str) -> None:
    """A word for the dose does not turn advice asked of us into a question for the record."""
    (ask,) = asks_of(text)
    assert ask.refusal is Refusal.ADVICE


@pytest.mark.parametrize("text", ["¿Quién es su contacto de emergencia?", "What is her mother's phone number?"])
def test_whom_to_call_is_of_the_patient_s_own_data(text: str) -> None:
    """A contact, or a relative's telephone number."""
    (ask,) = asks_of(text)
    assert (ask.operation, ask.field) == (Operation.DEMOGRAPHIC, Field.CONTACT)


def test_a_relative_s_illness_is_asked_of_the_relative() -> None:
    """It is never answered from the patient's own entries."""
    (ask,) = asks_of("Did her mother have diabetes?")
    assert ask.kin is not None


def test_how_often_it_should_be_taken_is_what_was_prescribed() -> None:
    """No advice is asked for."""
    (ask,) = asks_of("how often should she take metformin?")
    assert ask.operation is Operation.DOSE


@pytest.mark.parametrize("text", ["¿metformina con insuficiencia renal?", "y metformina con insuficiencia renal?"])
def test_how_two_things_go_together_is_advice(text: str) -> None:
    """Nothing else is asked, and a medicine is one of the two."""
    (ask,) = asks_of(text)
    assert (ask.operation, ask.refusal) == (Operation.UNANSWERABLE, Refusal.ADVICE)


def test_a_caregiver_of_the_team_is_on_record() -> None:
    """Others who look after the patient are not."""
    assert [ask.operation for ask in asks_of("¿Quién es la cuidadora en el equipo?")] == [Operation.WHO]
    assert [ask.refusal for ask in asks_of("¿Quién es su cuidadora?")] == [Refusal.NOT_RECORDED]


@pytest.mark.parametrize(
    ("text", "operation", "facet"),
    [
        ("What did the chest CT show?", Operation.LIST, Facet.FINDINGS),
        ("Did the chest CT show anything?", Operation.VALUE, Facet.FINDINGS),
        ("What did the colonoscopy show, and what is her age?", Operation.LIST, Facet.FINDINGS),
        ("Sex and findings of the chest CT", Operation.DEMOGRAPHIC, None),
        ("Did the cardioversion work?", Operation.VALUE, Facet.FINDINGS),
    ],
)
def test_what_a_test_found_is_asked_of_it(text: str, operation: Operation, facet: Facet | None) -> None:
    """By its value where nothing else is asked, unless one of the patient's own data is asked for in the same breath."""
    ask = asks_of(text)[0]
    assert (ask.operation, ask.facet) == (operation, facet)


def test_whether_a_value_should_be_called_normal_asks_for_its_range() -> None:
    """The record's reference range tells it: that is no advice."""
    (ask,) = asks_of("Should the LDL be considered normal?")
    assert ask.operation is Operation.NORMAL
