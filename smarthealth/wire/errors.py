"""What can be wrong with a message from the other side.

```
Exception
├── WireError          the peer's message was refused
└── ValueError
    └── FieldError     a field's validator refused its value; inside a codec it becomes a WireError
```
"""

from __future__ import annotations

import enum


class Fault(enum.Enum):
    """Why a message was refused; each protocol has its own words for it."""

    NOT_JSON = "not_json"
    """Not JSON, or JSON that readers would not agree on (NaN, a name twice in one object, nested too deep)."""
    NOT_AN_OBJECT = "not_an_object"
    """JSON, but its top level is not an object."""
    UNKNOWN_TYPE = "unknown_type"
    """The tag names no message of this protocol."""
    MISSING_FIELD = "missing_field"
    """A required field, or the tag, is not there."""
    WRONG_TYPE = "wrong_type"
    """A field holds another JSON type than it must."""
    BAD_VALUE = "bad_value"
    """A field has the right type and a value that is not allowed."""
    TOO_LONG = "too_long"
    """A field is longer than allowed."""


class WireError(Exception):
    """A message from the peer was refused.

    Args:
        fault: What is wrong.
        path: Which field, such as `document_number` or `items[2].name`; empty for the message as a whole. Made of
            declared field names and positions only, never of the peer's text.
        detail: An English sentence part for people, such as `must be text`; never holds the peer's text.
    """

    def __init__(self, fault: Fault, path: str, detail: str) -> None:
        super().__init__(fault, path, detail)
        self.fault = fault
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.path or 'message'}: {self.detail}"

    def within(self, parent: str) -> WireError:
        """This error as seen from the object or list that holds the failing part under `parent`."""
        if not self.path:
            return WireError(self.fault, parent, self.detail)
        joint = "" if self.path.startswith("[") else "."
        return WireError(self.fault, f"{parent}{joint}{self.path}", self.detail)


class FieldError(ValueError):
    """A validator refused a field's value.

    Args:
        field: The field's name.
        detail: As in `WireError`.
        fault: As in `WireError`.
    """

    def __init__(self, field: str, detail: str, fault: Fault = Fault.BAD_VALUE) -> None:
        super().__init__(f"{field} {detail}")
        self.field = field
        self.detail = detail
        self.fault = fault
