"""Which of the things that a record holds a topic means."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.entries import Known
from smarthealth.apps.records.answering.matching import Matcher, Quality
from smarthealth.apps.records.understanding.question import Topic
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.glossary import load_glossary

GLOSSARY = load_glossary()


def allergy(display: str, category: str | None) -> Known:
    """An allergy of a record."""
    return Known(kind="allergy", code=None, display=display, category=category, is_part=False, count=1)


@pytest.mark.parametrize(
    ("concept", "display"),
    [
        ("drug-allergy", "Allergy to sulfonamide (finding)"),
        ("food-allergy", "Carmine"),
        ("environmental-allergy", "Carpet fibre"),
    ],
)
def test_a_class_of_allergies_is_told_by_the_category(concept: str, display: str) -> None:
    """Allergies to medicines, foods and surroundings are those that the record puts in these categories."""
    known = [
        allergy("Allergy to sulfonamide (finding)", "medication"),
        allergy("Carmine", "food, biologic"),
        allergy("Carpet fibre", "environment"),
        allergy("Something", None),
    ]
    topic = Topic(kinds=frozenset({"allergy"}), concepts=(GLOSSARY[concept],), surface=concept)
    matched = Matcher("question", known, GLOSSARY).match(topic)
    assert [found.display for found in matched.core] == [display]


def known(
    kind: str, display: str, *, category: str | None = None, code: str | None = None, is_part: bool = False
) -> Known:
    """One thing that a record holds."""
    return Known(kind=kind, code=code, display=display, category=category, is_part=is_part, count=1)


RECORD = (
    known("condition", "Hypertension", code="59621000"),
    known("condition", "Chronic kidney disease due to hypertension (disorder)"),
    known("condition", "Suspected fracture of hip (situation)"),
    known("condition", "Diabetes mellitus type 2 (disorder)"),
    known("observation", "Glucose [Mass/volume] in Blood", code="2339-0", category="laboratory"),
    known("observation", "Body Weight", code="29463-7", category="vital-signs"),
    known("observation", "Systolic Blood Pressure", code="8480-6", is_part=True),
    known("procedure", "Appendectomy"),
    known("procedure", "Depression screening"),
    known("encounter", "Emergency room admission (procedure)", category="emergency"),
    known("encounter", "General examination of patient (procedure)", category="ambulatory"),
    known("medication", "lisinopril 10 MG Oral Tablet"),
    known("allergy", "Allergy to zorblaxine (finding)"),
    known("observation", "Hematocrit beside creatinine", code="4544-3"),
)


def matched(topic: Topic, text: str = "question") -> tuple[list[str], Quality]:
    """The displays that a topic means, and how it was matched."""
    found = Matcher(text, RECORD, GLOSSARY).match(topic)
    return [thing.display for thing in found.core], found.quality


@pytest.mark.parametrize(
    ("topic", "displays", "quality"),
    [
        (Topic(concepts=(GLOSSARY["hypertension"],)), ["Hypertension"], Quality.CONCEPT),
        (Topic(concepts=(GLOSSARY["diabetes"],)), ["Diabetes mellitus type 2 (disorder)"], Quality.NARROWER),
        (Topic(concepts=(GLOSSARY["fracture-of-hip"],)), ["Suspected fracture of hip (situation)"], Quality.CONCEPT),
        (Topic(concepts=(GLOSSARY["gout"],)), [], Quality.NONE),
        (Topic(terms=("zorblaxine",)), ["Allergy to zorblaxine (finding)"], Quality.WORDS),
        (Topic(terms=("frimbolant",)), [], Quality.NONE),
        (Topic(concepts=(GLOSSARY["glucose"],), terms=("blood",)), ["Glucose [Mass/volume] in Blood"], Quality.CONCEPT),
        (Topic(concepts=(GLOSSARY["glucose"],), terms=("urine",)), [], Quality.NARROWED),
        (Topic(kinds=frozenset({"medication"})), ["lisinopril 10 MG Oral Tablet"], Quality.KIND),
        (Topic(kinds=frozenset({"careplan"})), [], Quality.NONE),
        (
            Topic(kinds=frozenset({"encounter"}), category="emergency"),
            ["Emergency room admission (procedure)"],
            Quality.KIND,
        ),
        (Topic(kinds=frozenset({"procedure"}), category="surgery"), ["Appendectomy"], Quality.KIND),
        (Topic(kinds=frozenset({"observation"}), category="vital-signs"), ["Body Weight"], Quality.KIND),
        (Topic(kinds=frozenset({"observation"}), concepts=(GLOSSARY["creatinine"],)), [], Quality.NONE),
        (Topic(concepts=(GLOSSARY["systolic-blood-pressure"],)), ["Systolic Blood Pressure"], Quality.CONCEPT),
    ],
)
def test_a_topic_means_what_the_record_calls_so(topic: Topic, displays: list[str], quality: Quality) -> None:
    """By concept, by a narrower one, by kind, by words; a component only where it is named."""
    assert matched(topic) == (displays, quality)


def test_what_is_suspected_follows_or_is_screened_for_is_mentioned_only() -> None:
    """A disease that is there is counted without what follows from it."""
    found = Matcher("question", RECORD, GLOSSARY).match(Topic(concepts=(GLOSSARY["hypertension"],)))
    assert [thing.display for thing in found.related] == ["Chronic kidney disease due to hypertension (disorder)"]


def test_a_display_that_is_spelled_out_is_meant() -> None:
    """The record's own words go first."""
    topic = Topic(concepts=(GLOSSARY["hypertension"],), surface="hypertension")
    assert matched(topic, "When did Chronic kidney disease due to hypertension begin?") == (
        ["Chronic kidney disease due to hypertension (disorder)"],
        Quality.LITERAL,
    )


def test_reasons_are_matched_as_diseases_are() -> None:
    """Of the reasons given in a record, those that the topic names."""
    topic = Topic(kinds=frozenset({"medication"}), concepts=(GLOSSARY["hypertension"],), surface="hypertension")
    reasons = ["Hypertension", "Asthma", "Renal disease due to hypertension"]
    assert Matcher("question", (), GLOSSARY).reasons(topic, reasons)[0] == "Hypertension"


def test_the_kinds_of_what_is_meant() -> None:
    """Which tables' rows are to be looked at."""
    found = Matcher("question", RECORD, GLOSSARY).match(Topic(terms=("zorblaxine",)))
    assert found.kinds == {"allergy"}


@pytest.mark.parametrize(
    ("concept", "kind", "display", "expected"),
    [
        ("intrauterine-device", "procedure", "Removal of intrauterine device", True),
        ("jaundice", "condition", "Neonatal jaundice (disorder)", True),
        ("hospice-care", "encounter", "Admission to hospice (procedure)", True),
        ("hemoglobin", "observation", "Hemoglobin A1c/Hemoglobin.total in Blood", False),
        ("depression", "procedure", "Depression screening (procedure)", False),
    ],
)
def test_a_concept_is_found_by_its_name_in_a_display(concept: str, kind: str, display: str, *, expected: bool) -> None:
    """All words of one of its names stand in the display, which is no other measurement and no mere screening."""
    code = "4548-4" if kind == "observation" else None
    entry = Known(kind=kind, code=code, display=display, category=None, is_part=False, count=1)
    matched = Matcher("question", [entry], GLOSSARY).match(Topic(concepts=(GLOSSARY[concept],), surface=concept))
    assert bool(matched.core) is expected


def test_words_beside_a_measurement_do_not_hide_it() -> None:
    """`latest glucose with units`: what no entry has as a word tells how a measurement is asked for."""
    entry = Known(kind="observation", code="2339-0", display="Glucose", category=None, is_part=False, count=1)
    topic = Topic(concepts=(GLOSSARY["glucose"],), terms=("units",), surface="glucose")
    matched = Matcher("question", [entry], GLOSSARY).match(topic)
    assert matched.core == (entry,)
    assert matched.quality is Quality.NARROWED


def test_another_measurement_is_no_finding_by_its_words() -> None:
    """High density lipoprotein cholesterol is no high cholesterol, but a smoking status tells of smoking."""
    record = [
        known("observation", "High Density Lipoprotein Cholesterol", code="2085-9"),
        known("observation", "Tobacco smoking status", code="72166-2"),
    ]
    matcher = Matcher("question", record, GLOSSARY)
    assert matcher.match(Topic(concepts=(GLOSSARY["hyperlipidemia"],))).core == ()
    smoking = Concept(id="smoking", kinds=("condition",), english=("smoking status",), spanish=("tabaquismo",))
    assert [found.display for found in matcher.match(Topic(concepts=(smoking,))).core] == ["Tobacco smoking status"]


def condition(display: str) -> Known:
    """A diagnosis of a record."""
    return Known(kind="condition", code=None, display=display, category=None, is_part=False, count=1)


def test_a_word_that_tells_diseases_apart_must_be_there() -> None:
    """A hypertensive retinopathy is no diabetic one."""
    topic = Topic(concepts=(GLOSSARY["diabetic-retinopathy"],), terms=("hipertensiva",), surface="retinopatía")
    assert not Matcher("¿retinopatía hipertensiva?", [condition("Diabetic retinopathy")], GLOSSARY).match(topic)


@pytest.mark.parametrize(("word", "found"), [("edss", True), ("edxs", False)])
def test_initials_name_what_is_spelt_out(word: str, found: bool) -> None:
    """An acronym that the glossary lacks is known by the words of a display."""
    scale = Known(
        kind="observation",
        code=None,
        display="Expanded disability status scale score",
        category=None,
        is_part=False,
        count=1,
    )
    assert bool(Matcher(f"{word}?", [scale], GLOSSARY).match(Topic(terms=(word,), surface=word))) is found


def test_one_of_two_siblings_is_not_the_other() -> None:
    """A partial operation is no total one."""
    done = Known(kind="procedure", code=None, display="Partial thyroidectomy", category=None, is_part=False, count=1)
    topic = Topic(concepts=(GLOSSARY["thyroidectomy"],), surface="thyroidectomy")
    assert Matcher("thyroidectomy?", [done], GLOSSARY).match(topic)
    assert not Matcher("total thyroidectomy?", [done], GLOSSARY).match(topic)


def test_a_letter_that_is_part_of_the_name_tells_siblings_apart() -> None:
    """Who asks for immunoglobulin A is not answered with G."""
    record = [known("observation", f"Immunoglobulin {letter} [Mass/volume] in Serum") for letter in "AG"]
    topic = Topic(kinds=frozenset({"observation"}), terms=("immunoglobulin",), surface="immunoglobulin")
    found = Matcher("latest immunoglobulin A?", record, GLOSSARY).match(topic)
    assert [thing.display for thing in found.core] == [record[0].display]


def test_a_qualifier_tells_opposites_apart() -> None:
    """Who asks for the left one is not answered with the right one."""
    record = [known("procedure", f"Arthroscopy of {side} knee") for side in ("left", "right")]
    topic = Topic(kinds=frozenset({"procedure"}), terms=("arthroscopy", "knee"), surface="arthroscopy of the left knee")
    found = Matcher("arthroscopy of the left knee?", record, GLOSSARY).match(topic)
    assert [thing.display for thing in found.core] == [record[0].display]
