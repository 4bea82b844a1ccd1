"""The decision: which specialist answers a message, how surely, and whether to ask first.

Rules go before the model where a word decides: who asks for a person gets one, and what is dangerous is a fault whatever else
it may be. A message of several parts is judged part by part; where two parts are surely for different specialists it is
answered in parts. What the session is in the middle of counts: a short answer belongs to the question that was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol

import attrs

from smarthealth.retrieval.words import fold

from .classes import CLASSES, MIXED, Label
from .parts import parts_of

SURE: Final = 0.5
"""Probability from which on a specialist is called without asking."""
SURE_OF_PART: Final = 0.55
"""The same of a part of a message that is to be answered in parts."""
SHORT_REPLY: Final = 8
"""Words of a message that may be no more than an answer to what was asked."""
SURE_OF_CHANGE: Final = 0.85
"""Probability from which on a message leaves what the session is in the middle of."""
RULE: Final = 0.97
"""Confidence of what a rule decides; chosen, not measured: surer than the model mostly is, and not certain."""
_PERSON: Final = re.compile(
    r"\b(?:human|real person|live agent|live person|flesh and blood|representative|supervisor|operator|ser humano|humano|persona real|"
    r"persona de verdad|asesor|asesora|carne y hueso|operador|representante)\b"
    r"|\b(?:speak|talk|chat|hablar|hablo|comunicarme|comunicame|pasame|transfer|connect|conectame|put)\b.{0,25}"
    r"\b(?:person|someone|somebody|agent|staff|manager|colleague|persona|alguien|agente|gerente|encargado|jefe|companero)\b"
)
_DANGER: Final = re.compile(
    r"\b(?:smoke|smoking|on fire|flames|burning smell|smell of burning|brakes? (?:failed|fail|do not work|don t work|gone|not working)|no brakes|"
    r"steering (?:locked|failed|is stuck)|pedal (?:goes|went|sinks) to the floor|overheat\w*|airbag (?:light|lamp|warning)|"
    r"humo|se esta incendiando|fuego|llamas|huele a quemado|sin frenos|no (?:me )?frena|direccion (?:bloqueada|dura)|se bloqueo la direccion|"
    r"se recalient\w+|luz del airbag|testigo del airbag)\b"
)
_ASKS: Final = re.compile(
    r"\b(?:what does|meaning|mean|fuse|fusible|que significa|how often|cada cuanto|where|donde|torque|part number)\b"
)
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
        parts = self._parted(message)
        if len(parts) > 1:
            confidence = min(part.confidence for part in parts)
            return Route(label=MIXED, confidence=confidence, parts=parts, likely=whole.likely)
        return whole

    def _answers(self, message: str, judged: Route, busy_with: Label, *, is_reply: bool) -> bool:
        """Whether a message goes on with what was asked."""
        if judged.label == busy_with:
            return len(self._parted(message)) < 2
        if judged.label == "human" and judged.confidence >= SURE_OF_CHANGE:
            return False
        if not is_reply:
            return False
        return judged.label == "none" or (len(message.split()) <= SHORT_REPLY and judged.confidence < SURE_OF_CHANGE)

    def _judge(self, message: str) -> Route:
        probabilities = dict(self.classifier.probabilities(message))
        ruled = _ruled(message)
        likely = tuple(sorted(CLASSES, key=lambda label: -probabilities[label]))
        if ruled is not None:
            return _single(Part(label=ruled, text=message, confidence=max(RULE, probabilities[ruled])), likely)
        label = likely[0]
        part = Part(label=label, text=message, confidence=probabilities[label])
        return attrs.evolve(_single(part, likely), is_unsure=probabilities[label] < SURE)

    def _parted(self, message: str) -> tuple[Part, ...]:
        """The parts for different specialists; none unless two are sure. What is said besides goes with the part before."""
        texts = parts_of(message)
        if len(texts) < 2:
            return ()
        joined: list[Part] = []
        for text in texts:
            judged = self._judge(text)
            is_aside = judged.label == "none" or judged.confidence < SURE_OF_PART
            if joined and (is_aside or joined[-1].label == judged.label):
                joined[-1] = attrs.evolve(joined[-1], text=f"{joined[-1].text} {text}")
            elif not is_aside:
                joined.append(Part(label=judged.label, text=text, confidence=judged.confidence))
        return tuple(joined)


def _ruled(message: str) -> Label | None:
    plain = _PLAIN.sub(" ", fold(message))
    if _PERSON.search(plain):
        return "human"
    if _DANGER.search(plain) and not _ASKS.search(plain):
        return "troubleshooting"
    return None


def _single(part: Part, likely: tuple[Label, ...]) -> Route:
    return Route(label=part.label, confidence=part.confidence, parts=(part,), likely=likely)
