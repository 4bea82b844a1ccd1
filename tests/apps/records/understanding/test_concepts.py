"""The concepts that a question names."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.concepts import (
    find_concepts,
    find_stated_concepts,
    is_clinical,
    known_words,
    looks_clinical,
)
from smarthealth.retrieval.glossary import load_glossary

GLOSSARY = load_glossary()


def names(text: str) -> list[str]:
    """Ids of the concepts found in a text."""
    return [match.concept.id for match in find_concepts(text, GLOSSARY)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("¿Cuál fue su última Hb?", ["hemoglobin"]),
        ("¿Cuál es su peso y su talla?", ["body-weight", "body-height"]),
        ("¿Cuánto mide?", ["body-height"]),
        ("sacando la media", []),
        ("Has the patient asthma?", ["asthma"]),
        ("¿Cómo ha evolucionado la glucosa?", ["glucose"]),
        ("¿Cuál fue el valor más bajo del peso?", ["body-weight"]),
        ("¿Cuánto bajó el peso?", ["body-weight"]),
        ("fecha de nacimiento", []),
        ("¿Cuántas consultas tuvo?", []),
        ("¿De qué murió?", ["cause-of-death"]),
        ("¿La mamá tuvo diabetes?", ["diabetes"]),
        ("¿Una tía con gota?", ["gout"]),
        ("¿Tuvo un TIA?", ["transient-ischemic-attack"]),
        ("tratamiento de la hipertensión", ["hypertension"]),
        ("Has the glucose decreased?", ["glucose"]),
        ("¿Tiene HAS?", ["hypertension"]),
        ("¿Ha bajado la glucosa?", ["glucose"]),
        ("Did she gain weight?", ["body-weight"]),
        ("How much has he grown?", ["body-height"]),
        ("Did he fall?", ["fall"]),
        ("alergias y medicamentos", []),
        ("¿Es alérgico a algún medicamento o alimento?", []),
        ("alergia a medicamentos", ["drug-allergy"]),
        ("Is the glucose a concern?", ["glucose"]),
        ("How does she concern?", []),
        ("pastillas para dormir", ["anxiolytic"]),
        ("medicinas para la diabetes, hipertensión", ["diabetes", "hypertension"]),
        ("relación albúmina/creatinina", ["microalbumin-creatinine-ratio"]),
        ("HIV 1 and 2 Ab", ["hiv-test"]),
        ("¿cuánto ha bajado la presión diastólica?", ["diastolic-blood-pressure"]),
    ],
)
def test_concepts_are_freed_of_what_they_only_resemble(text: str, found: list[str]) -> None:
    """Cues, comparisons, kinds and the patient's own data are no concepts; two things joined are two."""
    assert names(text) == found


def test_a_name_that_joins_two_words_stays_one_where_they_are_no_measurements() -> None:
    """Only two measurements are taken apart."""
    assert names("vacuna contra tétanos y difteria")
    assert len({match.start for match in find_concepts("vacuna contra tétanos y difteria", GLOSSARY)}) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Toma metformina desde 2019 por diabetes [1].", ["metformin", "diabetes"]),
        ("Su mamá tuvo asma.", ["asthma"]),
        ("Tiene astma.", []),
        ("Aparece en la historia clínica del paciente.", []),
    ],
)
def test_a_statement_names_concepts_only_as_they_are_written(text: str, found: list[str]) -> None:
    """A relative is no examination, a misspelt word no claim, and a kind of entry names nothing."""
    assert [match.concept.id for match in find_stated_concepts(text, GLOSSARY)] == found


@pytest.mark.parametrize(
    ("word", "clinical"), [("orina", True), ("oftalmologia", True), ("k2", True), ("tatuajes", False)]
)
def test_words_of_medicine_are_known_by_the_glossary_or_their_endings(word: str, clinical: bool) -> None:
    """A word of which clinical names are made narrows what it stands by."""
    assert is_clinical(word, GLOSSARY) is clinical


def test_endings_tell_words_of_medicine() -> None:
    """No list is needed for `-itis`."""
    assert looks_clinical("laringitis")
    assert not looks_clinical("cargo")


@pytest.mark.parametrize("word", ["hipertension", "weight", "cuando"])
def test_words_that_are_right_as_they_are_are_known(word: str) -> None:
    """Those of names, of asking, and of everyday talk."""
    assert word in known_words(GLOSSARY)
