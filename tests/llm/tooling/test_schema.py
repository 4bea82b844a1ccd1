import enum
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Optional

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.llm.tooling.schema import find_unknown, schema_of
from smarthealth.wire.fields import between, length, uuid_text


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen(kw_only=True)
class Point:
    x: Annotated[int, "to the right", between(0, 9)]
    label: str | None = None
    size: float = 1.5
    name: str = attrs.field(default="p", validator=length(1, 8))
    hidden: int = attrs.field(init=False, default=0)


@attrs.frozen
class Endless:
    inner: "list[Endless]"


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (bool, {"type": "boolean"}),
        (float, {"type": "number"}),
        (uuid.UUID, {"type": "string", "format": "uuid"}),
        (date, {"type": "string", "format": "date"}),
        (object, {}),
        (Any, {}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal[1, 2], {"type": "integer", "enum": [1, 2]}),
        (Colour, {"type": "string", "enum": ["red", "blue"]}),
        (Optional[int], {"type": "integer"}),  # noqa: UP045 # written so by many
        (int | str | None, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (list[str], {"type": "array", "items": {"type": "string"}}),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
        (Sequence[bool], {"type": "array", "items": {"type": "boolean"}}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Mapping[str, object], {"type": "object", "additionalProperties": {}}),
        (
            Annotated[str, "the path", length(1, 5)],
            {"type": "string", "description": "the path", "minLength": 1, "maxLength": 5},
        ),
        (
            Annotated[list[int], length(0, 5)],
            {"type": "array", "items": {"type": "integer"}, "minItems": 0, "maxItems": 5},
        ),
        (Annotated[str, uuid_text(), 7], {"type": "string", "format": "uuid"}),
    ],
)
def test_a_type_has_its_schema(kind: Any, schema: dict[str, object]) -> None:
    """Each type that the wire reads is described as JSON Schema has it."""
    assert schema_of(kind) == schema


def test_a_class_is_an_object_of_its_fields_alone() -> None:
    """Fields without a default are required; defaults, bounds and descriptions are said; other names are not allowed."""
    assert schema_of(Point) == {
        "type": "object",
        "properties": {
            "x": {"type": "integer", "description": "to the right", "minimum": 0, "maximum": 9},
            "label": {"type": "string"},
            "size": {"type": "number", "default": 1.5},
            "name": {"type": "string", "default": "p", "minLength": 1, "maxLength": 8},
        },
        "required": ["x"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("kind", [set[int], complex, Endless, Literal["a", 1], Literal[b"x"]], ids=str)
def test_what_cannot_be_said_flatly_is_refused(kind: Any) -> None:
    """A type without a flat schema is an error when the tool is made, not when it is called."""
    with pytest.raises(TypeError):
        schema_of(kind)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"points": [{"x": 1}]}, None),
        ({"points": [{"x": 1}, {"x": 1, "z": 2}]}, "points[1].z"),
        ({"extra": 1}, "extra"),
        ({"grid": [[{"x": 1}], [{"q": 0}]]}, "grid[1][0].q"),
        ({"by_name": {"any": {"x": 1, "y": 2}}}, "by_name.any.y"),
        ({"free": {"what": {"ever": [1]}}}, None),
        ({"points": 3}, None),
    ],
)
def test_a_name_that_is_not_declared_is_found(value: object, path: str | None) -> None:
    """The first unknown name is told with its path, however deep it stands."""

    @attrs.frozen
    class Arguments:
        points: list[Point]
        grid: list[list[Point]]
        by_name: dict[str, Point]
        free: dict[str, object]

    assert find_unknown(schema_of(Arguments), value) == path


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_an_open_schema_knows_every_name(value: object) -> None:
    """Where anything is allowed, nothing is unknown."""
    assert find_unknown({}, value) is None
