"""How a written text is read out: marks of lists and emphasis are not read, addresses and prices as people say them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from .ports import SpeechLanguage

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), replacement


def _pesos(match: re.Match[str]) -> str:
    digits = match[1].replace(".", "").replace(",", "")
    return f"{int(digits)} pesos"


_MARKS: Final[tuple[_Rule, ...]] = (
    _rule(r"(?s)```.*?(?:```|\Z)", " "),
    _rule(r"\[([^\]]{1,200})\]\([^)]{1,500}\)", r"\1"),  # a link is its text
    _rule(r"https?://\S+", " "),
    _rule(r"(?m)^\s{0,3}(?:#{1,6}\s+(?!\d)|[-*•]\s+|>\s?)", ""),
    _rule(r"\*{1,3}|_{2,3}|`|~~", ""),
    _rule(r"[\U0001F000-\U0001FAFF\u2190-\u21FF\u2600-\u27BF\uFE0F]", ""),
)
_SPANISH: Final[tuple[_Rule, ...]] = (
    _rule(r"\b(?:cra|cr|kra|kr)\.?\s+(?=\d)", "carrera "),
    _rule(r"\b(?:cll|clle|cl)\.?\s+(?=\d)", "calle "),
    _rule(r"\b(?:dg|diag)\.?\s+(?=\d)", "diagonal "),
    _rule(r"\b(?:transv|trans|tv)\.?\s+(?=\d)", "transversal "),
    _rule(r"\b(?:avda|ave|av)\.\s*", "avenida "),
    _rule(r"\b(?:apto|apt)\.\s*", "apartamento "),
    _rule(r"\bno\.\s*(?=\d)", "número "),
    _rule(r"\bsra\.(?=\s)", "señora"),
    _rule(r"\bsr\.(?=\s)", "señor"),
    _rule(r"\bdra\.(?=\s)", "doctora"),
    _rule(r"\bdr\.(?=\s)", "doctor"),
    _rule(r"\s*#\s*(?=\d)", " número "),
    _rule(r"(?<=\d)([a-z]?)\s*-\s*(?=\d{1,3}\b)", r"\1 "),
    _rule(r"\$\s?(\d{1,3}(?:[.,]\d{3})+|\d{1,9})(?!\d)(?:\s*(?:COP|pesos)\b)?", _pesos),
)
_ENGLISH: Final[tuple[_Rule, ...]] = (_rule(r"\s*#\s*(?=\d)", " number "),)


def spoken_form(text: str, language: SpeechLanguage) -> str:
    """What is given to a voice for `text`; empty when nothing of it can be said."""
    for pattern, replacement in (*_MARKS, *(_SPANISH if language == "es" else _ENGLISH)):
        text = pattern.sub(replacement, text)
    text = " ".join(text.split())
    return text if any(character.isalnum() for character in text) else ""
