import pytest

from smarthealth.wire.errors import Fault, FieldError, WireError


def test_a_wire_error_says_which_field_and_what_is_wrong() -> None:
    """People read the path and the detail; code reads the attributes."""
    error = WireError(Fault.WRONG_TYPE, "question", "must be text")
    assert (error.fault, error.path, error.detail) == (Fault.WRONG_TYPE, "question", "must be text")
    assert str(error) == "question: must be text"


def test_an_error_without_a_path_is_about_the_message() -> None:
    """A message that is wrong as a whole is called that."""
    assert str(WireError(Fault.NOT_JSON, "", "is not JSON")) == "message: is not JSON"


@pytest.mark.parametrize(
    ("path", "parent", "expected"),
    [("", "items", "items"), ("name", "item", "item.name"), ("[2].name", "items", "items[2].name")],
)
def test_paths_grow_outwards(path: str, parent: str, expected: str) -> None:
    """The path of a nested field reads as one would write it in code."""
    error = WireError(Fault.BAD_VALUE, path, "is bad").within(parent)
    assert (error.fault, error.path, error.detail) == (Fault.BAD_VALUE, expected, "is bad")


def test_a_field_error_is_a_value_error() -> None:
    """Code that makes a message itself sees the exception that attrs validators raise."""
    error = FieldError("age", "must be from 0 to 130")
    assert isinstance(error, ValueError)
    assert (error.field, error.detail, error.fault) == ("age", "must be from 0 to 130", Fault.BAD_VALUE)
    assert str(error) == "age must be from 0 to 130"
