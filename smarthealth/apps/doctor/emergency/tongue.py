"""Which language the warning is given in: by the commonest words alone, since nothing else may be waited for."""

from __future__ import annotations

from typing import Final

from smarthealth.conversation.application import Language

from .text import tokenize

_SPANISH: Final = frozenset(
    [
        "que",
        "de",
        "la",
        "el",
        "mi",
        "no",
        "se",
        "me",
        "le",
        "en",
        "y",
        "esta",
        "tengo",
        "tiene",
        "un",
        "una",
        "los",
        "las",
        "con",
        "por",
        "para",
        "muy",
        "ayuda",
        "su",
        "es",
        "al",
        "del",
        "duele",
        "estoy",
        "siento",
        "puede",
        "puedo",
        "hijo",
        "hija",
        "mama",
        "papa",
        "bebe",
        "porque",
        "como",
        "hace",
        "dolor",
        "lo",
        "ya",
        "pero",
        "si",
        "yo",
        "nino",
        "nina",
        "hay",
        "le",
        "dio",
        "fiebre",
        "respira",
        "sangre",
        "mucho",
        "mucha",
        "favor",
        "ahora",
    ]
)
_ENGLISH: Final = frozenset(
    [
        "the",
        "my",
        "i",
        "is",
        "and",
        "of",
        "to",
        "a",
        "in",
        "not",
        "can",
        "it",
        "he",
        "she",
        "her",
        "his",
        "has",
        "have",
        "am",
        "was",
        "with",
        "for",
        "on",
        "this",
        "that",
        "pain",
        "help",
        "you",
        "are",
        "will",
        "do",
        "does",
        "be",
        "been",
        "at",
        "me",
        "dad",
        "mom",
        "son",
        "daughter",
        "baby",
        "please",
        "feel",
        "just",
        "so",
        "what",
        "but",
        "from",
        "breathe",
        "breathing",
        "chest",
        "blood",
        "now",
        "out",
        "up",
    ]
)
_LETTERS: Final = frozenset("ñáéíóú¿¡")
_OF_LETTERS: Final = 2
"""Words that a Spanish letter counts for."""


def language_of(message: str) -> Language:
    """Spanish or English; English, the protocol's own, where nothing tells."""
    words = [token.text for token in tokenize(message)]
    spanish = sum(word in _SPANISH for word in words) + _OF_LETTERS * bool(_LETTERS & set(message.lower()))
    return "es" if spanish > sum(word in _ENGLISH for word in words) else "en"
