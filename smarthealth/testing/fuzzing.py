"""Hypothesis strategies that try to break a decoder. Needs `hypothesis`, so import it by its own name.

The rule they serve: whatever text comes, a decoder returns a message or raises `WireError`, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import strategies as st

_HOSTILE = (
    "",
    "null",
    "NaN",
    '"\\ud800"',
    '{"type":"\\u0000"}',
    '{"type":{"type":"ping"}}',
    '{"type":"ping","type":"ping"}',
    '{"a":1e999}',
    '{"a":-1e-999}',
    '{"a":' + "9" * 5000 + "}",
    "[" * 20_000,
    '{"a":' * 4_000,
    '{"a":' + "[" * 3000 + "]" * 3000 + "}",
    '"' + '\\"' * 5_000,
    "\ufeff{}",
    "\ud800",
    "{} {}",
)


def json_values() -> st.SearchStrategy[object]:
    """Any JSON value, odd numbers and characters included."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(min_value=-(10**30), max_value=10**30),
        st.floats(),
        st.text(st.characters(exclude_categories=())),
        st.sampled_from(["", " ", "\0", "3", "true", "null", "ping", "\ud800", "a" * 5000]),
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=8,
    )


def broken_texts(examples: Sequence[str]) -> st.SearchStrategy[str]:
    """Frames near and far from `examples`, which are valid frames, each a JSON object."""
    return st.one_of(
        st.sampled_from(_HOSTILE),
        st.text(),
        json_values().map(json.dumps),
        st.sampled_from(list(examples)).flatmap(_spliced),
        st.sampled_from(list(examples)).flatmap(_with_other_members),
    )


@st.composite
def _spliced(draw: st.DrawFn, text: str) -> str:
    """`text` with a stretch of it replaced."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(st.text('{}[]",:\\ud8null0159eE+-. ', max_size=6) | st.text(max_size=6)) + text[end:]


@st.composite
def _with_other_members(draw: st.DrawFn, text: str) -> str:
    """`text`, an object, with some members dropped or given other values."""
    members: dict[str, object] = json.loads(text)
    for name in draw(st.lists(st.sampled_from(sorted(members) or [""]), max_size=3)):
        if draw(st.booleans()):
            members.pop(name, None)
        else:
            members[name] = draw(json_values())
    members.update(draw(st.dictionaries(st.text(max_size=8), json_values(), max_size=2)))
    return json.dumps(members, ensure_ascii=draw(st.booleans()))
