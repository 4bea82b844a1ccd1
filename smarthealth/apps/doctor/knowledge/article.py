"""An article of the knowledge base, as its file has it.

A file `articles/ID.toml` tells of one reason for asking, in Spanish and English: how people call it, how urgent it is and
what makes it more so, what it may be, what one can do, what needs a professional, what must not be waited with, whom a
common remedy would harm, and who published what all this rests on. Agents read the parts as data; the index holds them as
passages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs.validators import in_, matches_re, min_len

from smarthealth.apps.doctor.results import LEVELS, Level
from smarthealth.conversation.application import Language

LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")
LIKELIHOODS: Final = ("likely", "possible", "less likely")
SECTIONS: Final = ("about", "causes", "self_care", "see_professional", "warning_signs")
"""Of an article, in the order in which they are read."""


def _texts(instance: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """Refuse empty texts."""
    if not all(one.strip() for one in value):
        raise ValueError(f"{attribute.name}: a text is empty")


def _some_texts(instance: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """Refuse empty texts, and none at all."""
    _texts(instance, attribute, value)
    if not value:
        raise ValueError(f"{attribute.name}: at least one is needed")


@attrs.frozen(kw_only=True)
class Source:
    """Who published what an article rests on."""

    publisher: str = attrs.field(validator=min_len(1))
    title: str = attrs.field(validator=min_len(1))
    url: str = attrs.field(validator=matches_re(r"https://\S+"))


@attrs.frozen(kw_only=True)
class Condition:
    """When a rule of an article holds: when all that it names is so; one entry of a list is enough."""

    age_below: float | None = None
    """Years; unknown ages are not below."""
    age_from: float | None = None
    """Years."""
    pregnant: bool | None = None
    days_from: float | None = None
    """The complaint has lasted for so many days or more, as the message says."""
    temperature_from: float | None = None
    """Degrees Celsius, as the message says."""
    conditions: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    """Ids of `terms.toml`: chronic conditions of the profile or of the message."""
    medicines: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    """Ids of `terms.toml`: what the person takes."""
    allergies: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    """Ids of `terms.toml`: what the person does not bear."""
    words: Mapping[Language, tuple[str, ...]] = attrs.field(factory=dict)
    """Words or phrases of the message, without accents, in small letters; negated ones do not count."""


@attrs.frozen(kw_only=True)
class Escalation:
    """What makes the complaint more urgent."""

    level: Level = attrs.field(validator=in_(LEVELS))
    when: Condition
    reason: Mapping[Language, str]


@attrs.frozen(kw_only=True)
class Caution:
    """Whom an ordinary piece of advice would harm, and what holds instead."""

    when: Condition
    text: Mapping[Language, str]


@attrs.frozen(kw_only=True)
class Cause:
    """What it may be."""

    name: str = attrs.field(validator=min_len(1))
    likelihood: str = attrs.field(validator=in_(LIKELIHOODS))
    reasons_for: tuple[str, ...] = attrs.field(validator=_some_texts)
    reasons_against: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    told_apart_by: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    clues: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    """Words of a message that speak for it, without accents, in small letters."""


@attrs.frozen(kw_only=True)
class Text:
    """An article in one language; every entry is one sentence."""

    title: str = attrs.field(validator=min_len(1))
    about: str = attrs.field(validator=min_len(1))
    causes: tuple[Cause, ...] = attrs.field(validator=min_len(2))
    """Likeliest first."""
    self_care: tuple[str, ...] = attrs.field(validator=_some_texts)
    see_professional: tuple[str, ...] = attrs.field(validator=_some_texts)
    warning_signs: tuple[str, ...] = attrs.field(validator=_some_texts)
    questions: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    """What a professional would ask next."""


@attrs.frozen(kw_only=True)
class Article:
    """One reason for asking."""

    id: str = attrs.field(validator=matches_re(r"[a-z0-9]+(-[a-z0-9]+)*"))
    level: Level = attrs.field(validator=in_(LEVELS))
    """How urgent it is when nothing makes it more so."""
    names: Mapping[Language, tuple[str, ...]]
    """How people call it, without accents, in small letters."""
    text: Mapping[Language, Text]
    sources: tuple[Source, ...] = attrs.field(validator=min_len(1))
    asked: Mapping[Language, tuple[str, ...]] = attrs.field(factory=dict)
    """Other words that people use when they ask for it: searched for, but they name nothing by themselves."""
    escalations: tuple[Escalation, ...] = ()
    cautions: tuple[Caution, ...] = ()
    also: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    """Ids of articles that people with this complaint may need as well."""

    def __attrs_post_init__(self) -> None:
        bilingual = (
            self.names,
            self.text,
            *(one.reason for one in self.escalations),
            *(one.text for one in self.cautions),
        )
        for part in bilingual:
            if set(part) != set(LANGUAGES):
                raise ValueError(f"{self.id}: every text is in Spanish and in English")
