import attrs
import pytest

from smarthealth.wire.errors import Fault, FieldError
from smarthealth.wire.fields import between, length, uuid_text


@attrs.frozen(kw_only=True)
class Message:
    text: str | None = attrs.field(default=None, validator=length(2, 5))
    empty: str = attrs.field(default="", validator=length(0, 3))
    items: tuple[int, ...] | None = attrs.field(default=None, validator=length(1, 2))
    age: int | None = attrs.field(default=None, validator=between(0, 130))
    id: str | None = attrs.field(default=None, validator=uuid_text())


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "ab"},
        {"text": "áéíóú"},
        {"empty": ""},
        {"items": (1, 2)},
        {"age": 0},
        {"age": 130},
        {"id": "3CDD8D2A-6b0f-4a52-93f2-2c8b54a0aaf1"},
        {"text": None, "items": None, "age": None, "id": None},
    ],
)
def test_what_is_inside_the_limits_passes(fields: dict[str, object]) -> None:
    """Both ends of a limit are inside it, and None passes."""
    Message(**fields)  # type: ignore[arg-type]  # the table mixes types


@pytest.mark.parametrize(
    ("fields", "fault", "detail"),
    [
        ({"text": "abcdef"}, Fault.TOO_LONG, "must have at most 5 characters"),
        ({"text": ""}, Fault.BAD_VALUE, "must not be empty"),
        ({"text": " \n "}, Fault.BAD_VALUE, "must not be empty"),
        ({"text": "a"}, Fault.BAD_VALUE, "must have at least 2 characters"),
        ({"empty": "abcd"}, Fault.TOO_LONG, "must have at most 3 characters"),
        ({"items": ()}, Fault.BAD_VALUE, "must not be empty"),
        ({"items": (1, 2, 3)}, Fault.TOO_LONG, "must have at most 2 items"),
        ({"age": -1}, Fault.BAD_VALUE, "must be from 0 to 130"),
        ({"age": 131}, Fault.BAD_VALUE, "must be from 0 to 130"),
        ({"age": float("nan")}, Fault.BAD_VALUE, "must be from 0 to 130"),
        ({"id": "3cdd8d2a6b0f4a5293f22c8b54a0aaf1"}, Fault.BAD_VALUE, "must be a UUID"),
        ({"id": "{3cdd8d2a-6b0f-4a52-93f2-2c8b54a0aaf1}"}, Fault.BAD_VALUE, "must be a UUID"),
        ({"id": "3cdd8d2a-6b0f-4a52-93f2-2c8b54a0aaf1\n"}, Fault.BAD_VALUE, "must be a UUID"),
        ({"id": "٣cdd8d2a-6b0f-4a52-93f2-2c8b54a0aaf1"}, Fault.BAD_VALUE, "must be a UUID"),
        ({"id": ""}, Fault.BAD_VALUE, "must be a UUID"),
    ],
)
def test_what_is_outside_the_limits_is_refused(fields: dict[str, object], fault: Fault, detail: str) -> None:
    """A refusal names the field, the fault and the rule, never the value."""
    with pytest.raises(FieldError) as refused:
        Message(**fields)  # type: ignore[arg-type]  # the table mixes types
    assert (refused.value.field, refused.value.fault, refused.value.detail) == (next(iter(fields)), fault, detail)
