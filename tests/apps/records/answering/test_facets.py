"""What is asked of a thing is told in the words of its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask

CT = "No pulmonary embolism. Nodule of 6 mm in the right upper lobe."
LONG = (
    "TECHNIQUE: "
    + " ".join(f"Slice {number} was taken with care." for number in range(20))
    + "\nIMPRESSION: Emphysema. Nodule of 6 mm."
)


async def chart(add: Add) -> None:
    """A record with something of each kind."""
    await add("report", "CT of chest", body=CT, started_on="2022-08-04")
    await add("report", "MRI of knee", body=LONG)
    await add("report", "Mammography")
    panel = await add("report", "Lipid panel")
    await add("observation", "LDL cholesterol", value=120, unit="mg/dL", parent_id=panel)
    await add(
        "procedure",
        "Colonoscopy",
        value_text="Complete, no complications",
        body="Follow-up: in five years\nTwo polyps were removed.",
        clock="08:10",
        end_clock="08:55",
        ended_on="2020-01-02",
    )
    await add("procedure", "Total replacement of left knee joint", clock="08:00", end_clock="08:00")
    await add(
        "immunization",
        "Influenza vaccine",
        body="Lot: L1\nManufacturer: Maker\nExpires: 2021-08-01\nSite: Left arm\nRoute: Oral",
        clock="10:35",
    )
    await add("immunization", "Tdap")
    await add(
        "medication",
        "Metformin 500 MG",
        status="stopped",
        dosage="1 tablet twice daily",
        body="Status reason: diarrhea",
    )
    await add("medication", "Lisinopril 10 MG", status="stopped")
    await add("encounter", "Emergency room admission", category="emergency", clock="03:25", end_clock="11:40")
    await add("observation", "Glucose", value=90, unit="mg/dL", code="2345-7", code_system="http://loinc.org")


@pytest.mark.parametrize(
    ("question", "say", "note"),
    [
        ("What did the chest CT show?", "told", CT),
        ("Did the chest CT show a pulmonary embolism?", "told", "No pulmonary embolism"),
        ("How did the colonoscopy go?", "told", "Two polyps"),
        ("Did the colonoscopy have complications?", "told", "no complications"),
        ("What follow-up was planned: follow-up of the colonoscopy?", "told", "in five years"),
        ("How long did the colonoscopy take?", "told", "45 min (08:10-08:55)"),
        ("What did the MRI of the knee show?", "told", "Emphysema"),
        ("What did the mammography show?", "lacking", None),
        ("What did the lipid panel show?", "value", None),
        ("What was the result of the glucose?", "value", None),
        ("Which knee was replaced?", "told", "left"),
        ("What is the lot number of the influenza vaccine?", "told", "L1"),
        ("Who made the influenza vaccine?", "told", "Maker"),
        ("When does the influenza vaccine expire?", "told", "2021-08-01"),
        ("Which arm was the influenza vaccine given in?", "told", "Left arm"),
        ("By what route was the influenza vaccine given?", "told", "Oral"),
        ("What time was the influenza vaccine given?", "told", "10:35"),
        ("What is the lot number of the Tdap?", "lacking", None),
        ("What time did he get to the emergency room?", "told", "03:25"),
        ("At what time did he leave the emergency room?", "told", "11:40"),
        ("How many times a day did she take metformin?", "told", "twice daily"),
        ("By which route is metformin taken?", "told", "twice daily"),
        ("Which part of the body is metformin for?", "told", "twice daily"),
        ("At what time is metformin taken?", "told", "twice daily"),
        ("Why was metformin stopped?", "told", "diarrhea"),
        ("Why was lisinopril stopped?", "ended", None),
        ("How often does she take lisinopril?", "dose", None),
        ("What did the chest CT before the tonsillectomy show?", "absent", None),
    ],
)
async def test_a_facet_is_told_or_said_to_be_lacking(
    add: Add, ask: Ask, question: str, say: str, note: str | None
) -> None:
    """In the words of the entry; what the look-ups tell by themselves is left to them."""
    await chart(add)
    fact = (await ask(question))[0]
    assert fact.say == say
    assert note is None or note in (fact.items[0].note or "")


@pytest.mark.parametrize(
    ("question", "say"),
    [
        ("What was the result of the zorblaxin?", "value"),
        ("What did it show?", "refusal"),
        ("What time was the blood drawn?", "absent"),
        ("How long did the stay on the ward take?", "duration"),
        ("What did the zorbloscopy show in 2010?", "absent"),
        ("How long did the zorbloscopy take?", "duration"),
        ("How long did the frobnectomy take?", "duration"),
        ("Who did the test?", "who"),
    ],
)
async def test_what_is_measured_or_unknown_is_left_to_others(add: Add, ask: Ask, question: str, say: str) -> None:
    """A word that the record has for a measurement means that; one that it has for nothing means nothing here."""
    await add("observation", "Zorblaxin", value=3, unit="mg/dL")
    await add("procedure", "Zorbloscopy")
    await add("procedure", "Frobnectomy", clock="08:00", end_clock="08:00")
    await add(
        "encounter", "Stay on the ward", category="inpatient", clock="08:00", ended_on="2020-01-09", end_clock="09:00"
    )
    assert (await ask(question))[0].say == say


async def test_the_report_on_a_procedure_tells_what_it_found(add: Add, ask: Ask) -> None:
    """One of the days after it that shares a word with its name; without a day, or a report, there is none."""
    await add("procedure", "Biopsy of skin", started_on="2021-02-01")
    await add("procedure", "Cystoscopy", started_on=None)
    await add("procedure", "Bronchoscopy", started_on="2015-02-01")
    await add("report", "Pathology of skin", body="Benign naevus.", started_on="2021-02-05")
    fact = (await ask("What did the biopsy of skin show?"))[0]
    assert (fact.say, fact.items[0].note) == ("told", "Benign naevus.")
    assert [(await ask(f"What did the {name} show?"))[0].say for name in ("cystoscopy", "bronchoscopy")] == [
        "lacking"
    ] * 2


async def test_a_note_tells_what_a_procedure_lacks(add: Add, ask: Ask) -> None:
    """Before it is said that the record does not have it."""
    await add("procedure", "Colonoscopy", started_on="2021-02-01")
    await add(
        "document",
        "Discharge summary",
        body="Two complications after the colonoscopy: bleeding and pain.",
        started_on="2021-02-05",
    )
    fact = (await ask("Were there complications of the colonoscopy?"))[0]
    assert fact.say == "mentioned"


async def test_how_long_it_took_needs_two_times(add: Add, ask: Ask) -> None:
    """A replacement that began and ended in the same minute says nothing of its length."""
    await chart(add)
    assert all(fact.say != "told" for fact in await ask("How long did the total replacement of left knee joint take?"))


@pytest.mark.parametrize(
    ("question", "say"),
    [
        ("Any nodule on the chest tomography?", "told"),
        ("Any nodule on the chest MRI?", "absent"),
        ("How big was the nodule on the chest CT in 2010?", "absent"),
    ],
)
async def test_a_report_tells_what_no_entry_is_about(add: Add, ask: Ask, question: str, say: str) -> None:
    """By a sentence of its own; another test of the same part of the body, or of another time, is another thing."""
    await chart(add)
    assert (await ask(question))[0].say == say


async def test_a_report_is_called_by_other_words(add: Add, ask: Ask) -> None:
    """A pathology report answers for the biopsy; of a gap in the glossary the words of the question tell."""
    await add("report", "Surgical pathology report - colon polyp", body="Tubular adenoma.")
    fact = (await ask("What was the result of the polyp biopsy?"))[0]
    assert (fact.say, fact.items[0].note) == ("told", "Tubular adenoma.")
    assert (await ask("What did it show?"))[0].say != "told"
    assert (await ask("What did the exams show?"))[0].say == "told"
    assert (await ask("Who signed the polyp pathology?"))[0].say == "who"
    assert (await ask("Gout on the polyp pathology?"))[0].say == "absent"


async def test_a_long_report_that_says_the_same_again_is_told_once(add: Add, ask: Ask) -> None:
    """Its sentences, each once, may be shorter than the whole."""
    await add("report", "MRI of knee", body="Slices of one millimetre were taken. " * 20)
    fact = (await ask("What did the MRI of the knee show?"))[0]
    assert fact.items[0].note == "Slices of one millimetre were taken."


@pytest.mark.parametrize(
    ("question", "say", "note"),
    [
        ("What did the mammogram find?", "told", "BI-RADS 5"),
        ("Histology of the prostate biopsy?", "told", "Adenocarcinoma"),
        ("apnea-hypopnea index of the polysomnography?", "told", "index 32"),
        ("¿Salió positiva la serología de hepatitis C?", "lacking", None),
        ("What does her musculoskeletal care plan include?", "told", "Joint mobility exercises"),
        ("What happened at the ER?", "told", "Overdose"),
    ],
)
async def test_what_was_done_is_told_by_the_reports_of_its_day(
    add: Add, ask: Ask, question: str, say: str, note: str | None
) -> None:
    """Also by one on a screening, or one whose name shares no word with it; a plan by its activities."""
    await add("procedure", "Mammography", started_on="2015-03-03")
    await add("report", "MG Breast Screening", body="BI-RADS 5", started_on="2015-03-03")
    await add("procedure", "Biopsy of prostate", started_on="2017-06-13")
    await add("report", "Pathology", body="Adenocarcinoma.", started_on="2017-06-13")
    await add("report", "Basic panel", body="Fine.", started_on="2017-06-20")
    await add("procedure", "Polysomnography", started_on="2018-10-16")
    await add("report", "Sleep study", body="Apnea-hypopnea index 32 per hour.", started_on="2018-10-16")
    await add("procedure", "Hepatitis C antibody, confirmatory test", started_on="2016-05-31")
    await add("careplan", "Musculoskeletal care", body="- Joint mobility exercises (in-progress)")
    await add("encounter", "Emergency room admission", category="emergency", reason="Overdose")
    fact = (await ask(question))[0]
    assert fact.say == say
    assert note is None or note in (fact.items[0].note or "")
