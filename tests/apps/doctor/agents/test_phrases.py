"""What the offline model says around the facts."""

from __future__ import annotations

import attrs

from smarthealth.apps.doctor.agents.phrases import Phrases, phrases_of
from smarthealth.apps.doctor.knowledge.article import LIKELIHOODS
from smarthealth.apps.doctor.results import LEVELS


def test_both_languages_say_the_same_things() -> None:
    """Every phrase is there, is not the other language's, and has the same places to fill."""
    english, spanish = phrases_of("en"), phrases_of("es")
    for field in attrs.fields(Phrases):
        one, other = getattr(english, field.name), getattr(spanish, field.name)
        assert one
        assert one != other
    for phrases in (english, spanish):
        assert set(phrases.urgency) == set(LEVELS) - {"INFO"}
        assert all("{what}" in phrase for phrase in phrases.urgency.values())
        assert set(phrases.likelihood) == set(LIKELIHOODS)
        assert all("{name}" in phrase and "{reasons}" in phrase for phrase in phrases.likelihood.values())
        assert "{by}" in phrases.told_apart
