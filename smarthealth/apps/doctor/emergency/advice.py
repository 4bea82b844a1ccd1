"""What is said in an emergency: the name of it, whom to call, what to do until help comes; in the language of the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from smarthealth.apps.doctor.services import Alarm
from smarthealth.apps.doctor.wire import Contact
from smarthealth.conversation.application import Language

from .files import read_toml
from .rules import Rule, Severity

TRIAGE: Final = "triage"
"""Stands where the id of a rule would, when triage raised the alarm."""
CLASSIFIER: Final = "classifier"
"""Stands there when the classifier alone raised it."""
_GENERAL: Final = "112"
"""Works in most mobile networks of the world; where a country has no number here."""
_MOST_CONDITIONS: Final = 4
_MOST_ADVICE: Final = 2
_KINDS_FIRST: Final = ("emergency", "crisis", "poison", "violence")
_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "emergency": "Emergencias",
        "local": "Emergencias: el 112 o su número local de emergencias",
        "critical": "Esto puede ser una emergencia: {name}. Llame ya al {number}; no espere mi respuesta.",
        "high": "Esto necesita atención urgente: {name}. Vaya ahora a urgencias o llame al {number}.",
        "suicide": "Gracias por contarlo. Su vida importa: llame ya al {number}, o pida a alguien que llame con usted.",
        "opening": "{recommendation}\n\nMientras llega la ayuda:",
        "closing": "Soy un programa y no puedo ver lo que pasa: si empeora o duda, llame otra vez. Esto no reemplaza a un profesional.",
    },
    "en": {
        "emergency": "Emergency",
        "local": "Emergency: 112 or your local emergency number",
        "critical": "This may be an emergency: {name}. Call {number} now; do not wait for my answer.",
        "high": "This needs urgent care: {name}. Go to an emergency department now, or call {number}.",
        "suicide": "Thank you for telling me. Your life matters: call {number} now, or ask somebody to call with you.",
        "opening": "{recommendation}\n\nUntil help comes:",
        "closing": "I am a program and cannot see what happens: if it gets worse or you are in doubt, call again. This does not replace a professional.",
    },
}  # fmt: skip


@attrs.frozen(kw_only=True)
class _Condition:
    name: Mapping[Language, str]
    advice: Mapping[Language, str]
    contact: str = "emergency"
    """The kind of contact that is given beside the emergency number."""


@attrs.frozen(kw_only=True)
class _Number:
    countries: frozenset[str]
    kind: str
    number: str
    name: Mapping[Language, str]


@attrs.frozen(kw_only=True)
class _Learned:
    condition: str
    severity: Severity


class Advice:
    """Texts and numbers, read once."""

    def __init__(self, default_country: str) -> None:
        """Read them.

        Args:
            default_country: ISO 3166-1 alpha-2; whose numbers are given when a profile names no country.
        """
        self._country = default_country
        self._conditions = {key: _Condition(**entry) for key, entry in read_toml("conditions.toml").items()}
        self._learned = {key: _Learned(**entry) for key, entry in read_toml("learned.toml").items()}
        self._numbers = [
            _Number(
                countries=frozenset(entry["countries"].split()),
                kind=entry["kind"],
                number=entry["number"],
                name={"es": entry.get("es", ""), "en": entry.get("en", "")},
            )
            for entry in read_toml("contacts.toml")["contact"]
        ]

    def conditions(self) -> frozenset[str]:
        """Keys of all conditions."""
        return frozenset(self._conditions)

    def alarm(self, held: Sequence[Rule], language: Language, country: str | None) -> Alarm:
        """The alarm of the rules that hold, gravest first."""
        keys = tuple(dict.fromkeys(rule.condition for rule in held))
        return self._alarm(
            severity=held[0].severity,
            keys=keys,
            names=tuple(self._conditions[key].name[language] for key in keys[:_MOST_CONDITIONS]),
            language=language,
            country=country,
            rules=tuple(rule.id for rule in held),
        )

    def of_category(self, category: str, language: Language, country: str | None) -> Alarm:
        """The alarm of what the classifier takes a message for."""
        learned = self._learned[category]
        name = self._conditions[learned.condition].name[language]
        return self._alarm(
            severity=learned.severity,
            keys=(learned.condition,),
            names=(name,),
            language=language,
            country=country,
            rules=(CLASSIFIER,),
        )

    def of_reasons(self, reasons: Sequence[str], language: Language, country: str | None) -> Alarm:
        """A critical alarm whose conditions are the reasons of somebody else."""
        names = tuple(reasons[:_MOST_CONDITIONS]) or (self._conditions["other"].name[language],)
        return self._alarm(
            severity="critical", keys=("other",), names=names, language=language, country=country, rules=(TRIAGE,)
        )

    def contacts(self, kinds: Sequence[str], language: Language, country: str | None) -> tuple[Contact, ...]:
        """The emergency number of a country first, then those of the kinds asked for."""
        place = (country or self._country).upper()
        wanted = [kind for kind in _KINDS_FIRST if kind == "emergency" or kind in kinds]
        found = [
            Contact(name=entry.name[language] or _TEXTS[language]["emergency"], number=entry.number)
            for kind in wanted
            for entry in self._numbers
            if entry.kind == kind and place in entry.countries
        ]
        if not any(entry.kind == "emergency" and place in entry.countries for entry in self._numbers):
            found.insert(0, Contact(name=_TEXTS[language]["local"], number=_GENERAL))
        return tuple(found)

    def _alarm(
        self,
        *,
        severity: str,
        keys: tuple[str, ...],
        names: tuple[str, ...],
        language: Language,
        country: str | None,
        rules: tuple[str, ...],
    ) -> Alarm:
        contacts = self.contacts([self._conditions[key].contact for key in keys], language, country)
        texts = _TEXTS[language]
        kind = "suicide" if keys[0] == "suicide" else severity if severity in texts else "high"
        number = contacts[1].number if kind == "suicide" and len(contacts) > 1 else contacts[0].number
        recommendation = texts[kind].format(name=names[0], number=number)
        advice = [
            texts["opening"].format(recommendation=recommendation),
            *(self._conditions[key].advice[language] for key in keys[:_MOST_ADVICE]),
            texts["closing"],
        ]
        return Alarm(
            severity=severity,
            conditions=names,
            recommendation=recommendation,
            contacts=contacts,
            advice="\n\n".join(advice),
            rules=rules,
        )
