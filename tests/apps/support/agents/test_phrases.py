"""The offline model's sentences."""

from __future__ import annotations

import string
from datetime import date

import attrs
import pytest

from smarthealth.apps.support.agents.phrases import PHRASES
from smarthealth.apps.support.maintenance.tools import _REASONS


def test_both_languages_fill_in_the_same_things() -> None:
    """No sentence of one language names what that of the other does not."""
    for field in attrs.fields(type(PHRASES["en"])):
        english, spanish = (getattr(PHRASES[language], field.name) for language in ("en", "es"))
        if isinstance(english, str):
            assert _filled(english) == _filled(spanish), field.name
        else:
            assert len(english) == len(spanish) or field.name in ("errors", "labels", "measures")


def _filled(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_moments_are_said_in_words() -> None:
    """With the day of the week."""
    assert PHRASES["en"].moment("2026-03-05T08:30") == "Thursday 5 March at 08:30"
    assert PHRASES["es"].day(date(2026, 3, 5)) == "jueves 5 de marzo"


@pytest.mark.parametrize("language", ["en", "es"])
def test_reasons_of_tools_are_known(language: str) -> None:
    """Every one that a tool gives; any other is a failure without a reason."""
    phrases = PHRASES[language]  # type: ignore[index] # a language by its name
    for reason in (*_REASONS.values(), "That time is taken.", "The customer has no such visit."):
        assert phrases.reason(reason) != phrases.failed
    assert phrases.reason("the database is on fire") == phrases.failed
