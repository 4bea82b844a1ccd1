"""Whether a message tells of an emergency: rules over signs, less what the context takes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.profile import PatientProfile
from smarthealth.apps.doctor.services import Alarm
from smarthealth.retrieval.language import language_of

from .advice import Advice
from .context import Context
from .measures import measures
from .patterns import Match
from .rules import Rule, Rules
from .text import tokenize

MOST_READ: Final = 4000
"""Characters of one message; of a longer one the beginning and the end are read."""
EARLIER_READ: Final = 4
"""Earlier messages of the person that are read with the present one."""
_EARLIER_CHARACTERS: Final = 500
_INFANT_YEARS, _CHILD_YEARS, _ELDER_YEARS = 0.25, 13, 65
_INFANT: Final = frozenset({"age-infant", "infant-word"})
_BACKGROUND: Final = frozenset({"diabetes", "anticoagulant", "immune-weak", "liver-ill", "heart-known", "pregnant"})
"""Signs that a condition or a medicine of the profile gives, too."""


@attrs.frozen(kw_only=True)
class Reading:
    """What was found in one message."""

    present: frozenset[str]
    """Signs that hold."""
    open: frozenset[str]
    """Those of them that are not over."""


class Detector:
    """Callable as `services.Detect`; pure, without model, database or clock."""

    def __init__(self, rules: Rules, advice: Advice) -> None:
        """Ready at once; nothing is read later."""
        self._rules = rules
        self._advice = advice

    def __call__(self, message: str, profile: PatientProfile, earlier: Sequence[str]) -> Alarm | None:
        """The alarm that a message gives cause for.

        Args:
            message: As written, in Spanish, English or both.
            profile: What is known of the person: age, pregnancy, conditions, country.
            earlier: The person's earlier messages, oldest first: `my baby is six weeks old`, then `she has 38.5`.
        """
        held = self.held(message, profile, earlier)
        if not held:
            return None
        return self._advice.alarm(held, language_of(message, "en"), profile.country)

    def of_triage(self, case: Case) -> Alarm:
        """The alarm of a case that triage put at the first level."""
        reasons = case.triage.reasons if case.triage is not None else ()
        return self._advice.of_reasons(reasons, case.language, case.profile.country)

    def held(self, message: str, profile: PatientProfile, earlier: Sequence[str] = ()) -> tuple[Rule, ...]:
        """The rules that hold, gravest first."""
        known = self._of_profile(profile)
        for text in earlier[-EARLIER_READ:]:
            known |= self.read(text[:_EARLIER_CHARACTERS]).present
        reading = self.read(message, of_infant=bool(known & _INFANT))
        return tuple(rule for rule in self._rules.rules if _holds(rule, reading, known))

    def read(self, message: str, *, of_infant: bool = False) -> Reading:
        """The signs of a message that hold.

        Args:
            message: As written.
            of_infant: Whether it is known to be about a baby under three months.
        """
        if len(message) > MOST_READ:
            message = message[: MOST_READ // 2] + " . " + message[-MOST_READ // 2 :]
        tokens = tokenize(message)
        signs = [*self._rules.matcher.find(tokens), *measures(tokens, of_infant=of_infant)]
        if not signs:
            return Reading(present=frozenset(), open=frozenset())
        context = Context(message, tokens, signs)
        present: set[str] = set()
        still: set[str] = set()
        for sign in signs:
            if sign.label not in still and not context.excludes(sign):
                present.add(sign.label)
                if not context.is_over(sign):
                    still.add(sign.label)
        return Reading(present=frozenset(present), open=frozenset(still))

    def _of_profile(self, profile: PatientProfile) -> frozenset[str]:
        words = [*profile.chronic_conditions, *(medication.name for medication in profile.current_medications)]
        found = {match.label for word in words for match in self._matches(word) if match.label in _BACKGROUND}
        if profile.is_pregnant:
            found.add("pregnant")
        years = profile.years
        if years is not None:
            found |= {"age-infant", "child"} if years < _INFANT_YEARS else set()
            found |= {"child"} if years < _CHILD_YEARS else set()
            found |= {"elder"} if years >= _ELDER_YEARS else set()
        return frozenset(found)

    def _matches(self, text: str) -> list[Match]:
        return self._rules.matcher.find(tokenize(text))


def _holds(rule: Rule, reading: Reading, known: frozenset[str]) -> bool:
    """Whether all signs of one way were told, one of them in the present message."""
    told = _widened(reading.open if rule.resolved == "cancels" else reading.present)
    every = _widened(told | known)
    return any(way & told and way <= every for way in rule.when)


def _widened(signs: frozenset[str]) -> frozenset[str]:
    """The signs with what follows from them."""
    more = set(signs)
    for sign, others in _FOLLOWS.items():
        if sign in signs:
            more.update(others)
    if "age-infant" in more and "fever-measured" in more:
        more.add("infant-fever")
    return frozenset(more)


_FOLLOWS: Final = {
    "age-infant": ("child",),
    "age-child": ("child",),
    "infant-word": ("child",),
    "age-elder": ("elder",),
    "infant-fever": ("fever", "child"),
    "fever-measured": ("fever",),
    "keeps-vomiting": ("vomiting",),
    "late-pregnancy": ("pregnant",),
    "severe-belly": ("belly-pain",),
    "worst-headache": ("headache",),
    "heavy-bleeding": ("bleeding-any",),
    "very-high-fever": ("fever-measured",),
}
