"""The one factory of converters from parsed JSON to attrs classes.

cattrs finds the hook for a type; every hook is ours, since its own are made for friendly input: null would become "None",
"3" become 3, true become 1 and text become a list of characters. A type without an exact rule here is refused when the
hook is made, so a protocol that uses one fails at import and not on the first message.

Rules: JSON types must match exactly (an integer may stand for a real number). Integers are within ±(2**53 - 1), which every
reader of JSON keeps whole. Text holds neither lone surrogates (no UTF-8) nor U+0000 (no PostgreSQL). bytes are base64.
null in a field that has a default means absent. Names that the class does not declare are ignored, so newer clients work.
A union of attrs classes is told apart by a field that each declares as a `Literal` of its own, by convention `type`.
"""

from __future__ import annotations

import base64
import binascii
import collections.abc
import enum
import types
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, NewType, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
import msgspec

from .errors import Fault, FieldError, WireError
from .strict_json import Unfit

MAX_INTEGER: Final = 2**53 - 1

Hook = Callable[[object, Any], object]
_V = TypeVar("_V")
_SEQUENCES: Final = (list, tuple, collections.abc.Sequence)
_MAPPINGS: Final = (dict, collections.abc.Mapping)
_ABSENT: Final = (types.NoneType, msgspec.UnsetType)


def make_wire_converter() -> cattrs.Converter:
    """Make a converter whose `structure` takes parsed JSON and raises `WireError` alone.

    Returns:
        A converter of its own; `get_structure_hook` raises TypeError for types without an exact rule.
    """
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_structure_hook_factory(lambda kind: True, _refuse_type)
    for kind, hook in _PRIMITIVES.items():
        converter.register_structure_hook(kind, hook)
    for kind in (object, Any):
        converter.register_structure_hook_func(_is(kind), _anything)
    for suits, factory in _FACTORIES:
        converter.register_structure_hook_factory(suits, factory)
    return converter


def _is(kind: object) -> Callable[[object], bool]:
    return lambda other: other is kind


def _has_origin(*origins: object) -> Callable[[object], bool]:
    return lambda kind: get_origin(kind) in origins


def _hook_for(kind: Any, converter: cattrs.Converter) -> Hook:
    # cattrs looks at base classes first: it would take an IntEnum for an int, and return one.
    if isinstance(kind, type) and kind not in _PRIMITIVES and issubclass(kind, tuple(_PRIMITIVES)):
        return _enum_hook(kind) if issubclass(kind, enum.Enum) else _refuse_type(kind)
    hook: Hook = converter.get_structure_hook(kind)
    return hook


def _refuse_type(kind: object, converter: object = None) -> Hook:
    raise TypeError(f"{kind!r} has no exact form on the wire")


# --- primitives -------------------------------------------------------------------------------------------------------


def _wrong(what: str) -> WireError:
    return WireError(Fault.WRONG_TYPE, "", f"must be {what}")


def _bad(detail: str) -> WireError:
    return WireError(Fault.BAD_VALUE, "", detail)


def _text(value: object, _: object = None) -> str:
    if type(value) is not str:
        raise _wrong("text")
    if "\0" in value:
        raise _bad("holds the character U+0000")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _bad("holds half of a surrogate pair") from None
    return value


def _integer(value: object, _: object) -> int:
    if type(value) is int:
        if abs(value) <= MAX_INTEGER:
            return value
        raise _bad("is a number out of range")
    if isinstance(value, Unfit):
        raise _bad(value.detail)
    raise _wrong("an integer")


def _real(value: object, _: object) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        if abs(value) <= MAX_INTEGER:
            return float(value)
        raise _bad("is a number out of range")
    if isinstance(value, Unfit):
        raise _bad(value.detail)
    raise _wrong("a number")


def _truth(value: object, _: object) -> bool:
    if type(value) is not bool:
        raise _wrong("true or false")
    return value


def _base64(value: object, _: object) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except (binascii.Error, ValueError):
        raise _bad("must be base64") from None


def _from_text(read: Callable[[str], _V], what: str) -> Hook:
    def hook(value: object, _: object) -> _V:
        try:
            return read(_text(value))
        except ValueError:
            raise _bad(f"must be {what}") from None

    return hook


def _read_uuid(text: str) -> uuid.UUID:
    # uuid.UUID also reads braces, "urn:uuid:" and hyphens anywhere.
    value = uuid.UUID(text)
    if str(value) != text.lower():
        raise ValueError(text)
    return value


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _anything(value: object, _: object = None) -> object:
    if isinstance(value, Unfit):
        raise _bad(value.detail)
    if type(value) is str:
        return _text(value)
    if type(value) is list:
        return [_anything(item) for item in value]
    if type(value) is dict:
        return {_text(name): _anything(item) for name, item in value.items()}
    return value


_PRIMITIVES: Final[Mapping[type, Hook]] = {
    str: _text,
    int: _integer,
    float: _real,
    bool: _truth,
    bytes: _base64,
    uuid.UUID: _from_text(_read_uuid, "a UUID"),
    datetime: _from_text(_read_moment, "an ISO 8601 time with its offset from UTC"),
    date: _from_text(date.fromisoformat, "an ISO 8601 date"),
}


# --- types made of other types ----------------------------------------------------------------------------------------


def _new_type_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    return _hook_for(kind.__supertype__, converter)


def _annotated_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    return _hook_for(get_args(kind)[0], converter)


def _one_of(allowed: Mapping[tuple[type, object], object]) -> Hook:
    # The type is part of the key: True == 1 == 1.0.
    names = ", ".join(str(value) for _, value in allowed)

    def hook(value: object, _: object) -> object:
        key = (type(value), value)
        if isinstance(value, collections.abc.Hashable) and key in allowed:
            return allowed[key]
        if any(type(value) is kind for kind, _ in allowed):
            raise _bad(f"must be one of: {names}")
        raise _wrong(f"one of: {names}")

    return hook


def _literal_hook(kind: object, converter: object = None) -> Hook:
    return _one_of({(type(value), value): value for value in get_args(kind)})


def _enum_hook(kind: type[enum.Enum], converter: object = None) -> Hook:
    return _one_of({(type(member.value), member.value): member for member in kind})


def _sequence_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    container = list if get_origin(kind) is list else tuple
    item_type, *rest = get_args(kind)
    if container is tuple and get_origin(kind) is tuple and rest != [...]:
        _refuse_type(kind)
    item_hook = _hook_for(item_type, converter)

    def hook(value: object, _: object) -> object:
        if type(value) is not list:
            raise _wrong("a list")
        items = []
        for position, item in enumerate(value):
            try:
                items.append(item_hook(item, item_type))
            except WireError as error:
                raise error.within(f"[{position}]") from None
        return container(items)

    return hook


def _mapping_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    name_type, item_type = get_args(kind)
    if name_type is not str:
        _refuse_type(kind)
    item_hook = _hook_for(item_type, converter)

    def hook(value: object, _: object) -> object:
        if type(value) is not dict:
            raise _wrong("an object")
        try:
            return {_text(name): item_hook(item, item_type) for name, item in value.items()}
        except WireError as error:
            raise error.within("[]") from None  # the name is the peer's text

    return hook


def _union_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    members = [member for member in get_args(kind) if member not in _ABSENT]
    nullable = types.NoneType in get_args(kind)
    classes = [member for member in members if attrs.has(member)]
    choices: list[Hook] = [_hook_for(member, converter) for member in members if member not in classes]
    if len(classes) == 1:
        choices.append(_hook_for(classes[0], converter))
    elif classes:
        choices.append(_tagged_hook(classes, converter))

    def hook(value: object, _: object) -> object:
        if value is None and nullable:
            return None
        failures: list[WireError] = []
        for choice in choices:
            try:
                return choice(value, kind)
            except WireError as error:
                failures.append(error)
        # The member that came closest speaks: one whose type was right.
        raise next((error for error in failures if error.fault is not Fault.WRONG_TYPE or error.path), failures[-1])

    return hook


def _tagged_hook(classes: list[type], converter: cattrs.Converter) -> Hook:
    tag, members = _shared_tag(classes)
    hooks: dict[object, Hook] = {value: _hook_for(member, converter) for value, member in members.items()}

    def hook(value: object, _: object) -> object:
        if type(value) is not dict:
            raise _wrong("an object")
        name = value.get(tag)
        if name is None:
            raise WireError(Fault.MISSING_FIELD, tag, "is missing")
        if type(name) is not str:
            raise _wrong("text").within(tag)
        if name not in hooks:
            raise _bad(f"must be one of: {', '.join(map(str, hooks))}").within(tag)
        return hooks[name](value, members[name])

    return hook


def _shared_tag(classes: list[type]) -> tuple[str, dict[object, type]]:
    """Find the field by whose literal text all `classes` differ."""
    for field in attrs.fields(attrs.resolve_types(classes[0])):
        members: dict[object, type] = {}
        for member in classes:
            declared = attrs.fields_dict(attrs.resolve_types(member)).get(field.name)
            if declared is not None and get_origin(declared.type) is Literal:
                members.update(dict.fromkeys(get_args(declared.type), member))
        if set(members.values()) == set(classes) and all(type(value) is str for value in members):
            return field.name, members
    raise TypeError(f"nothing on the wire tells {', '.join(kind.__name__ for kind in classes)} apart")


# --- attrs classes ----------------------------------------------------------------------------------------------------


@attrs.frozen
class _Field:
    name: str
    argument: str
    kind: Any
    hook: Hook
    required: bool


def _class_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    fields = [
        _Field(
            field.name,
            field.alias or field.name,
            field.type,
            _hook_for(field.type, converter),
            field.default is attrs.NOTHING,
        )
        for field in attrs.fields(attrs.resolve_types(kind))
        if field.init
    ]

    def hook(value: object, _: object) -> object:
        if type(value) is not dict:
            raise _wrong("an object")
        arguments = {}
        for field in fields:
            item = value.get(field.name)
            if item is not None or (field.required and field.name in value):
                try:
                    arguments[field.argument] = field.hook(item, field.kind)
                except WireError as error:
                    raise error.within(field.name) from None
            elif field.required:
                raise WireError(Fault.MISSING_FIELD, field.name, "is missing")
        return _construct(kind, arguments)

    return hook


def _construct(kind: Callable[..., object], arguments: Mapping[str, object]) -> object:
    try:
        return kind(**arguments)
    except FieldError as error:
        raise WireError(error.fault, error.field, error.detail) from None
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        # attrs' own validators keep the attribute among their arguments; their messages hold the value, so are not passed on.
        names = [argument.name for argument in error.args if isinstance(argument, attrs.Attribute)]
        raise WireError(Fault.BAD_VALUE, names[0] if names else "", "is not allowed") from None


_FACTORIES: Final[Sequence[tuple[Callable[[Any], bool], Callable[[Any, cattrs.Converter], Any]]]] = (
    (_has_origin(Annotated), _annotated_hook),
    (_has_origin(Literal), _literal_hook),
    (_has_origin(*_SEQUENCES), _sequence_hook),
    (_has_origin(*_MAPPINGS), _mapping_hook),
    (_has_origin(Union, types.UnionType), _union_hook),
    (lambda kind: isinstance(kind, NewType), _new_type_hook),
    (lambda kind: isinstance(kind, type) and issubclass(kind, enum.Enum), _enum_hook),
    (lambda kind: isinstance(kind, type) and attrs.has(kind), _class_hook),
)
