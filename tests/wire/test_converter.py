import enum
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, NewType

import attrs
import msgspec
import pytest

from smarthealth.wire.converter import MAX_INTEGER, make_wire_converter
from smarthealth.wire.errors import Fault, FieldError, WireError
from smarthealth.wire.strict_json import Unfit

PatientId = NewType("PatientId", int)


class Colour(enum.Enum):
    RED = "red"
    ONE = 1


class Level(enum.IntEnum):
    LOW = 1


class Loud(str):
    __slots__ = ()


@attrs.frozen(kw_only=True)
class Address:
    city: str
    zip: str | None = None


@attrs.frozen(kw_only=True)
class TextPart:
    type: Literal["text"] = "text"
    text: str


@attrs.frozen(kw_only=True)
class ImagePart:
    type: Literal["image", "picture"]
    data: bytes


@attrs.frozen(kw_only=True)
class Untagged:
    text: str


def _fail(instance: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    match value:
        case "field":
            raise FieldError("text", "is odd", Fault.TOO_LONG)
        case "value":
            raise ValueError("secret")
        case "lookup":
            raise KeyError("secret")
        case _:
            pass


@attrs.frozen(kw_only=True)
class Checked:
    text: str = attrs.field(validator=_fail)
    short: str = attrs.field(default="", validator=attrs.validators.max_len(3))
    choice: str = attrs.field(default="a", validator=attrs.validators.in_(["a", "b"]))
    made: int = attrs.field(init=False, default=3)
    _private: int = 0


def _structure(value: object, kind: Any) -> object:
    return make_wire_converter().structure(value, kind)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("text", str, "text"),
        ("ñ 😀", str, "ñ 😀"),
        (3, int, 3),
        (-MAX_INTEGER, int, -MAX_INTEGER),
        (2.5, float, 2.5),
        (3, float, 3.0),
        (False, bool, False),
        ("YWI=", bytes, b"ab"),
        ("3CDD8D2A-6b0f-4a52-93f2-2c8b54a0aaf1", uuid.UUID, uuid.UUID("3cdd8d2a-6b0f-4a52-93f2-2c8b54a0aaf1")),
        ("2024-12-08T10:30:00Z", datetime, datetime(2024, 12, 8, 10, 30, tzinfo=UTC)),
        ("2024-12-08", date, date(2024, 12, 8)),
        ({"a": [1, {"b": None}]}, object, {"a": [1, {"b": None}]}),
        ("x", Any, "x"),
        (7, PatientId, PatientId(7)),
        ("x", Annotated[str, "why"], "x"),
        ("b", Literal["a", "b"], "b"),
        ("red", Colour, Colour.RED),
        (1, Colour, Colour.ONE),
        ([1, 2], list[int], [1, 2]),
        ([1, 2], tuple[int, ...], (1, 2)),
        ([1, 2], Sequence[int], (1, 2)),
        ({"a": 1}, dict[str, int], {"a": 1}),
        ({"a": "b"}, Mapping[str, str], {"a": "b"}),
        (None, str | None, None),
        ("x", str | None, "x"),
        ("x", str | msgspec.UnsetType, "x"),
        (3, str | int, 3),
        ("3", str | int, "3"),
        ([1], list[int] | Address, [1]),
        ({"city": "Cali"}, list[int] | Address, Address(city="Cali")),
        ({"city": "Cali", "zip": None, "new": 1}, Address, Address(city="Cali")),
        ({"type": "text", "text": "a"}, TextPart | ImagePart, TextPart(text="a")),
        ({"type": "picture", "data": ""}, TextPart | ImagePart | None, ImagePart(type="picture", data=b"")),
        ({"text": "a", "_private": 4, "made": 8}, Checked, Checked(text="a", private=4)),
    ],
)
def test_exact_values_are_taken(value: object, kind: Any, expected: object) -> None:
    """A value of the declared type is taken as it is; null means absent where there is a default."""
    taken = _structure(value, kind)
    assert taken == expected
    assert type(taken) is type(expected)


@attrs.frozen(kw_only=True)
class WithLevel:
    level: Level


def test_enums_of_numbers_are_enums() -> None:
    """A field of an IntEnum holds its member, not a bare number."""
    taken = _structure({"level": 1}, WithLevel)
    assert taken == WithLevel(level=Level.LOW)
    assert isinstance(taken, WithLevel)
    assert taken.level is Level.LOW


@pytest.mark.parametrize(
    ("value", "kind", "fault", "path", "detail"),
    [
        (None, str, Fault.WRONG_TYPE, "", "must be text"),
        (3, str, Fault.WRONG_TYPE, "", "must be text"),
        ("a\0b", str, Fault.BAD_VALUE, "", "holds the character U+0000"),
        ("\ud800", str, Fault.BAD_VALUE, "", "holds half of a surrogate pair"),
        ("3", int, Fault.WRONG_TYPE, "", "must be an integer"),
        (True, int, Fault.WRONG_TYPE, "", "must be an integer"),
        (3.0, int, Fault.WRONG_TYPE, "", "must be an integer"),
        (MAX_INTEGER + 1, int, Fault.BAD_VALUE, "", "is a number out of range"),
        (Unfit("is too odd"), int, Fault.BAD_VALUE, "", "is too odd"),
        ("3", float, Fault.WRONG_TYPE, "", "must be a number"),
        (True, float, Fault.WRONG_TYPE, "", "must be a number"),
        (10**400, float, Fault.BAD_VALUE, "", "is a number out of range"),
        (Unfit("is too odd"), float, Fault.BAD_VALUE, "", "is too odd"),
        (1, bool, Fault.WRONG_TYPE, "", "must be true or false"),
        ("YWI", bytes, Fault.BAD_VALUE, "", "must be base64"),
        ("YWI=\n", bytes, Fault.BAD_VALUE, "", "must be base64"),
        ("ñ", bytes, Fault.BAD_VALUE, "", "must be base64"),
        (3, bytes, Fault.WRONG_TYPE, "", "must be text"),
        ("{3cdd8d2a-6b0f-4a52-93f2-2c8b54a0aaf1}", uuid.UUID, Fault.BAD_VALUE, "", "must be a UUID"),
        ("x", uuid.UUID, Fault.BAD_VALUE, "", "must be a UUID"),
        (
            "2024-12-08T10:30:00",
            datetime,
            Fault.BAD_VALUE,
            "",
            "must be an ISO 8601 time with its offset from UTC",
        ),
        (20241208, date, Fault.WRONG_TYPE, "", "must be text"),
        ("2024-13-08", date, Fault.BAD_VALUE, "", "must be an ISO 8601 date"),
        ({"a": ["\0"]}, object, Fault.BAD_VALUE, "", "holds the character U+0000"),
        ({"\ud800": 1}, object, Fault.BAD_VALUE, "", "holds half of a surrogate pair"),
        ([Unfit("is too odd")], object, Fault.BAD_VALUE, "", "is too odd"),
        ("c", Literal["a", "b"], Fault.BAD_VALUE, "", "must be one of: a, b"),
        (1, Literal["a", "b"], Fault.WRONG_TYPE, "", "must be one of: a, b"),
        (True, Colour, Fault.WRONG_TYPE, "", "must be one of: red, 1"),
        ([], Colour, Fault.WRONG_TYPE, "", "must be one of: red, 1"),
        ("ab", list[str], Fault.WRONG_TYPE, "", "must be a list"),
        ({"a": 1}, tuple[str, ...], Fault.WRONG_TYPE, "", "must be a list"),
        (["a", 1], list[str], Fault.WRONG_TYPE, "[1]", "must be text"),
        ([["a"]], dict[str, str], Fault.WRONG_TYPE, "", "must be an object"),
        ({"secret": 1}, dict[str, str], Fault.WRONG_TYPE, "[]", "must be text"),
        (2.5, str | int, Fault.WRONG_TYPE, "", "must be an integer"),
        (None, str | int, Fault.WRONG_TYPE, "", "must be an integer"),
        ("\0", str | int, Fault.BAD_VALUE, "", "holds the character U+0000"),
        ({"city": 3}, list[int] | Address, Fault.WRONG_TYPE, "city", "must be text"),
        ([], Address, Fault.WRONG_TYPE, "", "must be an object"),
        ({}, Address, Fault.MISSING_FIELD, "city", "is missing"),
        ({"city": None}, Address, Fault.WRONG_TYPE, "city", "must be text"),
        ("x", TextPart | ImagePart, Fault.WRONG_TYPE, "", "must be an object"),
        ({"text": "a"}, TextPart | ImagePart, Fault.MISSING_FIELD, "type", "is missing"),
        ({"type": 3}, TextPart | ImagePart, Fault.WRONG_TYPE, "type", "must be text"),
        ({"type": "x"}, TextPart | ImagePart, Fault.BAD_VALUE, "type", "must be one of: text, image, picture"),
        ([{"type": "text"}], list[TextPart | ImagePart], Fault.MISSING_FIELD, "[0].text", "is missing"),
        ({"text": "field"}, Checked, Fault.TOO_LONG, "text", "is odd"),
        ({"text": "value"}, Checked, Fault.BAD_VALUE, "", "is not allowed"),
        ({"text": "lookup"}, Checked, Fault.BAD_VALUE, "", "is not allowed"),
        ({"text": "", "short": "long"}, Checked, Fault.BAD_VALUE, "", "is not allowed"),
        ({"text": "", "choice": "c"}, Checked, Fault.BAD_VALUE, "choice", "is not allowed"),
    ],
)
def test_other_values_are_refused(value: object, kind: Any, fault: Fault, path: str, detail: str) -> None:
    """Nothing is converted by guess, and a refusal names the place and the rule but never the value."""
    with pytest.raises(WireError) as refused:
        _structure(value, kind)
    error = refused.value
    assert (error.fault, error.path, error.detail) == (fault, path, detail)


@attrs.frozen(kw_only=True)
class WithSet:
    values: set[str]


@attrs.frozen(kw_only=True)
class WithLoud:
    value: Loud


@pytest.mark.parametrize(
    "kind",
    [complex, set[str], WithSet, WithLoud, tuple[int, str], dict[int, str], TextPart | Untagged, Untagged | Address],
)
def test_types_without_an_exact_rule_are_refused_beforehand(kind: Any) -> None:
    """A protocol that cannot be read exactly fails when its converter is made, not at its first message."""
    with pytest.raises(TypeError):
        make_wire_converter().get_structure_hook(kind)
