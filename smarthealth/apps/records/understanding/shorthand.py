"""How clinicians write in haste: `q`, `pq`, `cdo`, `tto p/ DM`, `abx`, and words for kinds of entry with a letter wrong.

What is written short is written out before anything is read, so that no reader needs to know it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from smarthealth.retrieval.spelling import one_edit_apart

from .folding import fold_letters

_SHORT: Mapping[str, str] = {
    "q": "que",
    "xq": "por que",
    "pq": "por que",
    "porq": "por que",
    "xfa": "por favor",
    "pls": "please",
    "cdo": "cuando",
    "cto": "cuanto",
    "ctas": "cuantas",
    "ult": "ultimo",
    "ulto": "ultimo",
    "ultm": "ultimo",
    "pcte": "paciente",
    "pte": "paciente",
    "pac": "paciente",
    "qx": "quirurgicos",
    "qcos": "quirurgicos",
    "atb": "antibiotico",
    "atbs": "antibioticos",
    "abx": "antibiotics",
    "wt": "weight",
    "wts": "weights",
    "ht": "height",
    "leucos": "leucocitos",
    "neutros": "neutrofilos",
    "plaq": "plaquetas",
    "plts": "platelets",
    "trigs": "triglycerides",
    "glic": "glicemia",
    "tx": "treatment",
    "rx": "prescription",
    "hosp": "hospitalizacion",
    "urg": "urgencias",
    "rehosp": "rehospitalizacion",
    "ctrl": "control",
    "ctrls": "controles",
    "hx": "history",
    "h/o": "history of",
    "s/p": "after",
    "w/": "with ",
    "w/o": "without ",
    "b/c": "because",
    "c/": "con ",
    "p/": "para ",
    "s/": "sin ",
    "x/": "por ",
    "sx": "symptoms",
    "bx": "biopsia",
    "vax": "vaccine",
    "vaxx": "vaccine",
    "immz": "immunization",
    "neumo": "neumococo",
    "pneumovax": "pneumococcal vaccine",
}
"""What each short form stands for; both are folded."""
_WORD = re.compile(
    r"(?<![\w/])(?:"
    + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True))
    + r")(?![\w/])\.?(?=\W|$)|(?<![\w/])(?:w/|c/|p/|s/|x/)(?=[\s\w])",
    re.IGNORECASE,
)
_CALCIDIOL = re.compile(
    r"\bvitamina?\s+d\s*,?\s*\(?25[\s-]*\(?oh\b\)?\)?|\b25[\s-]*\(?oh\)?[\s-]*(?:de\s+)?vitamina?\s+d\b", re.IGNORECASE
)
"""What is measured, and no supplement."""
_KINDS = frozenset(
    [
        "alergia",
        "alergias",
        "alergico",
        "alergica",
        "medicamento",
        "medicamentos",
        "medicina",
        "medicinas",
        "medicacion",
        "vacuna",
        "vacunas",
        "consulta",
        "consultas",
        "visita",
        "visitas",
        "cirugia",
        "cirugias",
        "operacion",
        "operaciones",
        "procedimiento",
        "procedimientos",
        "diagnostico",
        "diagnosticos",
        "enfermedad",
        "enfermedades",
        "hospitalizacion",
        "hospitalizaciones",
        "urgencias",
        "examenes",
        "laboratorio",
        "laboratorios",
        "resultado",
        "resultados",
        "tratamiento",
        "tratamientos",
        "antecedentes",
        "prescripcion",
        "prescripciones",
        "recetado",
        "receta",
        "recetas",
        "ultimo",
        "ultima",
        "ultimos",
        "primera",
        "primero",
        "cuando",
        "cuanto",
        "cuantas",
        "cuantos",
        "telefono",
        "direccion",
        "paciente",
        "toma",
        "tomando",
        "actualmente",
        "suspendido",
        "suspendidos",
        "activos",
        "allergy",
        "allergies",
        "allergic",
        "medication",
        "medications",
        "medicine",
        "medicines",
        "vaccine",
        "vaccines",
        "vaccination",
        "surgery",
        "surgeries",
        "operation",
        "procedure",
        "procedures",
        "diagnosis",
        "diagnoses",
        "disease",
        "diseases",
        "hospitalization",
        "hospitalized",
        "admission",
        "admissions",
        "emergency",
        "prescription",
        "prescriptions",
        "prescribed",
        "treatment",
        "treatments",
        "latest",
        "current",
        "currently",
        "history",
        "appointment",
        "address",
        "patient",
        "results",
        "laboratory",
    ]
)
"""Words for kinds of entry, and of asking, that a letter too few or too many makes unreadable."""
_LETTERS = re.compile(r"[^\W\d_]{6,}")
_LONGER = 7
"""Letters from which a word may be a misspelt one though another begins like it."""


def written_out(text: str, known: frozenset[str]) -> str:
    """A question without what is written short or with a letter wrong.

    Args:
        text: As it was written.
        known: Words that are right as they are, folded.
    """
    whole = _WORD.sub(lambda match: _in_full(match[0]), _CALCIDIOL.sub("25-hydroxyvitamin D", text))
    return _LETTERS.sub(lambda match: _mended(match[0], known), whole)


def _in_full(short: str) -> str:
    return _SHORT[fold_letters(short).rstrip(".") if fold_letters(short) not in _SHORT else fold_letters(short)]


def _mended(word: str, known: frozenset[str]) -> str:
    folded = fold_letters(word)
    if folded in _KINDS or folded in known or word[:1].isupper():
        return word
    near = [
        kind
        for kind in _KINDS
        if kind[0] == folded[0] and len(kind) >= _LONGER - 1 and one_edit_apart(*_by_length(folded, kind))
    ]
    return min(near, key=lambda kind: (abs(len(kind) - len(folded)), kind)) if near else word


def _by_length(one: str, other: str) -> tuple[str, str]:
    return (one, other) if len(one) <= len(other) else (other, one)
