"""What needs no specialist: greetings and what is none of our business, a question which specialist is meant, a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from smarthealth.apps.support.case import Case, Handoff, Work
from smarthealth.apps.support.folding import plain_text
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.apps.support.routing.classes import Label
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import Clarifying
from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold

from .prompts import build_request
from .specs import beside_the_manual

MOST_UNSURE: Final = 3
"""Times in a row that nobody knew what to say, after which a person is called."""
MOST_WORDS: Final = 6
"""Of an answer to the question which specialist is meant; a longer one is a message of its own."""
CLARIFIED: Final = 0.9
"""How likely the specialist whom somebody chose by name is held to be the right one; chosen, not measured."""
_THANKS: Final = re.compile(
    r"\b(?:thank\w*|cheers|bye|goodbye|gracias|chao|adios|hasta luego|that's all|eso (?:era|es) todo|perfect\w*)\b"
)
_GREETING: Final = re.compile(
    r"^\W*(?:hello|hi|hey|good (?:morning|evening|afternoon)|morning|hola|buen[oa]s|quiubo|que tal|saludos)\b"
)
_NAMES: Final[Mapping[Label, Mapping[Language, str]]] = {
    "specs": {"en": "technical data of the car", "es": "datos técnicos del carro"},
    "maintenance": {"en": "an appointment at the workshop", "es": "una cita en el taller"},
    "troubleshooting": {"en": "a fault or a strange behaviour", "es": "una falla o algo raro del carro"},
    "human": {"en": "a person", "es": "hablar con una persona"},
    "none": {"en": "none of these", "es": "nada de eso"},
}
_CLUES: Final[Mapping[Label, str]] = {
    "specs": r"data|technical|manual|specs?|figure|dat[oa]s?|tecnic\w+|ficha|informacion|information",
    "maintenance": r"appointment|workshop|book\w*|visit|cita|taller|agendar|reserva\w*|mantenimiento",
    "troubleshooting": r"fault|problem|behaviou?r|broken|strange|falla|problema|rar[oa]|dan[oa]\w*|ruido",
    "human": r"person|human|agent|persona|humano|asesor",
    "none": r"none|neither|nothing|ningun[oa]|nada",
}
_NUMBER: Final = re.compile(r"^\W*(?:option |opcion |number |numero |la |el )?([1-5])\b\W*$")
_ASK: Final[Mapping[Language, str]] = {
    "en": "I want to be sure that I understand. What is it about: {options}?",
    "es": "Quiero estar seguro de entender. ¿De qué se trata: {options}?",
}
_PERSON: Final[Mapping[Language, str]] = {
    "en": "I am passing you on to a person. Your ticket is number {ticket}; they will answer here.",
    "es": "Lo comunico con una persona. Su número de caso es {ticket}; le responderán por aquí.",
}
_GIVEN_UP: Final[Mapping[Language, str]] = {
    "en": "I am not getting any further with this, so I am passing you on to a person. Your ticket is number {ticket}; they will answer here.",
    "es": "No logro resolver esto, así que lo comunico con una persona. Su número de caso es {ticket}; le responderán por aquí.",
}


def greet(case: Case, part: Part) -> Work:
    """Answer what is for nobody."""
    plain = plain_text(part.text)
    kind = "thanks" if _THANKS.search(plain) else "greeting" if _GREETING.search(plain) else "other"
    return Work(
        part=part,
        agent="none",
        request=build_request("none", case, part.text, {"kind": kind}),
        state=attrs.evolve(case.state, unsure=0),
    )


def clarify(case: Case, part: Part, likely: Sequence[Label]) -> Work:
    """Ask, once, which specialist is meant."""
    options: tuple[Label, ...] = (*[label for label in likely if label not in ("none", "human")][:3], "human")
    named = "; ".join(f"{number}) {_NAMES[label][case.language]}" for number, label in enumerate(options, start=1))
    return Work(
        part=part,
        agent="router",
        text=_ASK[case.language].format(options=named),
        state=attrs.evolve(
            case.state,
            busy_with=None,
            clarifying=Clarifying(message=case.message, options=options),
            unsure=case.state.unsure + 1,
        ),
    )


def clarified(case: Case) -> Part | None:
    """The part that an answer to that question makes of what was asked at first; None when it is no answer."""
    asked = case.state.clarifying
    if asked is None:
        return None
    plain = fold(case.message)
    number = _NUMBER.match(plain)
    if number is not None and int(number[1]) <= len(asked.options):
        return Part(label=asked.options[int(number[1]) - 1], text=asked.message, confidence=CLARIFIED)
    named = [label for label, clues in _CLUES.items() if re.search(rf"\b(?:{clues})\b", plain)]
    if len(named) == 1 and len(plain.split()) <= MOST_WORDS:
        return Part(label=named[0], text=asked.message, confidence=CLARIFIED)
    return None


def call_person(case: Case, part: Part, reason: str, found: Sequence[Found] = ()) -> Work:
    """Hand over to a person; the ticket's number is filled in when it is known.

    Args:
        case: The message's case.
        part: What was said.
        reason: As in `Handoff`.
        found: What the manual has on it, best first: who asks for that may have wanted no person.
    """
    texts = _PERSON if reason == "requested" else _GIVEN_UP
    return Work(
        part=part,
        agent="human",
        text=texts[case.language],
        handoff=Handoff(reason=reason),
        grounding=beside_the_manual(found),
        state=attrs.evolve(case.state, busy_with=None, clarifying=None, unsure=0),
    )
