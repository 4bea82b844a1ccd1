"""What a person tells about their health, and how a later telling is joined with an earlier one."""

from __future__ import annotations

from typing import Any, Final, Literal

import attrs

from smarthealth.wire.errors import FieldError
from smarthealth.wire.fields import between, length

OLDEST: Final = 130
"""Years."""
MONTHS_IN_YEAR: Final = 12
LONGEST_NAME: Final = 200
"""Characters of one condition, medication, allergen or dose."""
MOST_ENTRIES: Final = 50
"""Conditions, medications or allergens in one list."""
HEAVIEST_KG: Final = 700
TALLEST_CM: Final = 300
LONGEST_PREGNANCY_WEEKS: Final = 45

Sex = Literal["female", "male", "other"]


def _names(instance: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """Hold a list to its length, and each text in it to its own."""
    if len(value) > MOST_ENTRIES:
        raise FieldError(attribute.name, f"must have at most {MOST_ENTRIES} items")
    for position, name in enumerate(value):
        if not name.strip() or len(name) > LONGEST_NAME:
            raise FieldError(f"{attribute.name}[{position}]", f"must have 1 to {LONGEST_NAME} characters")


def _few(instance: object, attribute: attrs.Attribute[Any], value: tuple[object, ...]) -> None:
    if len(value) > MOST_ENTRIES:
        raise FieldError(attribute.name, f"must have at most {MOST_ENTRIES} items")


@attrs.frozen(kw_only=True)
class Medication:
    """Something that a person takes."""

    name: str = attrs.field(validator=length(1, LONGEST_NAME))
    dose: str | None = attrs.field(default=None, validator=length(0, LONGEST_NAME))


@attrs.frozen(kw_only=True)
class Allergies:
    """What a person does not bear, by kind."""

    drug: tuple[str, ...] = attrs.field(default=(), validator=_names)
    food: tuple[str, ...] = attrs.field(default=(), validator=_names)
    other: tuple[str, ...] = attrs.field(default=(), validator=_names)


@attrs.frozen(kw_only=True)
class PatientProfile:
    """A person's health, as told; every field may be left out."""

    age: float | None = attrs.field(default=None, validator=between(0, OLDEST))
    """Years; a part of a year for infants."""
    age_months: int | None = attrs.field(default=None, validator=between(0, OLDEST * MONTHS_IN_YEAR))
    """For small children, instead of `age`."""
    sex: Sex | None = None
    gender: str | None = attrs.field(default=None, validator=length(0, LONGEST_NAME))
    pregnant: bool | None = None
    pregnancy_weeks: int | None = attrs.field(default=None, validator=between(0, LONGEST_PREGNANCY_WEEKS))
    breastfeeding: bool | None = None
    weight_kg: float | None = attrs.field(default=None, validator=between(0, HEAVIEST_KG))
    height_cm: float | None = attrs.field(default=None, validator=between(0, TALLEST_CM))
    chronic_conditions: tuple[str, ...] = attrs.field(default=(), validator=_names)
    current_medications: tuple[Medication, ...] = attrs.field(default=(), validator=_few)
    allergies: Allergies | None = None
    country: str | None = attrs.field(default=None, validator=length(2, 2))
    """ISO 3166-1 alpha-2; whose emergency numbers are given."""

    @property
    def years(self) -> float | None:
        """Age in years, however it was told."""
        if self.age_months is not None:
            return self.age_months / MONTHS_IN_YEAR
        return self.age

    @property
    def drug_allergies(self) -> tuple[str, ...]:
        """Medicines that must not be advised."""
        return self.allergies.drug if self.allergies is not None else ()

    @property
    def is_pregnant(self) -> bool:
        """Whether a pregnancy was told of, in either way."""
        return bool(self.pregnant) or (self.pregnant is None and self.pregnancy_weeks is not None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return self == PatientProfile()


_SAME_FACT: Final = (("age", "age_months"), ("age_months", "age"), ("pregnancy_weeks", "pregnant"))
"""Fields of which the first, told later, makes the second out of date."""


def merge_profiles(earlier: PatientProfile, later: PatientProfile) -> PatientProfile:
    """Lay a later profile over an earlier one: what it tells replaces what was told, what it leaves out stays.

    A list counts as told when it holds something; an allergy told once is kept for good, since forgetting one may harm.
    """
    told = {
        field.name: value
        for field in attrs.fields(PatientProfile)
        if (value := getattr(later, field.name)) != field.default and field.name != "allergies"
    }
    for newer, older in _SAME_FACT:
        if newer in told and older not in told:
            told[older] = None
    return attrs.evolve(earlier, **told, allergies=_merge_allergies(earlier.allergies, later.allergies))


def _merge_allergies(earlier: Allergies | None, later: Allergies | None) -> Allergies | None:
    if earlier is None and later is None:
        return None
    earlier, later = earlier or Allergies(), later or Allergies()
    return Allergies(
        drug=_joined(earlier.drug, later.drug),
        food=_joined(earlier.food, later.food),
        other=_joined(earlier.other, later.other),
    )


def _joined(earlier: tuple[str, ...], later: tuple[str, ...]) -> tuple[str, ...]:
    """Both, each once, the latest of them where there are too many."""
    known = {name.casefold(): name for name in (*earlier, *later)}
    return tuple(known.values())[-MOST_ENTRIES:]
