"""Validators for fields of messages: what they refuse, a codec names.

They are attrs validators: `question: str = attrs.field(validator=length(1, 4000))`. None passes, so that they serve optional
fields too. Their limits are readable attributes, and published schemas say them.
"""

from __future__ import annotations

import re
from collections.abc import Sized
from typing import TYPE_CHECKING, Any

import attrs

from .errors import Fault, FieldError

if TYPE_CHECKING:
    from attrs import Attribute

# uuid.UUID also reads braces, "urn:uuid:" and hyphens anywhere.
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


@attrs.frozen
class Length:
    """Holds texts and lists to a length; see `length`."""

    shortest: int
    longest: int

    def __call__(self, instance: object, attribute: Attribute[Any], value: Sized | None) -> None:
        """Refuse `value` if it is too long or too short."""
        if value is None:
            return
        unit = "characters" if isinstance(value, str) else "items"
        if len(value) > self.longest:
            raise FieldError(attribute.name, f"must have at most {self.longest} {unit}", Fault.TOO_LONG)
        if self.shortest and (not value or (isinstance(value, str) and not value.strip())):
            raise FieldError(attribute.name, "must not be empty")
        if len(value) < self.shortest:
            raise FieldError(attribute.name, f"must have at least {self.shortest} {unit}")


@attrs.frozen
class Between:
    """Holds numbers to a range; see `between`."""

    lowest: float
    highest: float

    def __call__(self, instance: object, attribute: Attribute[Any], value: float | None) -> None:
        """Refuse `value` if it is outside the range."""
        if value is not None and not self.lowest <= value <= self.highest:
            raise FieldError(attribute.name, f"must be from {self.lowest} to {self.highest}")


@attrs.frozen
class UuidText:
    """Holds texts to the canonical form of a UUID; see `uuid_text`."""

    def __call__(self, instance: object, attribute: Attribute[Any], value: str | None) -> None:
        """Refuse `value` if it is no UUID."""
        if value is not None and _UUID.fullmatch(value) is None:
            raise FieldError(attribute.name, "must be a UUID")


def length(shortest: int, longest: int) -> Length:
    """Allow texts of `shortest` to `longest` characters, or lists of so many items, both ends included.

    With `shortest` of 1 or more, text of white space alone is empty. Too long is `Fault.TOO_LONG`, too short
    `Fault.BAD_VALUE`.
    """
    return Length(shortest, longest)


def between(lowest: float, highest: float) -> Between:
    """Allow numbers from `lowest` to `highest`, both included; others are `Fault.BAD_VALUE`."""
    return Between(lowest, highest)


def uuid_text() -> UuidText:
    """Allow UUIDs as text, of any version, with hyphens, in either case; others are `Fault.BAD_VALUE`."""
    return UuidText()
