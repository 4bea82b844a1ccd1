"""Streams of bytes are cut into resources without being decoded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records.importing.splitting import (
    CUT_SHORT,
    NOT_JSON,
    TOO_LONG,
    JsonSplitter,
    LineSplitter,
    Piece,
    Splitter,
)


def pieces(splitter: Splitter, *chunks: bytes) -> list[Piece]:
    """All that comes out."""
    return [piece for chunk in chunks for piece in splitter.feed(chunk)] + splitter.finish()


def raws(splitter: Splitter, *chunks: bytes) -> list[bytes | None]:
    """The bytes of all that comes out."""
    return [piece.raw for piece in pieces(splitter, *chunks)]


def test_lines_are_pieces() -> None:
    """Each line is a piece, blank ones count but are none, and the last needs no line end."""
    assert pieces(LineSplitter(), b'\xef\xbb\xbf{"a":1}\n\n \r\n{"b"', b":2}\r\n", b"{}") == [
        Piece(1, b'{"a":1}'),
        Piece(4, b'{"b":2}\r'),
        Piece(5, b"{}"),
    ]
    assert pieces(LineSplitter(), b"{}\n") == [Piece(1, b"{}")]


def test_a_line_that_is_too_long_is_left() -> None:
    """A line over the limit is reported, not held, and the next one is found."""
    assert pieces(LineSplitter(limit=4), b"12345", b"67\n12", b"34\n", b"123456") == [
        Piece(1, None, TOO_LONG),
        Piece(2, b"1234"),
        Piece(3, None, TOO_LONG),
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"resourceType":"Bundle","entry":[{"a":1},{"b":{"c":[]}}]}', [b'{"a":1}', b'{"b":{"c":[]}}']),
        (b'{"entry" : [ {"a":"}]\\"{"} , {"b":2} ], "resourceType":"Bundle"}', [b'{"a":"}]\\"{"}', b'{"b":2}']),
        (b'{"link":[{"entry":[{"x":1}]}],"entry":[{"a":1}]}', [b'{"a":1}']),
        (b'{"entry":[{"a":1},3,"x",null,[{"in":"array"}]]}', [b'{"a":1}', b'[{"in":"array"}]']),
        (b'{"entry":[]}', []),
        (b'{"entry":"x","a":[{"b":1}]}', [b'{"entry":"x","a":[{"b":1}]}']),
        (b'{"resourceType":"Patient","id":"1"}', [b'{"resourceType":"Patient","id":"1"}']),
        (b'{"resourceType":"List","entry":[{"item":{}}]}', [b'{"resourceType":"List","entry":[{"item":{}}]}']),
        (b'[{"a":1},{"b":2}]', [b'{"a":1}', b'{"b":2}']),
        (b'{"a":1}\n{"b":2}', [b'{"a":1}', b'{"b":2}']),
        (b'\xef\xbb\xbf {"a":1} ', [b'{"a":1}']),
        (b'{"entry":[{"a":NaN,},{"b":2}]}', [b'{"a":NaN,}', b'{"b":2}']),
        (b"{}", [b"{}"]),
        (b" \n", []),
        (b"", []),
    ],
)
def test_json_is_cut_into_entries_and_resources(raw: bytes, expected: list[bytes]) -> None:
    """A bundle gives its entries, anything else itself, whatever is inside, and however the bytes come."""
    assert raws(JsonSplitter(), raw) == expected
    assert raws(JsonSplitter(), *(raw[at : at + 1] for at in range(len(raw)))) == expected


@pytest.mark.parametrize(
    ("raw", "count", "problem"),
    [
        (b"a,b\n1,2", 0, NOT_JSON),
        (b'{"a":1} x {"b":2}', 1, NOT_JSON),
        (b'{"a":1}}', 1, NOT_JSON),
        (b'{"entry":[{"a":1},{"b":', 1, CUT_SHORT),
        (b'{"entry":[{"a":1}', 1, CUT_SHORT),
        (b'{"a', 0, CUT_SHORT),
    ],
)
def test_where_it_stops_being_json_is_reported(raw: bytes, count: int, problem: str) -> None:
    """What was cut before stays, the place where it ends is reported once, and nothing comes after."""
    splitter = JsonSplitter()
    found = pieces(splitter, raw, b' {"more":1}' if problem == NOT_JSON else b"")
    assert [piece.raw is None for piece in found] == [False] * count + [True]
    assert (found[-1].position, found[-1].problem) == (count + 1, problem)
    assert splitter.feed(b"{}") == []


def test_an_entry_that_is_too_long_is_left() -> None:
    """An entry over the limit is reported and the next one is found."""
    raw = b'{"entry":[{"a":"' + b"x" * 30 + b'"},{"b":1}]}'
    assert pieces(JsonSplitter(limit=20), raw) == [Piece(1, None, TOO_LONG), Piece(2, b'{"b":1}')]


def test_a_string_without_end_is_given_up() -> None:
    """What is held is bounded, whatever comes."""
    splitter = JsonSplitter(limit=20)
    found = [piece for _ in range(100) for piece in splitter.feed(b'{"a":"xxxxxxxx')]
    assert [piece.problem for piece in found] == [TOO_LONG]


@given(
    st.lists(
        st.recursive(
            st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        )
    ),
    st.data(),
)
def test_any_split_of_a_bundle_gives_its_entries(values: list[object], data: st.DataObject) -> None:
    """Whatever entries hold and wherever the bytes are split, each comes out whole."""
    entries = [{"resource": value} for value in values]
    raw = json.dumps({"resourceType": "Bundle", "meta": {"entry": [{}]}, "entry": entries}).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=20)))
    chunks = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert [json.loads(piece or b"") for piece in raws(JsonSplitter(), *chunks)] == entries


@given(st.lists(st.binary(max_size=50)), st.sampled_from([LineSplitter, JsonSplitter]))
def test_any_bytes_are_cut_somehow(chunks: Sequence[bytes], make: Callable[[], Splitter]) -> None:
    """No input raises, and positions rise."""
    found = [piece.position for piece in pieces(make(), *chunks)]
    assert found == sorted(set(found))
