"""What a person tells about their health, and how tellings are joined."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.profile import (
    MOST_ENTRIES,
    Allergies,
    Medication,
    PatientProfile,
    merge_profiles,
)
from smarthealth.wire.errors import FieldError

NAMES = st.lists(st.sampled_from(["Penicillin", "penicillin", "nuts", "aspirin", "látex"]), max_size=4).map(tuple)
ALLERGIES = st.none() | st.builds(Allergies, drug=NAMES, food=NAMES, other=NAMES)
PROFILES = st.builds(
    PatientProfile,
    age=st.none() | st.floats(0, 130),
    age_months=st.none() | st.integers(0, 24),
    sex=st.sampled_from([None, "female", "male", "other"]),
    pregnant=st.none() | st.booleans(),
    pregnancy_weeks=st.none() | st.integers(0, 45),
    chronic_conditions=NAMES,
    current_medications=st.lists(st.builds(Medication, name=st.just("Metformin")), max_size=2).map(tuple),
    allergies=ALLERGIES,
    country=st.sampled_from([None, "CO", "ES"]),
)


def allergens(profile: PatientProfile) -> set[str]:
    """All that somebody does not bear, whatever the kind."""
    found = profile.allergies or Allergies()
    return {name.casefold() for name in (*found.drug, *found.food, *found.other)}


@given(PROFILES, PROFILES)
def test_no_allergy_is_ever_forgotten(earlier: PatientProfile, later: PatientProfile) -> None:
    """What was told once holds for good, and so does what is told now."""
    assert allergens(merge_profiles(earlier, later)) == allergens(earlier) | allergens(later)


@given(PROFILES, PROFILES)
def test_telling_the_same_again_changes_nothing(earlier: PatientProfile, later: PatientProfile) -> None:
    """Merging is idempotent."""
    once = merge_profiles(earlier, later)
    assert merge_profiles(once, later) == once


@given(PROFILES)
def test_nothing_told_changes_nothing(profile: PatientProfile) -> None:
    """On either side, but for the same allergen told twice."""
    nothing = PatientProfile()
    without = attrs.evolve(profile, allergies=None)
    assert merge_profiles(without, nothing) == without
    assert attrs.evolve(merge_profiles(nothing, profile), allergies=None) == without


@given(PROFILES, PROFILES)
def test_what_is_told_later_holds(earlier: PatientProfile, later: PatientProfile) -> None:
    """Each thing told replaces what was told before; what is left out stays, unless it is the same fact."""
    merged = merge_profiles(earlier, later)
    for name in ("sex", "chronic_conditions", "current_medications", "country"):
        assert getattr(merged, name) == (getattr(later, name) or getattr(earlier, name))
    if later.years is not None:
        assert merged.years == later.years


def test_a_newer_age_replaces_one_in_months_and_the_other_way_round() -> None:
    """Who spoke of a baby and now speaks of a grown person is believed."""
    baby, adult = PatientProfile(age_months=2), PatientProfile(age=30)
    assert merge_profiles(baby, adult).years == 30
    assert merge_profiles(adult, baby).years == pytest.approx(2 / 12)


@pytest.mark.parametrize(
    ("profile", "pregnant"),
    [
        (PatientProfile(), False),
        (PatientProfile(pregnant=True), True),
        (PatientProfile(pregnancy_weeks=12), True),
        (PatientProfile(pregnant=False, pregnancy_weeks=12), False),
        (merge_profiles(PatientProfile(pregnant=False), PatientProfile(pregnancy_weeks=6)), True),
        (merge_profiles(PatientProfile(pregnancy_weeks=39), PatientProfile(pregnant=False)), False),
    ],
)
def test_pregnancy_is_told_in_two_ways(profile: PatientProfile, pregnant: bool) -> None:
    """Weeks told later count although none was told of before."""
    assert profile.is_pregnant is pregnant


def test_lists_have_bounds() -> None:
    """So many entries, each neither empty nor endless; joined allergies keep the latest of too many."""
    for names in (("",), (" ",), ("x" * 201,), ("x",) * (MOST_ENTRIES + 1)):
        with pytest.raises(FieldError):
            PatientProfile(chronic_conditions=names)
    with pytest.raises(FieldError):
        PatientProfile(current_medications=(Medication(name="x"),) * (MOST_ENTRIES + 1))
    many = [PatientProfile(allergies=Allergies(drug=tuple(f"{part}{n}" for n in range(40)))) for part in "ab"]
    merged = merge_profiles(*many)
    assert len(merged.drug_allergies) == MOST_ENTRIES
    assert merged.drug_allergies[-1] == "b39"


def test_what_is_told_in_short() -> None:
    """Nothing told is empty, and has no allergies."""
    assert PatientProfile().is_empty
    assert PatientProfile().drug_allergies == ()
    assert PatientProfile().years is None
    assert not PatientProfile(pregnant=False).is_empty
