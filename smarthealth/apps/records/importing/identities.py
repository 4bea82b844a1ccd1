"""From FHIR identifiers to the identity documents of Colombia's Ministry of Health (docs/reference/fhir-mapping.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import attrs

from smarthealth.storage.patients import DOCUMENT_TYPES, fold_name, normalise_document

from .nodes import Node, node, nodes, text

_V2_SYSTEMS: Final = ("http://terminology.hl7.org/CodeSystem/v2-0203", "http://hl7.org/fhir/v2/0203")
_NUMBERS: Final = {kind.code: number for number, kind in DOCUMENT_TYPES.items()}
CC, CE, PA, RC, DE = (_NUMBERS[code] for code in ("CC", "CE", "PA", "RC", "DE"))

_COLOMBIAN: Final = {**_NUMBERS, "PPT": _NUMBERS["PT"], "PEP": _NUMBERS["PE"]}

# https://terminology.hl7.org/CodeSystem-v2-0203.html
_V2: Final = {
    "NI": CC,
    "NNCOL": CC,
    "CZ": CC,  # citizenship card
    "PRC": CE,  # permanent resident card
    "PPN": PA,
    "DP": PA,  # diplomatic passport
    "BR": RC,
    "BCT": RC,  # birth certificate
    "SS": DE,
    "DL": DE,
    "PN": DE,
    "MI": DE,  # military identity card
}
_V2_COUNTRY: Final = re.compile(r"NN[A-Z]{2,3}")
_ELSEWHERE_IN_V2: Final = frozenset({"PE", "PT", "MS"})
"""Colombian codes that mean something else of a patient in v2-0203: there the name of the type must say so, too."""

_BY_SYSTEM: Final = (
    (re.compile(r"us-ssn|2\.16\.840\.1\.113883\.4\.1$"), DE),
    (re.compile(r"passport", re.IGNORECASE), PA),
)
_COLOMBIA: Final = re.compile(r"colombia|\.gov\.co\b|2\.16\.170\.", re.IGNORECASE)

_WORDS: Final = (
    ("cedula de ciudadania", "CC"),
    ("cedula ciudadania", "CC"),
    ("cedula de extranjeria", "CE"),
    ("cedula extranjeria", "CE"),
    ("tarjeta de identidad", "TI"),
    ("pasaporte", "PA"),
    ("passport", "PA"),
    ("registro civil", "RC"),
    ("menor sin identificacion", "MS"),
    ("adulto sin identificacion", "AS"),
    ("carne diplomatico", "CD"),
    ("carnet diplomatico", "CD"),
    ("permiso especial de permanencia", "PE"),
    ("permiso por proteccion temporal", "PT"),
    ("permiso proteccion temporal", "PT"),
    ("permiso temporal de permanencia", "PT"),
    ("salvoconducto", "SC"),
    ("certificado de nacido vivo", "CN"),
    ("nacido vivo", "CN"),
    ("documento extranjero", "DE"),
    ("documento de identificacion extranjero", "DE"),
)

MAX_NUMBER_SIZE: Final = 100
"""Characters; a longer one is no number that anybody could give."""

_RANKS: Final = {"CC": 0, "TI": 1, "RC": 2, "CE": 3, "CD": 4, "PE": 5, "PT": 6, "SC": 7, "PA": 8, "CN": 9, "DE": 10}
_RANK_OF_OTHERS: Final = 11
_RANK_OF_LICENCES: Final = 12
_RANK_WHEN_OLD: Final = 20


@attrs.frozen
class IdentityDocument:
    """One identity document of a patient."""

    document_type: int
    document_number: str
    """As numbers are compared."""
    written_as: str
    system: str | None
    rank: int
    """The lower, the better it is known by."""


def identity_documents(person: Node) -> tuple[IdentityDocument, ...]:
    """The identity documents among somebody's identifiers, each (type, number) once, the best first."""
    found = (_document(identifier) for identifier in nodes(person, "identifier"))
    best: dict[tuple[int, str], IdentityDocument] = {}
    for document in sorted((document for document in found if document is not None), key=lambda found: found.rank):
        best.setdefault((document.document_type, document.document_number), document)
    return tuple(best.values())


def identifier_values(person: Node) -> tuple[tuple[str, str], ...]:
    """(system, value) of every identifier that has both."""
    pairs = ((text(identifier, "system"), text(identifier, "value")) for identifier in nodes(person, "identifier"))
    return tuple((system, value) for system, value in pairs if system and value)


def _document(identifier: Node) -> IdentityDocument | None:
    value = text(identifier, "value")
    kind = document_type(identifier)
    number = normalise_document(value or "")
    if value is None or kind is None or not 0 < len(number) <= MAX_NUMBER_SIZE:
        return None
    rank = _RANK_OF_LICENCES if "DL" in _codes(identifier) else _RANKS.get(DOCUMENT_TYPES[kind].code, _RANK_OF_OTHERS)
    rank += _RANK_WHEN_OLD if text(identifier, "use") in ("old", "temp") else 0
    return IdentityDocument(kind, number, value, text(identifier, "system"), rank)


def document_type(identifier: Node) -> int | None:
    """The kind of document an identifier is of, None when it is no identity document.

    A Colombian code is believed before an international one, since guides write both; a code before words, and words
    before the system.
    """
    kind = node(identifier, "type") or {}
    codings = [(text(coding, "system") or "", (text(coding, "code") or "").upper()) for coding in nodes(kind, "coding")]
    found = _colombian(kind, codings) or next(
        filter(None, (_international(code) for system, code in codings if system in _V2_SYSTEMS or not system)), None
    )
    if found is None and not codings:
        found = _by_system(text(identifier, "system") or "")
    # what Colombia issues is no foreign document: a licence or a tax number, say
    return None if found == DE and _is_colombian(identifier) and not _colombian(kind, codings) else found


def _colombian(kind: Node, codings: Sequence[tuple[str, str]]) -> int | None:
    names = (text(kind, "text"), *(text(coding, "display") for coding in nodes(kind, "coding")))
    said = fold_name(" ".join(name for name in names if name))
    named = next((_NUMBERS[code] for words, code in _WORDS if words in said), _COLOMBIAN.get(said.upper()))
    for system, code in codings:
        if code in _COLOMBIAN and (
            system not in _V2_SYSTEMS or code not in _ELSEWHERE_IN_V2 or named == _COLOMBIAN[code]
        ):
            return _COLOMBIAN[code]
    return named


def _codes(identifier: Node) -> list[str]:
    return [(text(coding, "code") or "").upper() for coding in nodes(node(identifier, "type") or {}, "coding")]


def _international(code: str) -> int | None:
    return _V2.get(code, DE if _V2_COUNTRY.fullmatch(code) else None)


def _is_colombian(identifier: Node) -> bool:
    assigner = node(identifier, "assigner") or {}
    where = f"{text(identifier, 'system') or ''} {text(assigner, 'display') or ''}"
    return _COLOMBIA.search(where) is not None


def _by_system(system: str) -> int | None:
    code = system.rstrip("/").rpartition("/")[2].upper()
    if code in _COLOMBIAN and _is_colombian({"system": system}):
        return _COLOMBIAN[code]
    return next((kind for pattern, kind in _BY_SYSTEM if pattern.search(system)), None)
