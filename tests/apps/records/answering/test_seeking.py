"""What a question names, and the sentence of a note that holds it."""

from __future__ import annotations

import re

import attrs
import pytest

from smarthealth.apps.records.answering.entries import Entry
from smarthealth.apps.records.answering.seeking import best_sentence, sentence_about
from smarthealth.apps.records.answering.terms import find_terms, patterns
from smarthealth.apps.records.understanding.question import Kin
from smarthealth.retrieval.glossary import load_glossary

GLOSSARY = load_glossary()
NOTE = Entry(
    id=1,
    record="DocumentReference/1",
    kind="document",
    display="Progress note",
    body="""# History of Present Illness
Knee MRI shows a torn meniscus. Completed four of eight sessions of physiotherapy. Father had a stroke. Sleeps well.

# Social History
Drinks three beers on weekends. He has a cat named Tomasa.

# Allergies
Sulfonamides.
""",
)
UNTITLED = Entry(id=2, record="DocumentReference/2", kind="document", display="Note", body="Le duele la rodilla.")
EMPTY = Entry(id=3, record="DocumentReference/3", kind="document", display="Note")


def found(question: str, *, by_heading: bool = False) -> str | None:
    """The sentence that answers a question."""
    best = best_sentence([EMPTY, NOTE, UNTITLED], question, GLOSSARY, by_heading=by_heading)
    return None if best is None else best[1]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("¿Qué mostró la resonancia?", "torn meniscus"),
        ("How many physiotherapy sessions?", "four of eight"),
        ("¿Cómo se llama su gato?", "Tomasa"),
        ("¿Cuánto alcohol toma?", "three beers"),
        ("Did his father have a stroke?", "Father had a stroke"),
        ("¿dolor de rodilla?", "duele la rodilla"),
    ],
)
def test_the_sentence_that_holds_what_is_named_is_found(question: str, words: str) -> None:
    """By concepts and by words, in either language."""
    sentence = found(question)
    assert sentence is not None
    assert words in sentence


@pytest.mark.parametrize(
    "question", ["¿Ha tenido un ictus?", "Chest X-ray?", "¿Qué?", "the wrist splint", "cat food brand"]
)
def test_a_sentence_that_lacks_something_named_answers_nothing(question: str) -> None:
    """What a relative had, another part of the body, words that nobody wrote: no sentence."""
    assert found(question) is None


def test_a_kind_is_told_by_its_heading() -> None:
    """Asked for allergies, only what stands under such a heading counts."""
    assert found("allergies?", by_heading=True) == "Allergies: Sulfonamides."
    assert found("sessions?", by_heading=True) is None


OF_CARE = Entry(
    id=4,
    record="DocumentReference/4",
    kind="document",
    display="Progress note",
    body="""# History of Present Illness
Morning stiffness lasts 20 minutes. Lives with her daughter Ana, who is her caregiver.

# Assessment and Plan
Daughter is tired; day centre three mornings a week. Ferritin level to be repeated in May. Ophthalmology review.

# Plan
Bone scan. No driving since 2021.
""",
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How long does the morning stiffness last?", "20 minutes"),
        ("¿Quién la cuida?", "Ana"),
        ("How often does she go to the day centre?", "three mornings"),
        ("¿Por qué la remiten a oftalmología?", "Ophthalmology review"),
        ("¿Desde cuándo no conduce?", "2021"),
    ],
)
def test_everyday_words_and_words_of_asking_hide_no_sentence(question: str, words: str) -> None:
    """`how long` names nothing; who is asked for may be a relative; a relative in one clause hides no other clause."""
    best = best_sentence([OF_CARE], question, GLOSSARY)
    assert best is not None
    assert words in best[1]


@pytest.mark.parametrize(
    "question",
    [
        "What was the last ferritin level?",
        "¿Cuál fue el resultado de la gammagrafía ósea?",
        "Is Ana's caregiver tired?",
    ],
)
def test_what_is_planned_has_no_result(question: str) -> None:
    """A test that is to be done, or done again, tells no value; what is said of a relative is said of nobody else."""
    assert best_sentence([OF_CARE], question, GLOSSARY) is None


@pytest.mark.parametrize("question", ["What is his job?", "What does he do for a living?", "¿A qué se dedica?"])
def test_ones_work_may_be_told_by_its_own_name(question: str) -> None:
    """A note says `retired seamstress`, and seldom `occupation`."""
    tailor = Entry(id=5, record="d/5", kind="document", display="Note", body="Sleeps well. Retired seamstress.")
    best = best_sentence([tailor], question, GLOSSARY)
    assert best is not None
    assert best[1] == "Retired seamstress."
    assert re.search(patterns(find_terms(question, GLOSSARY), GLOSSARY)[0].replace(r"\m", r"\b"), "retired seamstress")
    assert best_sentence([OF_CARE], question, GLOSSARY) is None


FAMILY_NOTE = """Antecedentes familiares:
La madre falleció de un derrame; un hermano con gota.
Enfermedad actual:
Vive con la hija. Niega fiebre."""


@pytest.mark.parametrize(
    ("question", "kin", "told"),
    [
        ("¿De qué murió la madre?", Kin.MOTHER, "derrame"),
        ("¿El hermano tiene gota?", Kin.SIBLING, "gota"),
        ("¿La hermana tiene gota?", Kin.SIBLING, None),
        ("¿Hermana?", Kin.SIBLING, None),
        ("¿El hermano tiene asma?", Kin.SIBLING, None),
        ("¿Vive con la hija?", Kin.CHILD, "hija"),
        ("¿Antecedentes familiares?", Kin.FAMILY, "gota"),
        ("¿El padre?", Kin.FATHER, None),
    ],
)
def test_what_is_said_of_a_relative_is_found(question: str, kin: Kin, told: str | None) -> None:
    """The part of a line that speaks of that relative and holds what is asked; of the family, all under its heading."""
    note = Entry(id=1, record="d", kind="document", display="Nota", body=FAMILY_NOTE)
    found = sentence_about([note, attrs.evolve(note, body="")], question, kin, GLOSSARY)
    assert (found is not None) is (told is not None)
    assert found is None or (told or "") in found[1]


@pytest.mark.parametrize(
    ("question", "body", "wholly", "found"),
    [
        ("sangrado en la cesárea", "Cesárea sin novedad. Sangrado estimado 600 cc.", True, "Sangrado estimado 600 cc."),
        ("sangrado en la cesárea", "Cesárea sin novedad. Herida limpia.", True, None),
        ("cesárea", "x " * 2000 + "Cesárea sin novedad.", True, "Cesárea"),
        ("¿Tiene depresión?", "Tamizaje de depresión hecho.", False, None),
        ("¿Potasio?", "Medications:\npenicillin v potassium", False, None),
    ],
)
def test_a_short_note_is_about_something_as_a_whole(question: str, body: str, wholly: bool, found: str | None) -> None:
    """Its sentences need not name it again; a screening is no disease, and a salt no value."""
    note = Entry(id=1, record="d", kind="document", display="Nota operatoria", body=body)
    best = best_sentence([note], question, GLOSSARY, wholly=wholly)
    assert (best is not None) is (found is not None)
    assert best is None or (found or "") in best[1]


@pytest.mark.parametrize(
    ("question", "body", "found"),
    [
        ("¿Nivel de fenitoína?", "Se impregna con fenitoína.", None),
        ("¿Nivel de fenitoína?", "Fenitoína en 12.", "Fenitoína en 12."),
        ("¿Cuánto peso perdió?", "Perdió peso desde la muerte, y murió su mamá.", "Perdió peso"),
        ("¿Gota?", "Su hermano y la gota.", None),
        ("total thyroidectomy?", "Partial thyroidectomy done.", None),
        ("¿Fuma o vapea?", "Vapea los viernes.", "Vapea"),
        ("¿Se desmayó?", "Se desmayó. Fue por calor.", "Fue por calor"),
    ],
)
def test_a_sentence_must_tell_what_is_asked_of_the_patient(question: str, body: str, found: str | None) -> None:
    """A level needs a number, a sibling or a relative is another, one of two is enough; what follows is quoted with it."""
    note = Entry(id=1, record="d", kind="document", display="Nota", body=body)
    best = best_sentence([note], question, GLOSSARY)
    assert (best is not None) is (found is not None)
    assert best is None or (found or "") in best[1]
