"""Reads JSON text as strictly as a server must that takes it from anyone.

The standard parser lets through what readers of JSON do not agree on, or what hurts later: NaN and Infinity, numbers that
become infinite, integers of a thousand digits, a name twice in one object, and nesting that ends in RecursionError. Here
each of these is a `WireError`. Numbers out of range are kept as `Unfit` values until somebody reads that field, so that the
error can name it; in fields that nobody reads they do no harm.
"""

from __future__ import annotations

import json
import math
import re
from typing import Final, NoReturn

import attrs

from .errors import Fault, WireError

MAX_DEPTH: Final = 32
"""Objects and lists inside one another, the outermost included."""
_MAX_NUMBER_LENGTH: Final = 64
"""Characters of an integer; longer ones are out of every range, and costly to read."""

# An unfinished string is taken to the end of the text, else each quote in it would be searched from anew.
_NO_BRACKETS = re.compile(r'(?:"(?:[^"\\]+|\\.)*+"?|[^"\[\]{}]+)+', re.DOTALL)


@attrs.frozen
class Unfit:
    """A number that no field takes."""

    detail: str


_OUT_OF_RANGE: Final = Unfit("is a number out of range")


def parse(text: str) -> object:
    """Parse one JSON text.

    Returns:
        Dictionaries, lists, text, numbers, booleans, None, and `Unfit` in place of numbers out of range.

    Raises:
        WireError: With `Fault.NOT_JSON` and an empty path; nothing else is raised whatever the text is.
    """
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(text):
        raise WireError(Fault.NOT_JSON, "", f"is nested more than {MAX_DEPTH} deep")
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise WireError(Fault.NOT_JSON, "", f"is not JSON at character {error.pos + 1}") from None
    return value


def _is_too_deep(text: str) -> bool:
    # Each step takes the innermost level away; a few dozen of them in C cost less than one walk in Python.
    brackets = _NO_BRACKETS.sub("", text).replace("{", "[").replace("}", "]")
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace("[]", "")
    return brackets.count("[") > MAX_DEPTH or "[]" in brackets


def _integer(digits: str) -> int | Unfit:
    return int(digits) if len(digits) <= _MAX_NUMBER_LENGTH else _OUT_OF_RANGE


def _real(digits: str) -> float | Unfit:
    number = float(digits)
    return number if math.isfinite(number) else _OUT_OF_RANGE


def _refuse_constant(name: str) -> NoReturn:
    raise WireError(Fault.NOT_JSON, "", f"holds {name}, which is not JSON")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise WireError(Fault.NOT_JSON, "", "names a field of one object twice")
    return members


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_refuse_constant
)
