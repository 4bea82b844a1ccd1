from typing import Any

import attrs
import msgspec

from smarthealth.wire.fields import between, length, uuid_text
from smarthealth.wire.schema import message_schema


@attrs.frozen(kw_only=True)
class Part:
    text: str = attrs.field(validator=length(1, 20))
    weight: float = attrs.field(default=1.0, validator=between(0, 1))
    extra: object = None


@attrs.frozen(kw_only=True)
class Say:
    """Says something."""

    id: str = attrs.field(validator=uuid_text())
    parts: tuple[Part, ...] = attrs.field(default=(), validator=length(0, 4))
    other: Part | msgspec.UnsetType = msgspec.UNSET
    plain: str | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.max_len(3)))


@attrs.frozen(kw_only=True)
class Stop:
    """Stops."""


def test_messages_are_described_with_their_tag_and_limits() -> None:
    """A reader of the schema learns the tag, the fields, and the limits that the decoder holds them to."""
    schema = message_schema({"say": Say, "stop": Stop})
    assert schema.messages == {"say": {"$ref": "#/$defs/Say"}, "stop": {"$ref": "#/$defs/Stop"}}
    say: dict[str, Any] = schema.components["Say"]
    assert list(say["properties"]) == ["type", "id", "parts", "other", "plain"]
    assert say["properties"]["type"] == {"const": "say"}
    assert say["properties"]["id"] == {"type": "string", "format": "uuid"}
    assert say["properties"]["parts"]["minItems"] == 0
    assert say["properties"]["parts"]["maxItems"] == 4
    assert say["required"] == ["type", "id"]
    assert say["description"] == "Says something."
    part = schema.components["Part"]
    assert part["properties"]["text"] == {"type": "string", "minLength": 1, "maxLength": 20}
    assert (part["properties"]["weight"]["minimum"], part["properties"]["weight"]["maximum"]) == (0, 1)
    assert part["properties"]["extra"] == {"description": "Any JSON value", "default": None}
    assert part["required"] == ["text"]


def test_what_is_always_sent_is_required() -> None:
    """A server sends fields that have a default too, but not those that may be unset."""
    schema = message_schema({"say": Say, "stop": Stop}, sent=True)
    assert schema.components["Say"]["required"] == ["type", "id", "parts", "plain"]
    assert schema.components["Part"]["required"] == ["text", "weight", "extra"]
    assert schema.components["Stop"]["required"] == ["type"]


def test_the_default_message_needs_no_tag() -> None:
    """A protocol whose messages have no tag says so."""
    schema = message_schema({"say": Say, "stop": Stop}, default="say")
    assert schema.components["Say"]["required"] == ["id"]
    assert schema.components["Stop"]["required"] == ["type"]


def test_references_suit_the_document_they_stand_in() -> None:
    """OpenAPI and AsyncAPI keep schemas elsewhere than a JSON Schema does."""
    schema = message_schema({"say": Say}, ref_template="#/components/schemas/{name}")
    assert schema.messages["say"] == {"$ref": "#/components/schemas/Say"}
    assert schema.components["Say"]["properties"]["parts"]["items"] == {"$ref": "#/components/schemas/Part"}


def test_a_document_holds_all_it_refers_to() -> None:
    """The document of one side can be read alone."""
    document = message_schema({"say": Say, "stop": Stop}).document()
    assert document["oneOf"] == [{"$ref": "#/$defs/Say"}, {"$ref": "#/$defs/Stop"}]
    assert set(document["$defs"]) == {"Say", "Stop", "Part"}
