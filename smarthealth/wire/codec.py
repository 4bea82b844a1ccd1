"""From text frames to commands, and from events to text frames, for one protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar, cast

import attrs
import msgspec

from .converter import Hook, make_wire_converter
from .errors import Fault, WireError
from .schema import TAG, message_schema
from .strict_json import parse

C = TypeVar("C")
E = TypeVar("E")


class Codec(Generic[C, E]):
    """Decodes one protocol's commands and encodes its events.

    Args:
        commands: Type tag to attrs class, for what comes in.
        events: Type tag to attrs class, for what goes out; a class under several tags is refused.
        default_command: Tag of the command that a message without a tag is, None when each message must have one.

    Raises:
        TypeError: A class has a field that has no exact form on the wire, or has a field named like the tag.
    """

    def __init__(
        self, *, commands: Mapping[str, type[C]], events: Mapping[str, type[E]], default_command: str | None = None
    ) -> None:
        _check_events(events)
        converter = make_wire_converter()
        self._commands = dict(commands)
        self._events = dict(events)
        self._default = default_command
        self._hooks: dict[str, Hook] = {tag: converter.get_structure_hook(kind) for tag, kind in commands.items()}
        self._openings = {kind: _opening(tag) for tag, kind in events.items()}
        self._encode = msgspec.json.Encoder().encode

    def decode(self, text: str) -> C:
        """Decode one text frame.

        Raises:
            WireError: The frame is not a command of this protocol; nothing else is raised whatever the text is.
        """
        message = parse(text)
        if type(message) is not dict:
            raise WireError(Fault.NOT_AN_OBJECT, "", "must be a JSON object")
        tag = message.get(TAG)
        if tag is None:
            tag = self._default
        if tag is None:
            raise WireError(Fault.MISSING_FIELD, TAG, "is missing")
        if type(tag) is not str:
            raise WireError(Fault.WRONG_TYPE, TAG, "must be text")
        hook = self._hooks.get(tag)
        if hook is None:
            raise WireError(Fault.UNKNOWN_TYPE, TAG, "names no message of this protocol")
        return cast("C", hook(message, self._commands[tag]))

    def encode(self, event: E) -> str:
        """Encode one event: its tag first, fields that are `msgspec.UNSET` left out.

        Raises:
            TypeError: The event is of no class of this protocol, or holds what JSON cannot.
        """
        opening = self._openings.get(type(event))
        if opening is None:
            raise TypeError(f"{type(event).__name__} is no event of this protocol")
        body = self._encode(event)
        if len(body) == len(b"{}"):
            return (opening[:-1] + b"}").decode()
        return (opening + body[1:]).decode()

    def commands_schema(self) -> dict[str, object]:
        """JSON Schema of what comes in, self-contained (`$defs`)."""
        return message_schema(self._commands, default=self._default).document()

    def events_schema(self) -> dict[str, object]:
        """JSON Schema of what goes out, self-contained (`$defs`)."""
        return message_schema(self._events, sent=True).document()


def _opening(tag: str) -> bytes:
    return b'{"%s":%s,' % (TAG.encode(), msgspec.json.encode(tag))


def _check_events(events: Mapping[str, type]) -> None:
    if len(set(events.values())) < len(events):
        raise TypeError("a class stands under two tags: its events could not be told apart")
    for kind in events.values():
        if any(field.name == TAG for field in attrs.fields(kind)):
            raise TypeError(f"{kind.__name__} has a field named like the tag: {TAG}")
