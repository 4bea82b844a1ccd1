"""Medicines that somebody must not take."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest

from smarthealth.apps.doctor.guardrails.medicines import forbidden_for, names_medicine
from smarthealth.apps.doctor.profile import Allergies, PatientProfile
from smarthealth.retrieval.words import fold
from tests.apps.doctor.guardrails.conftest import case_of


def test_what_would_harm_is_found(hidden: Sequence[dict[str, str]]) -> None:
    """By class, brand or name; for an allergy of the profile or told in passing, a pregnancy, a child."""
    harmful = [row for row in hidden if row["why"] == "harm"]
    assert [row for row in harmful if not forbidden_for(case_of(row["who"])).is_advised_in(fold(row["text"]))] == []


def test_a_warning_is_no_advice(shown: Sequence[dict[str, str]]) -> None:
    """Who must not take something is told so."""
    assert [row for row in shown if forbidden_for(case_of(row["who"])).is_advised_in(fold(row["text"]))] == []


def test_one_antibiotic_is_not_all() -> None:
    """Who does not bear penicillin may take others; who says "antibiotics" may take none."""
    assert "antibiotic" not in forbidden_for(case_of("penicillin")).ids
    profile = PatientProfile(allergies=Allergies(drug=("antibiotics",)))
    assert "antibiotic" in forbidden_for(attrs.evolve(case_of("none"), profile=profile)).ids


@pytest.mark.parametrize(("text", "named"), [("take tylenol", True), ("you have asthma", False), ("drink milk", False)])
def test_what_is_a_medicine(text: str, named: bool) -> None:
    """Conditions and food are none."""
    assert names_medicine(text) is named


def test_a_cause_is_no_advice() -> None:
    """What may have brought something on is told, in a line of possibilities."""
    forbidden = forbidden_for(case_of("ibuprofen"))
    assert not forbidden.is_advised_in("- possible: medicines. what speaks for it: anti-inflammatories, stimulants.")
    assert forbidden.is_advised_in("- possible: a cold. try naproxen.")
