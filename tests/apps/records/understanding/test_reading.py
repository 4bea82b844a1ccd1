"""Reading one clause."""

from __future__ import annotations

from datetime import date

from smarthealth.apps.records.understanding.question import (
    Anchor,
    Field,
    Kin,
    Operation,
    Order,
    Pick,
    Refusal,
    Status,
    Threshold,
    TimeRange,
)
from smarthealth.apps.records.understanding.reading import Clause, read_clause
from smarthealth.retrieval.glossary import load_glossary


def read(text: str) -> Clause:
    """A clause, read on a fixed day."""
    return read_clause(text, load_glossary(), date(2024, 3, 15))


def test_every_reader_finds_its_part() -> None:
    """Topic, time, pick, state and threshold of one clause are found together."""
    clause = read("¿Cuándo fue la última vez en 2015 que la glucosa pasó de 200?")
    assert clause.cues[0].operation is Operation.WHEN
    assert [concept.id for concept in clause.topics[0].concepts] == ["glucose"]
    assert clause.pick == Pick(order=Order.LATEST)
    assert clause.period == TimeRange(since=date(2015, 1, 1), until=date(2015, 12, 31))
    assert clause.threshold == Threshold(above=True, value=200)


def test_a_concept_of_another_time_is_no_topic() -> None:
    """What tells the time is not asked about."""
    clause = read("¿Qué medicamentos activos tomaba antes de la apendicectomía?")
    assert isinstance(clause.period, Anchor)
    assert clause.status is Status.ACTIVE
    assert [topic.kinds for topic in clause.topics] == [{"medication"}]


def test_people_fields_and_refusals_are_read() -> None:
    """Names count as names only where nobody knows them for something else."""
    assert read("¿Cuántas veces lo vio la Dra. Runte?").people == ("Dra. Runte",)
    assert read("¿Le recetaron Oral Tablet?").people == ()
    assert read("Dime la edad y el sexo").fields == (Field.AGE, Field.GENDER)
    assert read("¿Qué efectos secundarios tiene?").refusal is Refusal.NOT_RECORDED


def test_notes_and_differences_are_read() -> None:
    """What part of a note, whether its text, whether different things."""
    clause = read("¿Qué dice la nota sobre el motivo de consulta de distintos días?")
    assert (clause.section, clause.reads, clause.distinct) == ("complaint", True, True)


def test_a_corrected_word_is_remembered() -> None:
    """A spelling mistake costs certainty."""
    assert read("¿Cuál fue la última hemoglovina?").corrected


def test_what_is_left_of_a_word_is_no_word() -> None:
    """A phrase that ends within a word takes the rest of it along."""
    clause = read("¿Cómo ha evolucionado la glucosa?")
    assert clause.unknown == ()
    assert clause.topics[0].terms == ()


def test_classes_of_allergies_named_together_narrow_nothing() -> None:
    """To drugs or foods: any allergy."""
    (topic,) = read("¿Es alérgico a algún medicamento o alimento?").topics
    assert topic.kinds == {"allergy"}
    assert topic.terms == ()


def test_a_wide_phrase_hides_no_word() -> None:
    """A phrase that spans other words leaves them to be read."""
    clause = read("How has the level of zorblax in this very long question been all the time")
    assert "zorblax" in {word for topic in clause.topics for word in topic.terms} | set(clause.unknown)


def test_a_relative_and_a_unit_are_read_before_what_they_might_be_taken_for() -> None:
    """Feet are a unit, no part of the body, and the mother is whom it is about."""
    clause = read("estatura de la madre en pies")
    assert (clause.kin, clause.unit) == (Kin.MOTHER, "[ft_i]")
    assert [concept.id for topic in clause.topics for concept in topic.concepts] == ["body-height"]


def test_attributes_and_further_times_are_read() -> None:
    """Allergies with their severity are all allergies; a second year is a time of its own."""
    clause = read("List allergies with severity")
    assert clause.detailed
    assert clause.topics[0].terms == ()
    assert not read("conditions with status").detailed
    assert read("INR in 2018 and 2019").further == (TimeRange(since=date(2019, 1, 1), until=date(2019, 12, 31)),)


def test_somebody_may_be_asked_for_by_a_profession() -> None:
    """That is asked whatever else the clause says."""
    clause = read("Which urologist did he see last?")
    assert (clause.cues[0].operation, clause.profession) == (Operation.WHO, "urologist")


def test_a_comparison_leaves_no_further_times() -> None:
    """Its second time is what the first is compared with."""
    clause = read("Was her weight higher in 2018 than in 2019?")
    assert clause.compared is not None
    assert (clause.further, clause.pick, clause.toward) == ((), None, None)


def test_a_team_is_no_device() -> None:
    """What the glossary has for a piece of equipment is not read where people are meant."""
    clause = read("¿Quién conforma el equipo de atención?")
    assert any("careteam" in cue.kinds for cue in clause.kinds)
    assert not any(topic.concepts for topic in clause.topics)


def test_what_came_first_is_asked_of_two_things() -> None:
    """No verb by which it is asked names a kind, and no event tells a time."""
    clause = read("Which came first, the atopic dermatitis or the peanut allergy?")
    assert (clause.sequence, clause.period, len(clause.topics)) == ("which", None, 2)


def test_an_aspect_and_an_improvement_are_read() -> None:
    """The size of the polyp, whether the LDL improved."""
    assert read("¿De qué tamaño era el pólipo?").aspect == "tamaño"
    assert read("Did the LDL improve?").improved == "better"
