import json
import sys
import time

import pytest
from hypothesis import given

from smarthealth.testing.fuzzing import broken_texts
from smarthealth.wire.errors import Fault, WireError
from smarthealth.wire.strict_json import MAX_DEPTH, Unfit, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, true, null, "é"]}', {"a": [1, 2.5, True, None, "é"]}),
        (" 3 ", 3),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"[[[": "' + "[{" * 100 + '\\""}', {"[[[": "[{" * 100 + '"'}),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
        ("[" + "[]," * 100 + "[]]", [[]] * 101),
    ],
)
def test_json_is_read(text: str, value: object) -> None:
    """What is JSON is read as it stands; brackets in strings are no nesting."""
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "is not JSON at character 1"),
        ('{"a": }', "is not JSON at character 7"),
        ("{'a': 1}", "is not JSON at character 2"),
        ('{"a": 1} {}', "is not JSON at character 10"),
        ("\ufeff{}", "is not JSON at character 1"),
        ('"\n"', "is not JSON at character 2"),
        ("NaN", "holds NaN, which is not JSON"),
        ('{"a": -Infinity}', "holds -Infinity, which is not JSON"),
        ('{"a": 1, "b": {"c": 1, "c": 1}}', "names a field of one object twice"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "is nested more than 32 deep"),
        ("[" * 60_000, "is nested more than 32 deep"),
        ('{"a":' * 20_000 + "0" + "}" * 20_000, "is nested more than 32 deep"),
        ('"' + "[" * 60_000, "is not JSON at character 1"),
    ],
)
def test_what_is_not_json_is_refused(text: str, detail: str) -> None:
    """A refusal says where or why, never what was there."""
    with pytest.raises(WireError) as refused:
        parse(text)
    assert (refused.value.fault, refused.value.path, refused.value.detail) == (Fault.NOT_JSON, "", detail)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 65, "9" * (sys.get_int_max_str_digits() + 1)])
def test_numbers_out_of_range_are_marked(number: str) -> None:
    """A number that no field takes is kept as such, so that its field can be named."""
    assert parse(f'{{"a": {number}}}') == {"a": Unfit("is a number out of range")}


@pytest.mark.parametrize(
    "text", ['"' + '\\"' * 32_000 + "[" * 40, '{"' * 32_000, "[" * 40 + '"' * 65_000, "\\" * 65_000]
)
def test_hostile_text_is_refused_quickly(text: str) -> None:
    """Looking for nesting takes time in proportion to the text, also where strings do not end."""
    begun = time.perf_counter()
    with pytest.raises(WireError):
        parse(text)
    assert time.perf_counter() - begun < 1


@given(broken_texts(['{"type": "ping"}', '{"a": [1, {"b": "c"}], "d": null}']))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text is, it is parsed or it is `Fault.NOT_JSON`."""
    fault = None
    try:
        parse(text)
    except WireError as error:
        fault = error.fault
    assert fault in {None, Fault.NOT_JSON}
