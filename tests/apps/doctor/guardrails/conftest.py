"""People of whom the cases of the guardrails tell, and the cases themselves."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from smarthealth.apps.doctor.case import Case, Said
from smarthealth.apps.doctor.profile import Allergies, PatientProfile
from smarthealth.retrieval.language import language_of
from tests.apps.doctor.conftest import NOW, PASSAGE

HERE: Final = Path(__file__).parent
PROFILES: Final = {
    "none": PatientProfile(),
    "diabetes": PatientProfile(chronic_conditions=("Diabetes",)),
    "penicillin": PatientProfile(allergies=Allergies(drug=("Penicillin",))),
    "ibuprofen": PatientProfile(allergies=Allergies(drug=("ibuprofeno",))),
    "pregnant": PatientProfile(pregnant=True),
    "child": PatientProfile(age=6),
}
WORDS: Final = {
    "told": "My throat hurts and I am allergic to penicillin",
    "said-pregnant": "I am pregnant and my head hurts",
    "said-child": "my son is 6 years old and has a fever",
    "said-adult": "my son is 30 years old and has a headache",
}
"""What is told in the message itself."""


def case_of(who: str, text: str = "") -> Case:
    """The case of somebody, in the language of a text."""
    history = (Said(message="I am allergic to penicillin", answer="I see.", at=NOW),) if who == "earlier" else ()
    return Case(
        message=WORDS.get(who, "My throat hurts"),
        language=language_of(text, "en"),
        profile=PROFILES.get(who, PatientProfile()),
        history=history,
        sources=(PASSAGE,),
    )


def rows(name: str) -> Sequence[dict[str, str]]:
    """The cases of one file."""
    with (HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="session")
def hidden() -> Sequence[dict[str, str]]:
    """Sentences that must not be shown."""
    return rows("hidden")


@pytest.fixture(scope="session")
def shown() -> Sequence[dict[str, str]]:
    """Sentences that must be shown as they are."""
    return rows("shown")
