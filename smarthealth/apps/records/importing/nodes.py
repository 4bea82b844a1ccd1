"""Reading JSON objects element by element, exactly typed: a wrong type is `Malformed`, whatever the element."""

from __future__ import annotations

import math
from typing import Final

import msgspec

from .errors import Malformed

Node = dict[str, object]
"""A JSON object as decoded."""

_WHITE_SPACE: Final = " \t\r\n"


def parse(raw: bytes) -> Node:
    """Decode one JSON object.

    Raises:
        Malformed: It is none, or holds what no record may hold.
    """
    try:
        value: object = msgspec.json.decode(raw)
        holds_nul = b"\\u0000" in raw and _holds_nul(value)
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    except RecursionError:
        raise Malformed("nested too deeply") from None
    except msgspec.ValidationError:
        raise Malformed("a number is out of range") from None
    except msgspec.DecodeError:
        raise Malformed("not JSON") from None
    if not isinstance(value, dict):
        raise Malformed("not a JSON object")
    if holds_nul:
        raise Malformed("a text holds a NUL character")
    return value


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_holds_nul(item) for item in value)


def text(parent: Node, name: str) -> str | None:
    """A string element without white space around it, None when absent or blank."""
    value = parent.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Malformed(f"{name} is not a string")
    return value.strip(_WHITE_SPACE) or None


def boolean(parent: Node, name: str) -> bool | None:
    """A boolean element."""
    value = parent.get(name)
    if value is not None and not isinstance(value, bool):
        raise Malformed(f"{name} is not a boolean")
    return value


def number(parent: Node, name: str) -> float | None:
    """A numeric element as a finite float."""
    value = parent.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(f"{name} is not a number")
    try:
        converted = float(value)
    except OverflowError:
        converted = math.inf
    if not math.isfinite(converted):
        raise Malformed(f"{name} is out of range")
    return converted


def node(parent: Node, name: str) -> Node | None:
    """An element that is an object."""
    value = parent.get(name)
    if value is not None and not isinstance(value, dict):
        raise Malformed(f"{name} is not an object")
    return value


def nodes(parent: Node, name: str) -> list[Node]:
    """A repeating element whose items are objects."""
    value = parent.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed(f"{name} is not a list of objects")
    return value


def texts(parent: Node, name: str) -> list[str]:
    """A repeating element whose items are strings; null items, which carry extensions only, are left out."""
    value = parent.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(item is None or isinstance(item, str) for item in value):
        raise Malformed(f"{name} is not a list of strings")
    return [item.strip(_WHITE_SPACE) for item in value if item and item.strip(_WHITE_SPACE)]


def first(parent: Node, name: str) -> Node:
    """The first item of a repeating element, an empty object when there is none."""
    found = nodes(parent, name)
    return found[0] if found else {}
