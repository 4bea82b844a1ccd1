"""Whether a message tells of an emergency: rules over signs, less what the context takes back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.profile import PatientProfile
from smarthealth.apps.doctor.services import Alarm
from smarthealth.retrieval.language import Language, language_of

from .advice import Advice
from .holding import Reading, held_rules, read_signs
from .learning.classifier import Classifier
from .patterns import Match
from .rules import Rule, Rules
from .sight import Sight, look, pieces
from .text import tokenize

EARLIER_READ: Final = 4
"""Earlier messages of the person that are read with the present one."""
_EARLIER_CHARACTERS: Final = 500
_JUDGED_REMEMBERED: Final = 32
_READ_REMEMBERED: Final = 512
"""Messages: at 8,000 and at 500 characters, half a megabyte together."""
_INFANT_YEARS, _CHILD_YEARS, _ELDER_YEARS = 0.25, 13, 65
_INFANT: Final = frozenset({"age-infant", "infant-word"})
_CHILD: Final = _INFANT | {"child", "age-child"}
_BACKGROUND: Final = frozenset({"diabetes", "anticoagulant", "immune-weak", "liver-ill", "heart-known", "pregnant"})
"""Signs that a condition or a medicine of the profile gives, too."""


class Detector:
    """Callable as `services.Detect`; pure, without model, database or clock."""

    def __init__(self, rules: Rules, advice: Advice, classifier: Classifier | None = None) -> None:
        """Ready at once; nothing is read later.

        Args:
            rules: What is an emergency.
            advice: What is said then.
            classifier: Asked where no rule holds; it may only add an alarm.
        """
        self._rules = rules
        self._advice = advice
        self._classifier = classifier
        # a message is judged when it comes and again when its turn does, and read again with those that follow it
        self._judge = lru_cache(maxsize=_JUDGED_REMEMBERED)(self._judged)
        self._read_early = lru_cache(maxsize=_READ_REMEMBERED)(self.read)

    def __call__(self, message: str, profile: PatientProfile, earlier: Sequence[str]) -> Alarm | None:
        """The alarm that a message gives cause for.

        Args:
            message: As written, in Spanish, English or both.
            profile: What is known of the person: age, pregnancy, conditions, country.
            earlier: The person's earlier messages, oldest first: `my baby is six weeks old`, then `she has 38.5`.
        """
        language = language_of(message, "en")
        held, category = self._judge(message, self._known(profile, earlier), language)
        if held:
            return self._advice.alarm(held, language, profile.country)
        return None if category is None else self._advice.of_category(category, language, profile.country)

    def of_triage(self, case: Case) -> Alarm:
        """The alarm of a case that triage put at the first level."""
        reasons = case.triage.reasons if case.triage is not None else ()
        return self._advice.of_reasons(reasons, case.language, case.profile.country)

    def held(self, message: str, profile: PatientProfile, earlier: Sequence[str] = ()) -> tuple[Rule, ...]:
        """The rules that hold, gravest first."""
        known = self._known(profile, earlier)
        return held_rules(self._rules, self._sights(message, known), known)

    def raised(self, message: str, profile: PatientProfile, earlier: Sequence[str] = ()) -> tuple[str, ...]:
        """Ids of what raises the alarm: the rules that hold, else the classifier; none where there is none."""
        alarm = self(message, profile, earlier)
        return () if alarm is None else alarm.rules

    def read(self, message: str) -> Reading:
        """The signs of a message that hold."""
        return read_signs(self._sights(message, frozenset()))

    def _judged(self, message: str, known: frozenset[str], language: Language) -> tuple[tuple[Rule, ...], str | None]:
        """The rules that hold; where none does, what the classifier takes the message for."""
        sights = self._sights(message, known)
        held = held_rules(self._rules, sights, known)
        return held, None if held else self._learned(sights, language)

    def _sights(self, message: str, known: frozenset[str]) -> list[Sight]:
        of_infant, of_child = bool(known & _INFANT), bool(known & _CHILD)
        return [look(self._rules, piece, of_infant=of_infant, of_child=of_child) for piece in pieces(message)]

    def _learned(self, sights: Sequence[Sight], language: Language) -> str | None:
        """What the classifier takes the message for."""
        if self._classifier is None:
            return None
        found = (self._classifier.category(sight, language) for sight in sights)
        return next((category for category in found if category is not None), None)

    def _known(self, profile: PatientProfile, earlier: Sequence[str]) -> frozenset[str]:
        """The signs of the profile and of what was said before."""
        known = self._of_profile(profile)
        for text in earlier[-EARLIER_READ:]:
            known |= self._read_early(text[:_EARLIER_CHARACTERS]).present
        return known

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
