"""Smaller words that narrow a question: active or past, different, which part of a note, whose name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .question import Status

_STATUS: tuple[tuple[Status, str], ...] = (
    (
        Status.ENDED,
        r"\b(?:inactiv[oa]s?|resuelt[oa]s?|pasad[oa]s|suspendid[oa]s?|finalizad[oa]s?|terminad[oa]s?|completad[oa]s?|curad[oa]s?|superad[oa]s?|descontinuad[oa]s?|que\s+ya\s+no\s+\w+|ya\s+no\s+tom\w*|dejo\s+de\s+tomar|"
        r"resolved|inactive|past|stopped|discontinued|finished|ended|no\s+longer|former)\b",
    ),
    (
        Status.ACTIVE,
        r"\b(?:activ[oa]s?|vigentes?|en\s+curso|actual(?:es|mente)?|hoy\s+en\s+dia|en\s+(?:este|el)\s+momento(?:\s+actual)?|ahora(?:\s+mismo)?|presentes|sin\s+resolver|no\s+resuelt[oa]s?|cronic[oa]s?|chronic|toma\b(?!do)|esta\s+(?:tomando|usando)|tomando|usando|using\s+now|"
        r"active|current(?:ly)?|ongoing|now|at\s+(?:present|the\s+moment)|presently|unresolved|today|is\s+(?:s?he|the\s+patient|they)\s+(?:\w+\s+)?(?:taking|on)|taking|takes)\b",
    ),
)
_COMPILED_STATUS = tuple((status, re.compile(pattern)) for status, pattern in _STATUS)
_UNRESOLVED = re.compile(r"\b(?:no\s+resuelt|sin\s+resolver|unresolved|not\s+(?:yet\s+)?resolved)")
_BOTH = re.compile(
    r"\b(?:activ[oa]s?\s+[yo]\s+\w+|actuales\s+y\s+pasad|active\s+(?:and|or)\s+\w+|current\s+and\s+past|past\s+and\s+(?:current|present)|pasad[oa]s\s+y\s+actuales)"
)

_DISTINCT = re.compile(
    r"\b(?:diferentes?|distint[oa]s?|tipos?\s+de|clases?\s+de|unic[oa]s|different|distinct|unique|types?\s+of|kinds?\s+of)\b"
)

SECTIONS: tuple[tuple[str, str], ...] = (
    ("complaint", r"\b(?:motivo\s+(?:de|principal\s+de)\s+(?:la\s+)?(?:consulta|visita)|queja(?:\s+principal)?|chief\s+complaint|presenting\s+complaint|complain(?:t|ts|ed|ing)?(?:\s+of)?|se\s+quejaba|sintomas?|symptoms?)\b"),
    ("present", r"\b(?:enfermedad\s+actual|historia\s+de\s+la\s+enfermedad|history\s+of\s+present\s+illness|hpi|present\s+illness)\b"),
    ("social", r"\b(?:(?:historia|antecedentes|situacion|contexto)\s+social(?:es)?|social\s+(?:history|background|situation)|estado\s+civil|casad[oa]|solter[oa]|divorciad[oa]|viud[oa]|marital|married|single|divorced|widowed|nivel\s+socioeconomico|socioeconomic\w*|fuma(?:dor|dora|ba)?|smok\w+|orientacion\s+sexual|estudios|educacion|education|insurance|seguro)\b"),
    ("allergies", r"\b(?:alergias?|allerg(?:y|ies))\b"),
    ("medications", r"\b(?:medicamentos?|medicacion|medications?|medicines?)\b"),
    ("plan", r"\b(?:plan|evaluacion|valoracion|conducta|assessment|impresion|procedimientos?|procedures?|tratamiento|treatment)\b"),
)  # fmt: skip
_COMPILED_SECTIONS = tuple((name, re.compile(pattern)) for name, pattern in SECTIONS)

_READS = re.compile(
    r"\b(?:dic(?:e|en)|decia|menciona(?:n|ba)?|contiene|contenido|texto|describe|describia|segun|de\s+acuerdo\s+con|informa|indica|refiere|habla|resum\w+|anota(?:do|ron)?|escri(?:to|bio|bieron)|registra|lee|leer|"
    r"informacion|information|say(?:s|ing)?|said|mention(?:s|ed)?|contain(?:s|ed)?|contents?|text|read(?:s)?|describe[sd]?|trata|leeme|read|according\s+to|state[sd]?|summar\w+|written|wrote|noted|tell(?:s)?\s+(?:us|me)?|about)\b"
)

_NAME = r"[A-ZÁÉÍÓÚÑ][A-Za-zÁÉÍÓÚÜÑáéíóúüñ'’.-]*[a-záéíóúüñ]\d*"
_TITLED = re.compile(rf"\b((?:[Dd]ra?\.?|[Dd]octora?|DRA?\.?)\s+{_NAME}(?:\s+(?:(?:de|la|del)\s+)*{_NAME})*)")
# A single word in capitals may well be a medicine; two are a person or a place.
_NAMES = re.compile(rf"(?<![.?!¿¡]\s)(?<!^)(?<![¿¡«\"'])\b({_NAME}(?:\s+(?:(?:de|la|del|of|the)\s+)*{_NAME})+)")
_OF_NAMED = re.compile(
    rf"\b(?:paciente|patient|se[ñn]ora?|sra?\.?|do[ñn]a|don|[Mm]rs?\.?|[Mm]s\.?)\s+((?:{_NAME})(?:\s+(?:(?:de|la|del)\s+)?{_NAME})*)"
)


_PLACED = re.compile(
    rf"\b((?:[Hh]ospital|[Cc]l[ií]nica|[Cc]linic|[Cc]entro(?:\s+[Mm][ée]dico)?|[Mm]edical\s+[Cc]enter)\s+(?:(?:de|del|la)\s+)*{_NAME}(?:\s+{_NAME})*)"
)


def find_status(folded: str) -> Status | None:
    """Whether only what goes on, or only what ended, is asked for."""
    if _BOTH.search(folded):
        return None
    if _UNRESOLVED.search(folded):
        return Status.ACTIVE
    for status, pattern in _COMPILED_STATUS:
        if pattern.search(folded):
            return status
    return None


def status_spans(folded: str) -> list[tuple[int, int]]:
    """Where the words stand that tell a status."""
    return [match.span() for _, pattern in _COMPILED_STATUS for match in pattern.finditer(folded)]


def asks_for_different(folded: str) -> bool:
    """Whether different things are to be counted rather than entries."""
    return _DISTINCT.search(folded) is not None


def find_section(folded: str) -> str | None:
    """Which part of a note is asked for."""
    return next((name for name, pattern in _COMPILED_SECTIONS if pattern.search(folded)), None)


def asks_what_is_written(folded: str) -> bool:
    """Whether the text of a note is asked for rather than the note as an entry."""
    return _READS.search(folded) is not None


def find_names(text: str) -> list[tuple[int, int, str]]:
    """Words written like names of people or places, with their spans; those after a title first."""
    found: list[tuple[int, int, str]] = []
    for pattern in (_TITLED, _OF_NAMED, _PLACED, _NAMES):
        for match in pattern.finditer(text):
            start, end = match.span(1)
            if not any(start < other_end and other_start < end for other_start, other_end, _ in found):
                found.append((start, end, match[1]))
    return found


def without(spans: Sequence[tuple[int, int, str]], open_text: str) -> list[tuple[int, int, str]]:
    """Those of the spans that nobody has covered."""
    return [span for span in spans if open_text[span[0] : span[1]].strip("§¤·")]
