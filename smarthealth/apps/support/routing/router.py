"""The decision: which specialist answers a message, how surely, and whether to ask first.

Rules go before the model where a word decides: who asks for a person gets one, and what is dangerous is a fault whatever else
it may be. A message of several parts is judged part by part; where two parts are surely for different specialists it is
answered in parts. A situation and the question about it are one question, though the situation may sound like a fault: only what is
asked for twice, or besides, is two things. What the session is in the middle of counts: a short answer belongs to the question that was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import date
from typing import Final, Protocol

import attrs

from smarthealth.apps.support.knowledge.car import load_car
from smarthealth.apps.support.maintenance.wishes import NO_WISH, read_wish
from smarthealth.apps.support.maintenance.workshop import load_plan
from smarthealth.apps.support.troubleshooting.trees import find_tree
from smarthealth.retrieval.words import content_words, fold

from .asking import asks
from .classes import CLASSES, MIXED, Label
from .facts import not_for
from .parts import Piece, parts_of

SURE: Final = 0.5
"""Probability from which on a specialist is called without asking."""
SURE_OF_PART: Final = 0.55
"""The same of a part of a message that is to be answered in parts."""
SHORT_REPLY: Final = 8
"""Words of a message that may be no more than an answer to what was asked."""
SURE_OF_CHANGE: Final = 0.85
"""Probability from which on a message leaves what the session is in the middle of."""
FEWEST_TOLD: Final = 5
"""Words of a situation; what is shorter asks for a figure by its name ("tank size")."""
RULE: Final = 0.97
"""Confidence of what a rule decides; chosen, not measured: surer than the model mostly is, and not certain."""
_PERSON: Final = re.compile(
    r"\b(?:human|real person|live agent|live person|flesh and blood|representative|supervisor|operator|ser humano|humano|persona real|"
    r"persona de verdad|asesor|asesora|carne y hueso|operador|representante)\b"
    r"|\b(?:speak|talk|chat|hablar|hablo|comunicarme|comunicame|pasame|transfer|connect|conectame|put)\b.{0,25}"
    r"\b(?:person|someone|somebody|agent|staff|manager|colleague|persona|alguien|agente|gerente|encargado|jefe|companero)\b"
)
_DANGER: Final = re.compile(
    r"\b(?:smoke|smoking|on fire|flames|burning smell|smell of burning|"
    r"(?:smell|stink|reek|leak|drip|puddle)\w*(?: \w+){0,3} (?:petrol|gasoline|fuel|gas)|(?:petrol|gasoline|fuel|gas) (?:is )?(?:smell|fumes|leak|drip)\w*|"
    r"brakes?(?: \w+){0,2} (?:fail\w*|gone|lost|dead|out|nothing)|brakes? (?:\w+ )?(?:do not|does not|don t|doesn t|did not|didn t|won t|not|aren t|isn t|stopped) (?:work|respond|grip|hold|react)\w*|"
    r"nothing happens when i (?:press|push|hit|step on) (?:\w+ )?brakes?|no brakes|lost (?:\w+ ){0,2}brakes?|"
    r"(?:can t|cannot|won t|does not|doesn t) brake|without brakes|brakes? (?:\w+ )?(?:goes|went|fell) to the floor|brake pedal (?:sinks|sank|drops|dropped|fell)|"
    r"steering (?:\w+ )?(?:locked|failed|is stuck|jammed)|pedal (?:\w+ )?(?:goes|went|sinks|sank|fell) (?:\w+ ){0,2}to the floor|overheat\w*|airbag (?:light|lamp|warning)|"
    r"humo|se esta incendiando|fuego|llamas|huele a quemado|"
    r"(?:huele|olor|apesta|hiede)(?: \w+){0,2} a (?:gasolina|combustible)|(?:gotea|goteando|bota|botando|fuga de|charco de) (?:gasolina|combustible)|"
    r"sin frenos|no (?:me )?frena|no (?:puedo|logro) frenar|perdi (?:los |el )?frenos?|(?:fallan|fallaron|fallo|fallando) (?:los |el )?frenos?|no quiere frenar|freno y no (?:pasa|hace) nada|se (?:me )?fueron los frenos|frenos? no (?:me )?(?:agarra|responde|funciona|sirve|coge)n?|"
    r"no (?:me )?(?:agarra|responde|funciona|sirve)n? (?:los |el )frenos?|pedal (?:del freno )?se (?:me )?(?:fue|va|hundio|hunde) (?:hasta el|al|a) (?:fondo|piso)|se (?:me )?(?:fue|va) el pedal|"
    r"direccion (?:bloqueada|dura|trabada)|se (?:me )?(?:bloqueo|trabo) la direccion|"
    r"se recalient\w+|luz del airbag|testigo del airbag)\b"
)
_ASKS: Final = re.compile(
    r"\b(?:what does|meaning|mean|fuse|fusible|que significa|how often|cada cuanto|where|donde|at what|torque|part number)\b"
)
_OF_SOMETHING: Final = frozenset({"specs", "maintenance", "troubleshooting"})
"""Specialists who can do nothing before they know what for."""
_AT_LARGE: Final = re.compile(
    r"cars?|autos?|carros?|coches?|vehic\w+|questions?|preguntas?|dudas?|consultas?|help|ayuda|info|something|algo|things?|cosas?"
)
_QUOTED: Final = re.compile(r"[\"“”«»]")
_PLAIN: Final = re.compile(r"[^\w\s]+")


class Classifier(Protocol):
    """Says how likely a message is of each class: `routing.model.Model`."""

    def probabilities(self, message: str) -> Mapping[Label, float]:
        """By class; they add up to one."""
        ...


@attrs.frozen(kw_only=True)
class Part:
    """What one specialist is to answer."""

    label: Label
    text: str
    confidence: float


@attrs.frozen(kw_only=True)
class Route:
    """The decision."""

    label: Label
    """`mixed` where there are several parts."""
    confidence: float
    """How likely the decision is right."""
    parts: tuple[Part, ...]
    """One for each specialist that answers, in the order of the message."""
    is_unsure: bool = False
    """Whether to ask which one is meant."""
    likely: tuple[Label, ...] = ()
    """The classes, likeliest first, for that question."""


@attrs.frozen
class Router:
    """Decides.

    Args:
        classifier: The model.
    """

    classifier: Classifier

    def route(self, message: str, *, busy_with: Label | None = None, is_reply: bool = False) -> Route:
        """Decide for a message.

        Args:
            message: What was said.
            busy_with: The specialist who has asked something, None when nobody has.
            is_reply: Whether the message may be the answer to that, as that specialist reads it.
        """
        whole = self._judge(message)
        if busy_with is not None and self._answers(message, whole, busy_with, is_reply=is_reply):
            return _single(Part(label=busy_with, text=message, confidence=max(whole.confidence, RULE)), whole.likely)
        parts = self._parted(message, whole)
        if len(parts) > 1:
            confidence = min(part.confidence for part in parts)
            return Route(label=MIXED, confidence=confidence, parts=parts, likely=whole.likely)
        return _single(parts[0], whole.likely) if parts and _ruled(message) is None else whole

    def _answers(self, message: str, judged: Route, busy_with: Label, *, is_reply: bool) -> bool:
        """Whether a message goes on with what was asked."""
        if judged.label == busy_with:
            return len(self._parted(message, judged)) < 2
        if judged.label == "human" and judged.confidence >= SURE_OF_CHANGE:
            return False
        if not is_reply:
            return False
        return judged.label == "none" or (len(message.split()) <= SHORT_REPLY and judged.confidence < SURE_OF_CHANGE)

    def _judge(self, message: str, others: Set[Label] = frozenset()) -> Route:
        """Decide for a message, or for a part of one that is as a whole not for others."""
        probabilities = dict(self.classifier.probabilities(message))
        for other in not_for(message) | others:
            probabilities["specs"] += probabilities[other]
            probabilities[other] = 0.0
        ruled = _ruled(message)
        likely = tuple(sorted(CLASSES, key=lambda label: -probabilities[label]))
        if ruled is not None:
            return _single(Part(label=ruled, text=message, confidence=max(RULE, probabilities[ruled])), likely)
        label = likely[0]
        is_vague = label in _OF_SOMETHING and _is_vague(message)
        confidence = min(probabilities[label], SURE) if is_vague else probabilities[label]
        part = Part(label=label, text=message, confidence=confidence)
        return attrs.evolve(_single(part, likely), is_unsure=is_vague or confidence < SURE)

    def _parted(self, message: str, whole: Route) -> tuple[Part, ...]:
        """The parts for different specialists; a single one where a situation and its question were told as two; else none.

        What is said besides goes with the part before.
        """
        pieces = parts_of(message)
        if len(pieces) < 2:
            return ()
        others = not_for(message) & {"maintenance"}
        joined: list[Part] = []
        is_one = False
        for piece in pieces:
            judged = self._judge(piece.text, others)
            part = judged.parts[0]
            is_aside = judged.label == "none" or judged.confidence < SURE_OF_PART
            before = joined[-1] if joined else None
            if before is not None and _is_about(piece, part, before):
                joined[-1], is_one = _question(part, before, whole), True
            elif before is not None and (is_aside or part.label == before.label or _only_tells(before, part)):
                surer = max(before, part, key=lambda one: one.confidence) if not is_aside else before
                joined[-1] = attrs.evolve(surer, text=f"{before.text} {piece.text}", confidence=before.confidence)
            elif not is_aside:
                joined.append(part)
        return tuple(joined) if is_one or len(joined) > 1 else ()


def _is_about(piece: Piece, part: Part, before: Part) -> bool:
    """Whether a piece asks about what was told before it, rather than for something else."""
    if part.label == before.label or not _only_tells(before):
        return False
    is_sure_of_other = part.label != "specs" and part.confidence >= SURE_OF_CHANGE
    return asks(piece.text) and not piece.adds and not is_sure_of_other


def _only_tells(*parts: Part) -> bool:
    """Whether parts are a situation: nothing is asked, and nobody is to do anything. A figure may be asked for by its mere name."""
    return not any(
        asks(part.text) or _is_request(part) or (part.label == "specs" and _is_mere_name(part.text)) for part in parts
    )


def _is_mere_name(text: str) -> bool:
    """Whether a few words name a thing; what stands in quotes is told, as a display says it."""
    return len(text.split()) < FEWEST_TOLD and _QUOTED.search(text) is None


def _is_request(part: Part) -> bool:
    if part.label == "maintenance":
        return read_wish(part.text, NO_WISH, date.min, load_plan()).intent is not None
    return part.label == "human" and part.confidence >= SURE_OF_CHANGE


def _question(part: Part, situation: Part, whole: Route) -> Part:
    """A situation and its question as one; a dangerous situation is a fault all the same, since it is warned of first."""
    label = part.label if part.label == "specs" else whole.label
    tree = find_tree(situation.text) if situation.label == "troubleshooting" else None
    if tree is not None and tree.warning:
        label = "troubleshooting"
    sure = [one.confidence for one in (part, situation, whole) if one.label == label]
    return Part(label=label, text=f"{situation.text} {part.text}", confidence=max(sure, default=SURE_OF_PART))


def _is_vague(message: str) -> bool:
    """Whether a message names nothing but the car at large, so that whatever it is taken for is a guess."""
    words = [word.folded for word in content_words(message)]
    names = load_car().names
    return bool(words) and all(word in names or _AT_LARGE.fullmatch(word) for word in words)


def _ruled(message: str) -> Label | None:
    plain = _PLAIN.sub(" ", fold(message))
    if _PERSON.search(plain):
        return "human"
    if _DANGER.search(plain) and not _ASKS.search(plain):
        return "troubleshooting"
    return None


def _single(part: Part, likely: tuple[Label, ...]) -> Route:
    return Route(label=part.label, confidence=part.confidence, parts=(part,), likely=likely)
