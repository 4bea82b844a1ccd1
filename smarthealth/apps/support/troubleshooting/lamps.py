"""Lamps that only inform: green and blue ones. Whoever tells of one has no fault, however it sounds ("a blue thermometer came on")."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.apps.support.folding import plain_text

_INFORMING: Final = re.compile(r"\b(?:blue|bluish|green|azul(?:es|ad\w+|it\w+)?|celestes?|verdes?|verdecit\w+)\b")
_OTHER: Final = re.compile(r"\b(?:red|amber|yellow|orange|roj[oa]s?|amarill[oa]s?|naranja|ambar)\b")
_LAMP: Final = re.compile(
    r"\b(?:lights?|lamps?|symbols?|icons?|signs?|telltales?|thermometer|dash\w*|cluster|lit|lights up|luz|luces|testigos?|pilotos?|chivatos?|simbolos?|iconos?|dibujit?o|"
    r"termometro|tablero|foquito|lucecita|bombillit[oa])\b"
)
_NO_LAMP: Final = re.compile(
    r"\b(?:smok\w+|fumes?|steam|fluid|liquids?|coolant|puddle|leak\w*|drip\w*|stains?|paint\w*|wires?|cables?|traffic|humo|vapor|liquido|refrigerante|charco|fuga|gote\w+|mancha\w*|pintura|"
    r"semaforo)\b"
)
_LACKS: Final = re.compile(
    r"\b(?:not|n't|never|no|sin|nunca|won't|doesn't|isn't|didn't|stopped)\b(?: \w+){0,4} (?:come|comes|coming|light|lights|lit|turn|go|goes|appear\w*|show\w*|work\w*|on|prend\w*|enciend\w*|sale|aparece|sirve|funciona)\b"
)


def only_informs(complaint: str) -> bool:
    """Whether a complaint is that a green or blue lamp is on; one that stays dark may well be a fault."""
    plain = plain_text(complaint)
    return (
        _INFORMING.search(plain) is not None
        and _LAMP.search(plain) is not None
        and not any(pattern.search(plain) for pattern in (_OTHER, _NO_LAMP, _LACKS))
    )
