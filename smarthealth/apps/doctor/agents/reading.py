"""What a message says, as far as rules can read it: what is affirmed, for how long, how hot, and which known terms.

No rule here can cancel an alarm: emergencies are looked for before, and by other rules. What is read here decides how soon
somebody should be seen and which advice would harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import attrs

from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.knowledge.loading import Term, load_terms
from smarthealth.retrieval.words import fold

from .ages import tells_pregnancy, told_years, without_ages

DAYS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("hour", "hora"), 1 / 24),
    **dict.fromkeys(("day", "dia"), 1.0),
    **dict.fromkeys(("week", "semana"), 7.0),
    **dict.fromkeys(("month", "mes"), 30.0),
    **dict.fromkeys(("year", "ano"), 365.0),
}
_NUMBERS: Final[Mapping[str, float]] = {
    name: float(value)
    for value, names in enumerate(
        ("", "a an one un una uno", "two dos", "three tres", "four cuatro", "five cinco", "six seis", "seven siete",
         "eight ocho", "nine nueve", "ten diez")
    )
    for name in names.split()
} | {"several": 3.0, "varios": 3.0, "varias": 3.0, "unos": 3.0, "unas": 3.0, "few": 3.0, "couple of": 2.0}  # fmt: skip
_DURATION: Final = re.compile(
    rf"\b(?P<number>\d+(?:[.,]\d+)?|{'|'.join(_NUMBERS)})\s+(?P<unit>hour|day|week|month|year|hora|dia|semana|mes|ano)(?:s|es)?\b"
)
_TEMPERATURE: Final = re.compile(
    r"(?:(?:fiebre|temperatura|calentura|fever|temperature|temp)\s+(?:\w+\s+){0,3})?"
    r"\b(?P<number>\d{2,3}(?:[.,]\d)?)\b(?P<unit>\s*(?:°|º|grados|degrees|de fiebre|de temperatura|c\b|f\b|fever))?"
)
_NEGATED: Final = re.compile(
    r"\b(?:no|sin|niego|niega|tampoco|nunca|not|without|never|denies|deny|don['’ ]t|do not|doesn['’ ]t|haven['’ ]t|hasn['’ ]t|isn['’ ]t|nor)\b"
    r"(?P<scope>[^.;!?]*?)(?=[.;!?]|,?\s(?:but|pero|however|sino|aunque|although|solo|only|just)\b"
    r"|(?:,|,?\s(?:y|and|e))\s(?:me|tengo|siento|estoy|llevo|i|my|he|she|mi)\b|$)"
)
_NEGATION: Final = re.compile(r"(?:no|sin|not|without|never|don t|doesn t|haven t|hasn t|isn t) ")
"""How a phrase begins that is itself a negation, such as "no duermo"; it is looked for in the whole message."""
_ASKING: Final = re.compile(
    r"^\W*(?:what (?:is|are|does|causes)|how (?:does|do|is|are|can i prevent)|why (?:is|are|do|does)|which|tell me about|explain|"
    r"is it true|(?:que|cual|cuales) (?:es|son|significa|causa)|como (?:se|funciona|puedo prevenir)|por que (?:se|es)|para que sirve|"
    r"explicame|hablame|es cierto)\b"
)
_OF_SOMEBODY: Final = re.compile(
    r"\b(?:i|i'm|i've|my|me|he|she|his|her|we|our|feel|feeling|hurts?|tengo|tiene|me|mi|mis|siento|siente|duele|llevo|lleva|estoy|esta|"
    r"desde|hijo|hija|bebe|mama|papa|esposo|esposa)\b"
)
_ALLERGIC: Final = re.compile(
    r"\b(?:allergic to|allergy to|allergies:|alergic[ao]s? a(?:l| la)?|alergia a(?:l| la)?|alergias?:|me da alergia(?: el| la)?)\s+([^.;!?]{1,60})"
    r"|\b([a-z]{3,30})[ -]allerg(?:y|ic)\b|\b([a-z]{3,30}) me da alergia\b"
)
FAHRENHEIT_FROM: Final = 90.0
"""Temperatures of people from here on are in degrees Fahrenheit."""
COLDEST, HOTTEST = 30.0, 45.0
"""Degrees Celsius; what is outside is no temperature of a person."""


@attrs.frozen(kw_only=True)
class Reading:
    """One message and the person's profile, read."""

    text: str
    """What is affirmed, folded, its words apart by single spaces, with a space at both ends."""
    whole: str
    """Likewise, with what is negated."""
    is_question: bool
    """Whether something is asked for in general, and nobody is said to be ill."""
    years: float | None
    """Age of who is ill: as the message says, else as an earlier one did, else as the profile has it."""
    days: float | None
    """For how long, the longest that is said."""
    temperature: float | None
    """Degrees Celsius."""
    terms: frozenset[str]
    """Ids of conditions and medicines, of the message and of the profile, with what they are within."""
    allergies: frozenset[str]
    """Ids of allergens, likewise."""

    def hints(self, clue: str) -> bool:
        """Whether the message affirms words that begin like this; what denies something itself is looked for as it stands."""
        return f" {clue}" in (self.whole if denies(clue) else self.text)


def denies(phrase: str) -> bool:
    """Whether a phrase is itself a negation."""
    return bool(_NEGATION.match(phrase))


def read(case: Case) -> Reading:
    """Read the message of a case."""
    message = fold(case.message)
    affirmed = _NEGATED.sub(" ", message)
    profile = case.profile
    known = (*profile.chronic_conditions, *(one.name for one in profile.current_medications))
    told = (told_years(fold(text)) for text in (case.message, *(one.message for one in reversed(case.history))))
    return Reading(
        text=_spaced(affirmed),
        whole=_spaced(message),
        is_question=bool(_ASKING.search(message)) and not _OF_SOMEBODY.search(message),
        years=next((years for years in told if years is not None), profile.years),
        days=_days(without_ages(message)),
        temperature=_celsius(message),
        terms=terms_in(affirmed, *known) | ({"pregnancy"} if tells_pregnancy(affirmed) else frozenset()),
        allergies=terms_in(*profile.drug_allergies, *told_allergies(message)),
    )


@lru_cache(maxsize=256)
def terms_in(*texts: str) -> frozenset[str]:
    """Ids of the terms that texts name, and of all that these are within."""
    spaced = [_spaced(fold(text)) for text in texts]
    terms = load_terms()
    return _closed((term.id for term in terms.values() if any(_names(term, text) for text in spaced)), terms)


def _closed(ids: Iterable[str], terms: Mapping[str, Term]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(terms[one].within)
    return frozenset(found)


def _names(term: Term, text: str) -> bool:
    return any(
        f" {name[:-1]}" in text if name.endswith("-") else f" {name} " in text
        for names in term.names.values()
        for name in names
    )


def told_allergies(message: str) -> list[str]:
    """What stands beside a word for an allergy in a folded message: an allergy told in passing counts."""
    return [name for names in _ALLERGIC.findall(message) for name in names if name]


def _spaced(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text))} "


def _days(message: str) -> float | None:
    found = [
        (_NUMBERS.get(match["number"]) or float(match["number"].replace(",", "."))) * DAYS[match["unit"]]
        for match in _DURATION.finditer(message)
    ]
    return max(found, default=None)


def _celsius(message: str) -> float | None:
    """The highest temperature that is said with its unit, or after a word for it."""
    told = (match for match in _TEMPERATURE.finditer(message) if match["unit"] or not match[0][0].isdigit())
    found = [float(match["number"].replace(",", ".")) for match in told]
    likely = [(one - 32) / 1.8 if one >= FAHRENHEIT_FROM else one for one in found]
    return max((one for one in likely if COLDEST <= one <= HOTTEST), default=None)
