"""What the tool loop itself says, to the model and to clients, in the languages of the applications."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from smarthealth.wire.errors import WireError


@attrs.frozen(kw_only=True)
class ToolingTexts:
    """Sentences for results that no tool wrote; `{}` is filled with what the name of the field says."""

    unknown_tool: str
    """With the names that there are."""
    bad_arguments: str
    """With what does not fit."""
    timed_out: str
    """With seconds."""
    refused: str
    """A person did not approve."""
    failed: str
    """The tool has a bug."""
    too_many: str
    """Calls of one answer, with how many may run."""
    interrupted: str
    """The turn ended, or the process, before there was a result."""
    cut: str
    """With the size of the whole and what is left of it."""
    details: Mapping[str, str] = attrs.field(factory=dict)
    """Patterns for the English of `WireError.detail`, and what stands for them; the first that matches counts."""

    def describe(self, error: WireError) -> str:
        """Arguments that do not fit, in words."""
        detail = self.words(error.detail)
        return self.bad_arguments.format(f"{error.path}: {detail}" if error.path else detail)

    def words(self, detail: str) -> str:
        """The English of `WireError.detail` in this language."""
        for pattern, words in self.details.items():
            match = re.fullmatch(pattern, detail)
            if match is not None:
                return match.expand(words)
        return detail


ENGLISH: Final = ToolingTexts(
    unknown_tool="There is no such tool. There are: {}.",
    bad_arguments="The arguments do not fit: {}.",
    timed_out="The tool took longer than {:g} seconds and was stopped.",
    refused="The user did not approve this call.",
    failed="The tool failed unexpectedly.",
    too_many="Too many calls at once: at most {} run.",
    interrupted="The call was interrupted before it had a result; it may have taken effect.",
    cut="[{} characters in all; cut here{}]",
)
SPANISH: Final = ToolingTexts(
    unknown_tool="No existe esa herramienta. Hay: {}.",
    bad_arguments="Los argumentos no son válidos: {}.",
    timed_out="La herramienta tardó más de {:g} segundos y fue detenida.",
    refused="El usuario no aprobó esta llamada.",
    failed="La herramienta falló inesperadamente.",
    too_many="Demasiadas llamadas a la vez: se ejecutan como máximo {}.",
    interrupted="La llamada fue interrumpida antes de tener resultado; puede haber tenido efecto.",
    cut="[{} caracteres en total; cortado aquí{}]",
    details={
        r"is missing": "falta",
        r"is no argument of this tool": "no es un argumento de esta herramienta",
        r"must be text": "debe ser texto",
        r"must be an integer": "debe ser un entero",
        r"must be a number": "debe ser un número",
        r"must be true or false": "debe ser true o false",
        r"must be a list": "debe ser una lista",
        r"must be an? (?:JSON )?object": "debe ser un objeto JSON",
        r"must be one of: (.*)": r"debe ser uno de: \1",
        r"must be from (.*) to (.*)": r"debe estar entre \1 y \2",
        r"must be a UUID": "debe ser un UUID",
        r"must be base64": "debe ser base64",
        r"must not be empty": "no puede estar vacío",
        r"must have at most (\d+) .*": r"es demasiado largo: máximo \1",
        r"must have at least (\d+) .*": r"es demasiado corto: mínimo \1",
        r"is a number out of range": "es un número fuera de rango",
        r"is not JSON at character (\d+)": r"no es JSON en el carácter \1",
        r"is nested more than (\d+) deep": r"tiene más de \1 niveles",
        r"names a field of one object twice": "repite un nombre en un objeto",
        r".*": "valor no permitido",
    },
)
