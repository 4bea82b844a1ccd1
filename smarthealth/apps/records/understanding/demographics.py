"""Questions about the patient rather than the record: age, sex, birth, death, city, name."""

from __future__ import annotations

import re

import attrs

from .question import Field

_OF_PATIENT = r"(?:\s+(?:de|del|de\s+la|of)\b)?"
_TABLE: tuple[tuple[Field, str], ...] = (
    (
        Field.BIRTH_DATE,
        r"\b(?:fecha|dia|ano|mes|lugar)\s+(?:de|del)\s+(?:su\s+)?nacimiento\b|\bnacimiento\b|\b(?:cuando|en\s+que\s+(?:fecha|ano|dia|mes))\s+nacio\b|\bnacio\s+(?:el|la)\b|\bcumpleanos\b|\bnacid[oa]\b|\b(?:birth\s*date|date\s+of\s+birth|birthday|dob|d\.o\.b)\b|\bwhen\s+(?:was|were)\b[^?]*\bborn\b|\b(?:year|day|month)\s+of\s+birth\b|\bbirth\s+(?:year|day)\b|\b(?:was|were)\s+(?:s?he|the\s+patient|they)\s+born\b",
    ),
    (
        Field.DEATH_DATE,
        r"\b(?:fecha|dia|ano|mes|hora)\s+(?:de|del)\s+(?:su\s+|la\s+)?(?:muerte|fallecimiento|defuncion|deceso)\b|\b(?:cuando|en\s+que\s+(?:fecha|ano|dia|mes))\s+(?:fallecio|murio|ha\s+(?:fallecido|muerto))\b|\b(?:date|day|year|time)\s+of\s+(?:his\s+|her\s+|the\s+)?death\b|\bdeath\s+date\b|\bwhen\s+did\b[^?]*\b(?:die|pass\s+away)\b|\b(?:what|which)\s+(?:date|year|day)\s+did\b[^?]*\bdie\b",
    ),
    (
        Field.ALIVE,
        r"\b(?:esta|sigue|continua|aun)\s+(?:el\s+paciente\s+|la\s+paciente\s+)?(?:viv[oa]|con\s+vida|muert[oa]|fallecid[oa])\b|\b(?:ha\s+)?(?:fallecido|muerto)\b|(?<!de que )\b(?:fallecio|murio)\b|\bvive\s+(?:aun|todavia)\b|\b(?:alive|deceased|dead|passed\s+away|living)\b|\b(?:has|did)\b[^?]*\b(?:die|died)\b(?!\s+(?:of|from))",
    ),
    (
        Field.AGE,
        r"\b(?:que\s+)?edad\b(?!\s+(?:tenia|al|cuando|gestacional|a\s+la))|\bcuantos\s+anos\s+(?:tiene|de\s+edad|cumple|cumplio)\b|\bhow\s+(?:many\s+years\s+)?old\s+(?:is|are)\b|\b(?:current\s+)?age\b(?!\s+(?:at|when|of\s+onset|was))|\banos\s+(?:tiene|cumplidos)\b",
    ),
    (
        Field.GENDER,
        r"\b(?:sexo|genero|gender)\b|\bsex\b|\b(?:hombre|varon|masculino)\s+o\s+(?:de\s+)?(?:una?\s+)?(?:mujer|hembra|femenin[oa])\b|\b(?:mujer|femenino)\s+o\s+(?:de\s+)?(?:un\s+)?(?:hombre|varon|masculino)\b|\b(?:a\s+)?(?:man|male|woman|female)\s+or\s+(?:a\s+)?(?:woman|female|man|male)\b|\bes\s+(?:un\s+|una\s+)?(?:hombre|mujer|varon)\b|\bis\b[^?]*\b(?:a\s+)?(?:male|female|man|woman)\b",
    ),
    (
        Field.CITY,
        r"\b(?:ciudad|municipio|residencia|localidad|poblacion)\b|\b(?:donde|en\s+que\s+ciudad)\s+(?:vive|reside|habita)\b|\b(?:vive|reside)\s+en\b|\b(?:de\s+)?donde\s+es\b|\b(?:city|town|residence|hometown)\b|\bwhere\s+(?:does|do|is)\b[^?]*\b(?:live|reside|from|living)\b|\blive\s+in\b",
    ),
    (
        Field.NAME,
        r"\b(?:como\s+se\s+llama)\b|\b(?:nombres?|apellidos?)\s+(?:complet[oa]s?\s+)?(?:(?:de|del)\s+(?:la\s+|el\s+)?paciente|tiene|es)\b|\b(?:cual\s+es|dime|dame)\s+(?:el|su)\s+nombre(?:\s+complet[oa])?\s*[?.]?$|\bnombre\s+completo\b|\b(?:full|last|first|sur)\s*name\b|\bpatient'?s\s+name\b|\bname\s+of\s+(?:the|this)\s+patient\b|\bwhat\s+is\s+(?:his|her|their)\s+name\b",
    ),
    (
        Field.DOCUMENT,
        r"\b(?:numero|tipo)\s+(?:de|del)\s+(?:su\s+)?(?:documento|identificacion|identidad|cedula|pasaporte)\b|\bdocumento\s+de\s+identidad\b|\bcedula\b|\b(?:document|identification|id|passport|social\s+security)\s+number\b",
    ),
)
DEMOGRAPHIC_PATTERNS = tuple(pattern for _, pattern in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((field, re.compile(pattern)) for field, pattern in _TABLE)


@attrs.frozen
class FieldMatch:
    """One of the patient's own data, asked for in a text."""

    start: int
    end: int
    field: Field


def find_fields(folded: str) -> list[FieldMatch]:
    """Find which of the patient's own data a folded text asks for; where two would overlap, the earlier of the table."""
    found: list[FieldMatch] = []
    for field, pattern in _COMPILED:
        match = pattern.search(folded)
        if match is not None and not any(match.start() < other.end and other.start < match.end() for other in found):
            found.append(FieldMatch(match.start(), match.end(), field))
    return sorted(found, key=lambda match: match.start)
