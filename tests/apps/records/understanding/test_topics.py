"""Bringing concepts, kinds and words of a clause together."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("fecha de la ultima dosis de VPH", {"immunization"}),
        ("When was the last HPV shot?", {"immunization"}),
        ("VPH: ¿cuántas dosis y fechas?", {"immunization"}),
        ("¿Ha tenido influenza?", {"condition"}),
    ],
)
def test_a_dose_tells_the_vaccine_from_the_disease(text: str, kinds: set[str]) -> None:
    """Of a name that is a disease and the vaccine against it, the vaccine is meant after a word for a dose."""
    (ask,) = understand(text, history=(), today=date(2026, 1, 1), glossary=load_glossary()).asks
    assert {kind for topic in ask.topics for concept in topic.concepts for kind in concept.kinds} == kinds


@pytest.mark.parametrize(
    ("text", "topics", "reason"),
    [
        ("¿Qué medicamentos le recetaron para la hipertensión?", ["medication"], "hypertension"),
        ("¿Qué toma para la hipertensión?", ["medication"], "hypertension"),
        ("consultas por asma", ["encounter"], "asthma"),
        ("alergia a la penicilina", ["allergy penicillin"], None),
        ("alergia a la quinoterapia", ["allergy quinoterapia"], None),
        ("vacuna contra el zorblax", ["immunization zorblax"], None),
        ("vacuna contra la varicela", ["varicella-vaccine"], None),
        ("prueba de hipertensión", ["observation procedure report hypertension"], None),
        ("nivel de metformina", ["observation metformin"], None),
        ("¿qué nivel tiene?", ["observation"], None),
        ("nota sobre hipertensión", ["document hypertension"], None),
        ("diagnóstico de hipertensión", ["condition hypertension"], None),
        ("procedimiento hipertensión", ["procedure"], "hypertension"),
        ("medición de glucosa", ["glucose"], None),
        ("¿Le diagnosticaron glucosa?", ["glucose"], None),
        ("¿Vio metformina?", ["metformin"], None),
        ("hip surgery", ["procedure hip"], None),
        ("¿Quién lo vio en oftalmología?", ["encounter oftalmologia"], None),
        ("¿Qué consultas tuvo el paciente alguna vez en oftalmología?", ["encounter oftalmologia"], None),
        (
            "¿Y quién, dime, de todos, en la tarde lo vio por ahí en el cuarto piso de otorrinología?",
            ["encounter otorrinologia"],
            None,
        ),
        ("medicamentos y procedimientos para la hipertensión", ["medication"], "hypertension"),
        ("oncosis asma y bronquitis", ["asthma oncosis", "bronchitis"], None),
        ("asma y, en otra parte, oncosis", ["asthma"], None),
        ("vacuna contra la apendicitis", ["immunization appendicitis"], None),
        ("glucosa en orina", None, None),
        ("consultas y visitas a urgencias", ["encounter"], None),
        ("visitas a urgencias y consultas", ["encounter"], None),
        ("drugs against cancer and procedures", None, "cancer"),
        ("vacuna contra measles", ["immunization measles-vaccine"], None),
        ("¿Le han recetado la glucosa?", ["glucose"], None),
        ("cirugías y procedimientos", ["procedure"], None),
        ("¿Le han recetado algo para lo suyo?", ["medication"], None),
        ("tatuajes y piercings", ["tatuajes piercings"], None),
        ("estado mental", ["mental"], None),
        ("¿Está vacunado contra neumococo?", None, None),
    ],
)
def test_concepts_kinds_and_unknown_words_are_brought_together(
    text: str, topics: list[str] | None, reason: str | None
) -> None:
    """A kind narrows, relates to or stands for a concept; an unknown clinical word beside either narrows it."""
    (ask, *_) = understand(text, history=(), today=date(2026, 1, 1), glossary=load_glossary()).asks
    found = [
        " ".join((*sorted(topic.kinds), *(concept.id for concept in topic.concepts[:1]), *topic.terms))
        for topic in ask.topics
    ]
    if topics is not None:
        assert found == topics
    assert (ask.reason.concepts[0].id if ask.reason else None) == reason


def test_the_words_of_an_unknown_thing_keep_their_noun() -> None:
    """`estado mental` is called so, though only one of its words is unknown."""
    (ask,) = understand("¿Cuál es su estado mental?", history=(), today=date(2026, 1, 1), glossary=load_glossary()).asks
    assert ask.topics[0].surface == "estado mental"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Has she been taking Zorblax?", ("zorblax",)),
        ("¿Toma la zorblaxina?", ("zorblaxina",)),
    ],
)
def test_what_is_taken_stands_behind_the_verb(text: str, terms: tuple[str, ...]) -> None:
    """A word that nobody knows is a medicine there."""
    (ask,) = understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    assert [topic.terms for topic in ask.topics if topic.kinds == {"medication"}] == [terms]


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("Dime todos los ingresos o visitas a urgencias", ["inpatient", "emergency"]),
        ("ingresos hospitalarios desde urgencias", ["inpatient"]),
        ("consultas o ingresos", ["inpatient"]),
    ],
)
def test_narrower_kinds_that_are_joined_are_asked_for_both(text: str, categories: list[str]) -> None:
    """Admissions or visits to the emergency room are two things; a wider word beside a narrower one is not."""
    (ask,) = understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    assert [topic.category for topic in ask.topics] == categories


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What was she given for the E. coli UTI?", "medication"),
        ("What is she using for asthma?", "medication"),
        ("¿Qué se le administró para el ictus?", "medication"),
        ("What did they treat her cystitis with?", "medication"),
        ("¿Qué le hicieron por la herida de la mano?", "procedure"),
    ],
)
def test_what_was_given_or_done_for_a_disease_has_it_for_its_reason(text: str, kind: str) -> None:
    """The disease itself is not asked for."""
    (ask,) = understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    assert ([sorted(topic.kinds) for topic in ask.topics], ask.reason is not None) == ([[kind]], True)
