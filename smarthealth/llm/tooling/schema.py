"""JSON Schema of what a tool takes, from Python types, flat and without references: the subset that providers agree on.

A type has a schema here when the wire converter has an exact rule for it; others are refused when the tool is made.
Annotations count: in `Annotated[str, "Path of the file", length(1, 400)]` the first text describes the parameter, and the
validators of `wire.fields` are both said in the schema and held.
"""

from __future__ import annotations

import collections.abc
import enum
import types
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import attrs

from smarthealth.wire.fields import Between, Length, UuidText

Schema = dict[str, Any]

_PLAIN: Final[Mapping[object, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
    object: {},
    Any: {},
}
_JSON_NAMES: Final = {str: "string", int: "integer", bool: "boolean", type(None): "null"}


def schema_of(kind: Any) -> Schema:
    """The schema of a type.

    Raises:
        TypeError: There is none for this type.
    """
    try:
        return _schema(kind)
    except RecursionError:
        raise TypeError(f"{kind!r} holds itself, which a flat schema cannot say") from None


def _schema(kind: Any) -> Schema:
    if isinstance(kind, collections.abc.Hashable) and kind in _PLAIN:
        return dict(_PLAIN[kind])
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return described(_schema(inner[0]), inner[1:])
    if origin is Literal:
        return _choice(inner)
    if origin in (Union, types.UnionType):
        return _union(inner)
    if origin in (list, tuple, collections.abc.Sequence):
        return {"type": "array", "items": _schema(inner[0])}
    if origin in (dict, collections.abc.Mapping):
        return {"type": "object", "additionalProperties": _schema(inner[1])}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice(tuple(member.value for member in kind))
    if isinstance(kind, type) and attrs.has(kind):
        return object_schema(kind)
    raise TypeError(f"{kind!r} has no schema")


def object_schema(kind: type) -> Schema:
    """The schema of an attrs class: its fields and no others."""
    properties: Schema = {}
    required: list[str] = []
    for field in attrs.fields(attrs.resolve_types(kind)):
        if not field.init:
            continue
        schema = described(_schema(field.type), (field.validator,))
        if field.default is attrs.NOTHING:
            required.append(field.name)
        elif isinstance(field.default, str | int | float):
            schema["default"] = field.default
        properties[field.name] = schema
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def described(schema: Schema, notes: tuple[object, ...]) -> Schema:
    """A schema with what annotations and validators add to it."""
    for note in notes:
        match note:
            case str():
                schema.setdefault("description", note)
            case Length(shortest=shortest, longest=longest):
                unit = "Items" if schema.get("type") == "array" else "Length"
                schema.update({f"min{unit}": shortest, f"max{unit}": longest})
            case Between(lowest=lowest, highest=highest):
                schema.update(minimum=lowest, maximum=highest)
            case UuidText():
                schema.update(format="uuid")
            case _:
                pass  # an annotation for others
    return schema


def _choice(values: tuple[object, ...]) -> Schema:
    names = sorted({_JSON_NAMES[type(value)] for value in values if type(value) in _JSON_NAMES})
    if len(names) != 1:
        raise TypeError(f"{values!r} are not of one type")
    return {"type": names[0], "enum": list(values)}


def _union(members: tuple[object, ...]) -> Schema:
    choices = [_schema(member) for member in members if member is not type(None)]
    # null in a field with a default means absent, so that "or null" need not be said
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def find_unknown(schema: Mapping[str, Any], value: object) -> str | None:
    """The path of the first name in `value` that `schema` does not have, None when there is none.

    The name itself is the model's text and stands in the path all the same: nobody else can put it right.
    """
    if isinstance(value, dict):
        for name, item in value.items():
            inner = schema.get("properties", {}).get(name)
            if inner is None:
                inner = schema.get("additionalProperties", {})
                if inner is False:
                    return str(name)
            below = find_unknown(inner, item)
            if below is not None:
                return f"{name}{'' if below.startswith('[') else '.'}{below}"
    elif isinstance(value, list):
        for position, item in enumerate(value):
            below = find_unknown(schema.get("items", {}), item)
            if below is not None:
                return f"[{position}]{'' if below.startswith('[') else '.'}{below}"
    return None
