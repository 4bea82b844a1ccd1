"""Questions about the patient rather than the record: age, sex, birth, death, city, name."""

from __future__ import annotations

import attrs

from .phrases import compile_phrases
from .question import Field

_TABLE: tuple[tuple[Field, str], ...] = (
    (
        Field.BIRTH_DATE,
        r"""
        (?:fecha|dia|ano|mes|lugar) (?:de|del) (?:su )?nacimiento|nacimiento
        (?:cuando|en que (?:fecha|ano|dia|mes)) nacio|nacio (?:el|la)|cumpleanos|nacid[oa]
        (?:birth\s*date|date of birth|birthday|dob|d\.o\.b)|when (?:was|were)\b[^?]*\bborn
        (?:year|day|month) of birth|birth (?:year|day)|(?:was|were) (?:s?he|the patient|they) born
        """,
    ),
    (
        Field.DEATH_DATE,
        r"""
        (?:fecha|dia|ano|mes|hora) (?:de|del) (?:su |la )?(?:muerte|fallecimiento|defuncion|deceso)
        (?:cuando|en que (?:fecha|ano|dia|mes)) (?:fallecio|murio|ha (?:fallecido|muerto))
        (?:date|day|year|time) of (?:his |her |the )?death|death date|when did\b[^?]*\b(?:die|pass away)
        (?:what|which) (?:date|year|day) did\b[^?]*\bdie
        """,
    ),
    (
        Field.ALIVE,
        r"""
        (?:esta|sigue|continua|aun) (?:el paciente |la paciente )?(?:viv[oa]|con vida|muert[oa]|fallecid[oa])
        (?:ha )?(?:fallecido|muerto)
        ~(?<!de\x20que\x20)\b(?:fallecio|murio)
        vive (?:aun|todavia)|(?:alive|deceased|dead|passed away|(?<!for\x20a\x20)living)
        (?:has|did)\b[^?]*\b(?:die|died)\b(?! (?:of|from))~
        """,
    ),
    (
        Field.AGE,
        r"""
        (?:que )?edad\b(?! (?:tenia|al|cuando|gestacional|a la))~
        cuantos anos (?:tiene|de edad|cumple|cumplio)|how (?:many years )?old (?:is|are)|how many years old
        (?:current )?age\b(?! (?:at|when|of onset|was))~
        anos (?:tiene|cumplidos)
        """,
    ),
    (
        Field.GENDER,
        r"""
        (?:sexo|genero|gender)|sex|(?:hombre|varon|masculino) o (?:de )?(?:una? )?(?:mujer|hembra|femenin[oa])
        (?:mujer|femenino) o (?:de )?(?:un )?(?:hombre|varon|masculino)
        (?:a )?(?:man|male|woman|female) or (?:a )?(?:woman|female|man|male)
        es (?:un |una )?(?:hombre|mujer|varon)|is\b[^?]*\b(?:a )?(?:male|female|man|woman)
        """,
    ),
    (
        Field.CITY,
        r"""
        (?:ciudad|municipio|residencia|localidad|poblacion)|(?:donde|en que ciudad) (?:vive|reside|habita)
        (?:vive|reside) en|(?:de )?donde es|(?:city|town|residence|hometown)
        where (?:does|do|is)\b[^?]*\b(?:live|reside|from|living)|live in
        """,
    ),
    (
        Field.NAME,
        r"""
        como se llama(?! (?:el|la|los|las|su|sus) (?!paciente|senora?\b|nin[oa]\b))|(?:nombres?|apellidos?) (?:complet[oa]s? )?(?:(?:de|del) (?:la |el )?paciente|tiene|es)
        (?:cual es|dime|dame) (?:el|su) nombre(?: complet[oa])?\s*[?.]?$~
        nombre completo|(?:full|last|first|sur)\s*name|patient'?s name|name of (?:the|this) patient
        what is (?:his|her|their) name
        """,
    ),
    (
        Field.DOCUMENT,
        r"""
        (?:numero|tipo) (?:de|del) (?:su )?(?:documento|identificacion|identidad|cedula|pasaporte)
        documento de identidad|cedula|(?:document|identification|id|passport|social security) number
        """,
    ),
)
DEMOGRAPHIC_PATTERNS = tuple(phrases for _, phrases in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((field, compile_phrases(phrases)) for field, phrases in _TABLE)


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
