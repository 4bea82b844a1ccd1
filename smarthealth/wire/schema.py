"""Publishes a protocol's messages as JSON Schema, the tag and the limits of fields included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

import attrs
import msgspec

from .fields import Between, Length, UuidText

TAG: Final = "type"
"""The field that names a message's type, in all protocols."""

Schema = dict[str, Any]


@attrs.frozen(kw_only=True)
class MessageSchema:
    """The schemas of one side of a protocol."""

    messages: Mapping[str, Schema]
    """Type tag to a reference to the message's schema."""
    components: Mapping[str, Schema]
    """Every schema referred to, by name."""

    def document(self) -> Schema:
        """One self-contained schema that any of the messages meets; needs the default reference template."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "oneOf": list(self.messages.values()),
            "$defs": dict(self.components),
        }


def message_schema(
    messages: Mapping[str, type],
    *,
    sent: bool = False,
    default: str | None = None,
    ref_template: str = "#/$defs/{name}",
) -> MessageSchema:
    """Describe messages.

    Args:
        messages: Type tag to attrs class.
        sent: True for what this side sends: fields with a default are then there all the same, unless that is UNSET.
        default: Tag of the message that may come without one.
        ref_template: How a schema refers to another; `{name}` is the other's name.
    """
    kinds = list(dict.fromkeys(_reachable(messages.values())))
    references, components = msgspec.json.schema_components(kinds, schema_hook=_any_value, ref_template=ref_template)
    by_kind = dict(zip(kinds, references, strict=True))
    for kind, reference in by_kind.items():
        name = next(name for name in components if reference["$ref"] == ref_template.format(name=name))
        _describe_fields(components[name], kind, sent)
    for tag, kind in messages.items():
        name = next(name for name in components if by_kind[kind]["$ref"] == ref_template.format(name=name))
        components[name] = _with_tag(components[name], tag, required=tag != default)
    return MessageSchema(messages={tag: by_kind[kind] for tag, kind in messages.items()}, components=components)


def _any_value(kind: type) -> Schema:
    return {"description": "Any JSON value"}


def _reachable(kinds: Any) -> Iterator[type]:
    """The attrs classes in `kinds` and in the fields of those."""
    for kind in kinds:
        if isinstance(kind, type) and attrs.has(kind):
            yield kind
            yield from _reachable(field.type for field in attrs.fields(attrs.resolve_types(kind)))
        else:
            yield from _reachable(get_args(kind))


def _with_tag(schema: Schema, tag: str, *, required: bool) -> Schema:
    return {
        **schema,
        "properties": {TAG: {"const": tag}, **schema["properties"]},
        "required": [TAG, *schema["required"]] if required else schema["required"],
    }


def _describe_fields(schema: Schema, kind: type, sent: bool) -> None:
    for field in attrs.fields(kind):
        described = schema["properties"][field.name]
        validator: object = field.validator
        match validator:
            case Length(shortest=shortest, longest=longest):
                unit = "Items" if "items" in described else "Length"
                described.update({f"min{unit}": shortest, f"max{unit}": longest})
            case Between(lowest=lowest, highest=highest):
                described.update(minimum=lowest, maximum=highest)
            case UuidText():
                described.update(format="uuid")
            case _:
                pass
    if sent:
        always = [field.name for field in attrs.fields(kind) if field.default is not msgspec.UNSET]
        schema["required"] = always
