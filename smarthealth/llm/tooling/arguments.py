"""Reads what a model wrote as arguments of a call, as strictly as a message from a client, into a function's parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import attrs

from smarthealth.wire.converter import make_wire_converter
from smarthealth.wire.errors import Fault, WireError
from smarthealth.wire.strict_json import parse

from .schema import Schema, find_unknown, object_schema

_TAKEN: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@attrs.frozen
class Parameters:
    """The parameters of one function: their schema, and how to read them."""

    schema: Schema
    _kind: type
    _read: Callable[[object, Any], object]

    @classmethod
    def of(cls, function: Callable[..., object]) -> Parameters:
        """Those of a function, a bound method or a partial; what a partial gives already is not asked for.

        Raises:
            TypeError: A parameter has no annotation, or one without an exact form on the wire, or takes what has no name.
        """
        kind = _class_of(function)
        return cls(object_schema(kind), kind, make_wire_converter().get_structure_hook(kind))

    def read(self, arguments: Mapping[str, object]) -> dict[str, Any]:
        """Arguments as the function takes them: exact types, defaults filled in, no name that it does not have.

        Raises:
            WireError: They do not fit.
        """
        unknown = find_unknown(self.schema, arguments)
        if unknown is not None:
            raise WireError(Fault.BAD_VALUE, unknown, "is no argument of this tool")
        values = self._read(arguments, self._kind)
        return {field.name: getattr(values, field.name) for field in attrs.fields(self._kind)}


def parse_arguments(text: str) -> dict[str, object]:
    """The object that a model wrote; nothing at all is an empty one, since models write that for "no arguments".

    Raises:
        WireError: It is not a JSON object.
    """
    value = parse(text) if text.strip() else {}
    if not isinstance(value, dict):
        raise WireError(Fault.NOT_AN_OBJECT, "", "must be a JSON object")
    return value


def _class_of(function: Callable[..., object]) -> type:
    """An attrs class whose fields are the function's parameters."""
    hints = get_type_hints(inspect.unwrap(_innermost(function)), include_extras=True)
    fields = {}
    given = _given(function)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in given:
            continue
        if parameter.kind not in _TAKEN or parameter.name not in hints:
            raise TypeError(f"parameter {parameter.name!r} has no annotation, or cannot be given by name")
        kind = hints[parameter.name]
        # the field's own alias, else attrs would strip an underscore from the name
        fields[parameter.name] = attrs.field(
            default=attrs.NOTHING if parameter.default is parameter.empty else parameter.default,
            type=kind,
            validator=_validators(kind),
            alias=parameter.name,
        )
    return attrs.make_class("Arguments", fields, frozen=True, kw_only=True)


def _given(function: Any) -> set[str]:
    """Names that a partial gives already."""
    return {*getattr(function, "keywords", ()), *(_given(function.func) if hasattr(function, "func") else ())}


def _innermost(function: Any) -> Any:
    while hasattr(function, "func"):
        function = function.func
    return getattr(function, "__func__", function)


def _validators(kind: Any) -> list[Any]:
    if get_origin(kind) is not Annotated:
        return []
    return [note for note in get_args(kind)[1:] if callable(note) and not isinstance(note, type)]
