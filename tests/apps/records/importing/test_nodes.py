"""Elements of JSON objects are read exactly typed."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records.importing import nodes
from smarthealth.apps.records.importing.errors import Malformed


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"no", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": 1e999}', "a number is out of range"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 600 + b'"\\u0000"' + b"}" * 600, "nested too deeply"),
        (b"[1]", "not a JSON object"),
        (b'{"a": "x\\u0000"}', "a text holds a NUL character"),
        (b'{"a": [{"b": ["x\\u0000"]}]}', "a text holds a NUL character"),
        (b'{"a\\u0000": 1}', "a text holds a NUL character"),
    ],
)
def test_what_no_record_may_hold_is_malformed(raw: bytes, reason: str) -> None:
    """Anything but a JSON object of sane numbers and texts is refused with its reason."""
    with pytest.raises(Malformed, match=reason):
        nodes.parse(raw)


def test_an_object_is_decoded() -> None:
    """A JSON object comes out as a dictionary, escaped backslashes before `u0000` included."""
    assert nodes.parse(b'{"a": [1, "\\\\u0000"]}') == {"a": [1, "\\u0000"]}


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_malformed(raw: bytes) -> None:
    """No input raises anything but `Malformed`."""
    with contextlib.suppress(Malformed):
        assert isinstance(nodes.parse(raw), dict)


def test_text_is_a_string_without_white_space_around_it() -> None:
    """Strings lose white space around them; blank ones are absent; other types are refused."""
    assert nodes.text({"a": " x\n"}, "a") == "x"
    assert nodes.text({"a": "  "}, "a") is None
    assert nodes.text({}, "a") is None
    with pytest.raises(Malformed, match="a is not a string"):
        nodes.text({"a": 1}, "a")


def test_boolean_is_a_boolean() -> None:
    """Only true, false and absence are booleans."""
    assert nodes.boolean({"a": False}, "a") is False
    assert nodes.boolean({}, "a") is None
    with pytest.raises(Malformed, match="a is not a boolean"):
        nodes.boolean({"a": "true"}, "a")


def test_number_is_finite() -> None:
    """Numbers are floats; strings, booleans and what no float holds are refused."""
    assert nodes.number({"a": 3}, "a") == 3.0
    assert nodes.number({}, "a") is None
    for wrong in ("3", True):
        with pytest.raises(Malformed, match="a is not a number"):
            nodes.number({"a": wrong}, "a")
    with pytest.raises(Malformed, match="a is out of range"):
        nodes.number({"a": 10**400}, "a")


def test_node_is_an_object() -> None:
    """An element that should be an object is one, or absent."""
    assert nodes.node({"a": {"b": 1}}, "a") == {"b": 1}
    assert nodes.node({}, "a") is None
    with pytest.raises(Malformed, match="a is not an object"):
        nodes.node({"a": []}, "a")


def test_nodes_is_a_list_of_objects() -> None:
    """A repeating element is a list of objects, empty when absent."""
    assert nodes.nodes({"a": [{}]}, "a") == [{}]
    assert nodes.nodes({}, "a") == []
    assert nodes.first({"a": [{"b": 1}, {}]}, "a") == {"b": 1}
    assert nodes.first({}, "a") == {}
    wrongs: list[object] = [{}, [1]]
    for wrong in wrongs:
        with pytest.raises(Malformed, match="a is not a list of objects"):
            nodes.nodes({"a": wrong}, "a")


def test_texts_leave_out_nulls_and_blanks() -> None:
    """A list of strings loses its null items, which carry extensions only, and its blank ones."""
    assert nodes.texts({"a": [" x", None, " "]}, "a") == ["x"]
    assert nodes.texts({}, "a") == []
    for wrong in ("x", [1]):
        with pytest.raises(Malformed, match="a is not a list of strings"):
            nodes.texts({"a": wrong}, "a")
