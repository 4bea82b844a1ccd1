"""How often a medicine is to be taken, told in the language of the question beside the words of the record."""

from __future__ import annotations

import re
from collections.abc import Mapping

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Language

_COUNTS: Mapping[Language, tuple[str, ...]] = {
    "es": ("una vez", "dos veces", "tres veces", "cuatro veces"),
    "en": ("once", "twice", "three times", "four times"),
}
_TIMES = (r"once|one time|1 times?|una vez|1 vez", r"twice|two times|2 times|dos veces|2 veces", r"(?:three|3) times|tres veces|3 veces", r"(?:four|4) times|cuatro veces|4 veces")  # fmt: skip
_PERIODS: tuple[tuple[str, Mapping[Language, str]], ...] = (
    (r"(?:a|per|every|each)\s+day|daily|al dia|diari[oa]s?|por dia|cada dia", {"es": "al día", "en": "a day"}),
    (
        r"(?:a|per|every|each)\s+week|weekly|(?:a la|por|cada) semana|semanal(?:es)?",
        {"es": "a la semana", "en": "a week"},
    ),
    (r"(?:a|per|every|each)\s+month|monthly|(?:al|por|cada) mes|mensual(?:es)?", {"es": "al mes", "en": "a month"}),
)
_SHORT: tuple[tuple[str, int], ...] = (
    (r"qd|od", 0),
    (r"bid|b\.i\.d\.?", 1),
    (r"tid|t\.i\.d\.?", 2),
    (r"qid|q\.i\.d\.?", 3),
)
_EVERY = re.compile(
    r"\b(?:every|each|cada|q)\s*(\d+)\s*(hours?|hrs?|h|horas?|days?|dias?|weeks?|semanas?|months?|meses)\b"
)
_UNITS: Mapping[str, Mapping[Language, str]] = {
    "h": {"es": "horas", "en": "hours"},
    "d": {"es": "días", "en": "days"},
    "w": {"es": "semanas", "en": "weeks"},
    "s": {"es": "semanas", "en": "weeks"},
    "m": {"es": "meses", "en": "months"},
}
_FURTHER: tuple[tuple[str, Mapping[Language, str]], ...] = (
    (r"as needed|prn|a demanda|si (?:hay|tiene|presenta)|segun necesidad|en caso de", {"es": "según necesidad", "en": "as needed"}),
    (r"(?:every|each|in the) morning|qam|en la manana|cada manana|por la manana", {"es": "por la mañana", "en": "in the morning"}),
    (r"at bedtime|qhs|before bed|at night|every night|en la noche|al acostarse|cada noche|por la noche", {"es": "por la noche", "en": "at night"}),
)  # fmt: skip


def frequency(dosage: str, language: Language) -> str | None:
    """How often a dosage says that a medicine is taken, in a language; None where it says so in no usual way.

    Args:
        dosage: As the record has it.
        language: Of the answer.
    """
    folded = fold_letters(dosage)
    parts = [_rate(folded, language), *(words[language] for pattern, words in _FURTHER if _has(pattern, folded))]
    return ", ".join(filter(None, parts)) or None


def _rate(folded: str, language: Language) -> str | None:
    every = _EVERY.search(folded)
    if every is not None:
        return f"{'cada' if language == 'es' else 'every'} {every[1]} {_UNITS[every[2][0]][language]}"
    for pattern, number in _SHORT:
        if _has(pattern, folded):
            return f"{_COUNTS[language][number]} {_PERIODS[0][1][language]}"
    for pattern, period in _PERIODS:
        if _has(pattern, folded):
            number = next((place for place, times in enumerate(_TIMES) if _has(times, folded)), 0)
            return f"{_COUNTS[language][number]} {period[language]}"
    return None


def _has(pattern: str, folded: str) -> bool:
    return re.search(rf"(?<!\w)(?:{pattern})(?!\w)", folded) is not None
