"""The form of an article."""

from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.doctor.knowledge.article import Cause, Escalation, Source
from smarthealth.apps.doctor.knowledge.loading import load_articles


def test_every_text_is_in_both_languages() -> None:
    """An article, a reason or a caution in one language is refused."""
    cough = load_articles()["cough"]
    with pytest.raises(ValueError, match="in Spanish and in English"):
        attrs.evolve(cough, text={"es": cough.text["es"]})
    with pytest.raises(ValueError, match="in Spanish and in English"):
        attrs.evolve(
            cough, escalations=(Escalation(level="II", when=cough.escalations[0].when, reason={"en": "Why."}),)
        )


def test_lists_hold_something() -> None:
    """Empty texts are refused, and empty lists where something must be said."""
    text = load_articles()["cough"].text["en"]
    with pytest.raises(ValueError, match="a text is empty"):
        attrs.evolve(text, questions=(" ",))
    with pytest.raises(ValueError, match="at least one is needed"):
        attrs.evolve(text, warning_signs=())


def test_likelihoods_and_addresses_are_held_to_their_form() -> None:
    """Another likelihood or an address without encryption is refused."""
    with pytest.raises(ValueError, match="likelihood"):
        Cause(name="a cold", likelihood="certain", reasons_for=("it is common",))
    with pytest.raises(ValueError, match="url"):
        Source(publisher="NHS", title="Cough", url="http://www.nhs.uk/")
