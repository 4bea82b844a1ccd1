"""The glossary: from words to concepts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.glossary import Glossary, load_glossary

GLOSSARY = load_glossary()


def found(text: str, kind: str | None = None) -> list[str]:
    """Ids of the concepts that a text names."""
    return [match.concept.id for match in GLOSSARY.concepts(text, kinds=None if kind is None else (kind,))]


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("¿Cuál fue la última hemoglobina glicosilada del paciente?", ["hemoglobin-a1c"]),
        ("ultima ta", ["blood-pressure"]),
        ("¿Cuánto pesa y cuánto mide?", ["body-weight", "body-height"]),
        ("colesterol malo y triglicéridos", ["low-density-lipoprotein-cholesterol", "triglycerides"]),
        ("¿Cuánto tiene de azúcar en la sangre?", ["glucose"]),
        ("What was the latest hemoglobin A1c?", ["hemoglobin-a1c"]),
        ("¿Le hicieron TAC de tórax?", ["chest-ct"]),
        ("¿fuma?", ["tobacco-smoking-status"]),
        ("¿De qué murió?", ["cause-of-death"]),
        ("¿Ha tenido la P/A alta?", ["blood-pressure"]),
        ("¿La operaron del apéndice?", ["appendectomy"]),
        ("When did they get the wisdom teeth removed?", ["extraction-of-wisdom-tooth"]),
        ("¿Está desaturada?", ["oxygen-saturation"]),
        ("protein/creatinine ratio?", ["protein-creatinine-ratio"]),
        ("IGRA", ["interferon-gamma-release-assay"]),
        ("Carpal tunnel?", ["carpal-tunnel-syndrome"]),
        ("VCM, HCM", ["mean-corpuscular-volume", "mean-corpuscular-hemoglobin"]),
    ],
)
def test_lay_words_terms_and_abbreviations_of_both_languages_are_found(question: str, concepts: list[str]) -> None:
    """A concept is found by any of its names in either language."""
    assert found(question) == concepts


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("presión", ["blood-pressure"]),
        ("presión intraocular", ["intraocular-pressure"]),
        ("hemoglobina corpuscular media", ["mean-corpuscular-hemoglobin"]),
        ("antecedentes de cáncer de la mama", ["breast-cancer"]),
    ],
)
def test_the_longest_name_wins(question: str, concepts: list[str]) -> None:
    """A longer name hides the shorter ones within it."""
    assert found(question) == concepts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fractura de tobillo", "fracturas de los tobillos"),
        ("alérgica al maní", "alergico al mani"),
        ("NIVEL DE GLUCOSA", "glucosas"),
        ("colonoscopias", "colonoscopía"),
    ],
)
def test_inflection_accents_case_and_small_words_do_not_matter(one: str, other: str) -> None:
    """Forms of one name find the same."""
    assert found(one) == found(other) != []


@pytest.mark.parametrize("misspelt", ["hipertencion", "ipertensión", "hipretension"])
def test_one_spelling_mistake_is_forgiven_and_told(misspelt: str) -> None:
    """A long word with one mistake is found, and the match says so."""
    (match,) = GLOSSARY.concepts(f"¿Tiene {misspelt}?")
    assert (match.concept.id, match.surface, match.corrected) == ("hypertension", misspelt, True)


@pytest.mark.parametrize(
    "text", ["tipo de documento PA 123", "¿le dieron de alta?", "de acuerdo", "la NA de ayer", "ante todo"]
)
def test_words_that_only_look_like_an_abbreviation_are_not_taken_for_it(text: str) -> None:
    """An abbreviation is no inflected word, is written as it is written, and is hidden by a longer name."""
    assert not {"blood-pressure", "alanine-aminotransferase", "sodium"} & set(found(text))


def test_an_exact_abbreviation_needs_its_case() -> None:
    """Symbols of elements count only as they are written."""
    assert found("Na y K") == ["sodium", "potassium"]
    assert found("na y k") == []


@pytest.mark.parametrize("kind", [None, "condition", "procedure"])
def test_an_everyday_word_of_one_language_is_no_inflection_of_a_name_in_the_other(kind: str | None) -> None:
    """A word that stands among the shadows names no concept that only shares its stem, whatever kind is looked for."""
    assert found("pain of the hip", kind) == found("pain", kind)
    assert found("hipo") == ["hiccups"]


def test_what_is_done_to_a_part_of_the_body_is_found_either_way_round() -> None:
    """The name of a procedure is found with its two words in either order."""
    assert [concept.id for concept in GLOSSARY.classify("procedure", "Biopsy of liver (procedure)")] == ["liver-biopsy"]
    assert found("biopsy of the skin") == found("skin biopsy") == ["skin-biopsy"]


def test_an_ambiguous_name_gives_every_concept_at_one_place() -> None:
    """All concepts of a name are returned, and a kind chooses among them."""
    assert found("influenza") == ["influenza", "influenza-vaccine"]
    assert found("influenza", "immunization") == ["influenza-vaccine"]
    assert len({(match.start, match.end) for match in GLOSSARY.concepts("influenza")}) == 1


def test_a_history_is_also_what_happened() -> None:
    """Who asks for a history of infarction asks for the infarction, too."""
    assert found("¿Tiene antecedente de infarto?") == ["history-of-myocardial-infarction", "myocardial-infarction"]


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("¿Qué medicamentos toma para la presión?", ["antihypertensive"]),
        ("¿Toma alguna pastilla para el azúcar?", ["antidiabetic"]),
        ("medicamentos recetados para la osteoartritis", ["osteoarthritis"]),
        ("medicamento que usa para el fósforo", ["phosphorus"]),
    ],
)
def test_what_is_taken_for_a_measurement_is_a_class_of_drugs(question: str, concepts: list[str]) -> None:
    """Something taken for the pressure is an antihypertensive; for a disease it stays the disease."""
    assert found(question) == concepts
    assert GLOSSARY.given_for("cough-and-cold-medicine") is None


@pytest.mark.parametrize(
    ("broad", "narrow"),
    [
        ("antibiotic", "amoxicillin"),
        ("antihypertensive", "lisinopril"),
        ("anemia", "iron-deficiency-anemia"),
        ("diabetes", "diabetic-neuropathy"),
        ("tetanus-vaccine", "td-vaccine"),
        ("fracture", "fracture-of-ankle"),
    ],
)
def test_a_class_holds_its_members(broad: str, narrow: str) -> None:
    """The family of a concept holds what is a kind of it, and those know their ancestors."""
    assert {broad, narrow} <= GLOSSARY.family(broad)
    assert broad in GLOSSARY.ancestors(narrow)
    assert broad not in GLOSSARY.ancestors(broad)


@pytest.mark.parametrize(
    ("kind", "display", "code", "system", "concepts"),
    [
        ("observation", "Glucose", "2339-0", "http://loinc.org", ["glucose"]),
        ("observation", "Glucose [Mass/volume] in Urine by Test strip", "5792-7", None, ["glucose-in-urine"]),
        ("observation", "Glucose [Mass/volume] in Urine by Test strip", None, None, ["glucose-in-urine"]),
        ("condition", "Diabetes", "44054006", "http://snomed.info/sct", ["type-2-diabetes", "diabetes"]),
        ("condition", "Suspected lung cancer (situation)", None, None, ["suspected-lung-cancer"]),
        (
            "medication",
            "Acetaminophen 300 MG / HYDROcodone Bitartrate 5 MG [Vicodin]",
            "1310197",
            "http://www.nlm.nih.gov/research/umls/rxnorm",
            ["acetaminophen", "hydrocodone"],
        ),
        ("immunization", "Td (adult) preservative free", "113", "http://hl7.org/fhir/sid/cvx", ["td-vaccine"]),
        ("procedure", "Colonoscopy", "73761001", "urn:oid:of-another-system", ["colonoscopy"]),
        ("condition", "Something nobody foresaw", "1", None, []),
        ("document", "Colonoscopy", "73761001", None, ["colonoscopy"]),
    ],
)
def test_an_entry_is_known_by_code_and_display(
    kind: str, display: str, code: str | None, system: str | None, concepts: list[str]
) -> None:
    """A record's concepts come from its code and its display, what is measured by the code alone."""
    assert [concept.id for concept in GLOSSARY.classify(kind, display, code, system)] == concepts


@pytest.mark.parametrize(
    ("display", "name"),
    [("Microalbuminuria (finding)", "microalbuminuria"), ("Proteinuria (finding)", "proteinuria")],
)
def test_a_finding_is_not_named_after_a_narrower_one_or_a_measurement(display: str, name: str) -> None:
    """What is found has its own name, not that of its cause or of the test that finds it."""
    assert [concept.spanish_name for concept in GLOSSARY.classify("condition", display)] == [name]


def test_expanding_a_question_gives_names_in_both_languages() -> None:
    """The names of what a question names come first, those of narrower concepts after them."""
    names = GLOSSARY.expand("¿Toma antibióticos?")
    assert {"antibiótico", "antibiotics", "amoxicillin"} <= set(names)
    assert names.index("antibiotics") < names.index("amoxicillin")


def test_concepts_are_reached_by_id() -> None:
    """A glossary is a collection of concepts by id."""
    assert GLOSSARY["anemia"].english_name == "anemia"
    assert "anemia" in GLOSSARY
    assert "nothing" not in GLOSSARY
    assert len(GLOSSARY) == len(GLOSSARY.all) > 2000


def test_two_concepts_of_one_id_are_refused() -> None:
    """Ids are unique; a name without a word that counts is no name."""
    concept = Concept(id="x", kinds=("condition",), spanish=("de la",), english=("x",))
    with pytest.raises(ValueError, match="two concepts"):
        Glossary([concept, concept])


@given(st.text(max_size=300))
def test_no_text_makes_matching_fail(text: str) -> None:
    """Whatever the text, matches lie in it, in order and without overlap but for equal places."""
    matches = GLOSSARY.concepts(text)
    places = sorted({(match.start, match.end) for match in matches})
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert all(text[match.start : match.end] == match.surface for match in matches)
    assert GLOSSARY.expand(text) is not None


def test_the_shipped_glossary_is_read_once() -> None:
    """Loading again gives the same glossary."""
    assert load_glossary() is GLOSSARY


@pytest.mark.parametrize(
    ("text", "concept"), [("UTIs", "urinary-tract-infection"), ("utis", "urinary-tract-infection"), ("ABCs", None)]
)
def test_abbreviations_have_plurals(text: str, concept: str | None) -> None:
    """In capitals or not; what is no abbreviation in the singular is none in the plural."""
    found = [match.concept.id for match in load_glossary().concepts(text)]
    assert (found[0] if found else None) == concept


def test_words_of_names_tell_a_language() -> None:
    """A word that the glossary has in one language only is of that language; abbreviations are of neither."""
    assert "peso" in GLOSSARY.names.spanish
    assert "weight" in GLOSSARY.names.english
    assert not GLOSSARY.names.spanish & GLOSSARY.names.english
    assert "ldl" not in GLOSSARY.names.spanish | GLOSSARY.names.english


def test_what_a_text_names_is_the_caller_s_own() -> None:
    """A text that was read before gives the same matches in a new list, and a long text is read each time."""
    for text in ("diabetes y asma", "diabetes y asma. " * 100):
        first = load_glossary().concepts(text)
        again = load_glossary().concepts(text)
        assert again == first
        first.clear()
        assert load_glossary().concepts(text) == again
