"""Ages and pregnancies that are told in passing."""

from __future__ import annotations

import pytest

from smarthealth.apps.doctor.agents.ages import tells_pregnancy, told_years, without_ages
from smarthealth.retrieval.words import fold


@pytest.mark.parametrize(
    ("message", "years"),
    [
        ("mi hijo de 3 años tiene tos", 3),
        ("mi bebé de 2 meses tiene fiebre", 2 / 12),
        ("mi niña de un año no come", 1),
        ("my 2 month old has a fever", 2 / 12),
        ("my 6-week-old cries", 6 / 52),
        ("a 10 day old baby", 10 / 365),
        ("3 yo with a cough", 3),
        ("tengo 70 años y me mareo", 70),
        ("I am 82 and fell", 82),
        ("un señor de 60 años de edad", 60),
        ("my newborn has sticky eyes", 0.02),
        ("mi hija de 8 años y mi bebé de 5 meses tosen", 5 / 12),
        ("tengo fiebre de 39", None),
        ("my temperature is 39.", None),
        ("i'm 38.5 and shivering", None),
        ("tos hace 3 meses", None),
        ("dolor de rodilla de 3 meses", None),
        ("headaches since I was 10 years old", None),
        ("desde que tengo 15 años me duele", None),
        ("tengo 3 años con este dolor", None),
        ("soy de 200 años", None),
    ],
)
def test_the_age_of_who_is_ill(message: str, years: float | None) -> None:
    """An age is told apart from how long something lasts and from temperatures."""
    found = told_years(fold(message))
    assert found == (None if years is None else pytest.approx(years))


@pytest.mark.parametrize(
    ("message", "pregnant"),
    [
        ("I'm 30 weeks pregnant", True),
        ("estoy de 30 semanas y me duele la cabeza", True),
        ("tengo 5 meses de embarazo", True),
        ("embarazada de 20 semanas", True),
        ("tengo tos hace 3 semanas", False),
    ],
)
def test_weeks_of_a_pregnancy(message: str, pregnant: bool) -> None:
    """Weeks of a pregnancy are no duration of a complaint."""
    assert tells_pregnancy(fold(message)) is pregnant


def test_what_is_left_without_ages() -> None:
    """Only how long it has lasted stays."""
    assert "3 anos" not in without_ages(fold("mi hijo de 3 años tose hace 5 días"))
    assert "5 dias" in without_ages(fold("mi hijo de 3 años tose hace 5 días"))
    assert "30 weeks" not in without_ages("30 weeks pregnant, headache for 2 days")
