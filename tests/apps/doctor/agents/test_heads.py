"""Splitting an agent's answer into its structured head and its prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.agents.heads import LONGEST_HEAD, HeadReader


def read(pieces: list[str]) -> tuple[str | None, str]:
    """Head and prose of a stream."""
    reader = HeadReader()
    prose = "".join([reader.feed(piece) for piece in pieces])
    prose += reader.finish()
    return reader.head, prose


@pytest.mark.parametrize(
    ("text", "head", "prose"),
    [
        ('{"level": "IV"}\n---\nSee somebody.', '{"level": "IV"}', "See somebody."),
        ('{"level": "IV"}\nSee somebody.', '{"level": "IV"}', "See somebody."),
        ('```json\n{"level": "IV"}\n```\n---\nSee.', '{"level": "IV"}', "See."),
        ('\n {"a": 1}\n-----\n\nSee.', '{"a": 1}', "See."),
        (
            '{\n  "level": "IV",\n  "reasons": ["a } b"]\n}\n---\nSee.',
            '{\n  "level": "IV",\n  "reasons": ["a } b"]\n}',
            "See.",
        ),
        ('{"a": {"b": "\\"}"}} See.', '{"a": {"b": "\\"}"}}', "See."),
        ('{"level": "IV"\n---\nSee somebody.', '{"level": "IV"', "See somebody."),
        ("See somebody.", None, "See somebody."),
        ("- a list\n- of things", None, "- a list\n- of things"),
        ('{"level": "IV"}', '{"level": "IV"}', ""),
        ('{"level": "IV"}\n---', '{"level": "IV"}', ""),
        ("", None, ""),
        ("   ", None, ""),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_head_is_one_line_of_json_before_the_prose(text: str, head: str | None, prose: str, size: int) -> None:
    """However the stream is cut; what does not begin with a brace is prose."""
    assert read([text[start : start + size] for start in range(0, len(text), size)]) == (head, prose)


def test_a_head_without_end_is_prose() -> None:
    """A line that never ends is not waited for."""
    text = "{" + "x" * (LONGEST_HEAD + 1)
    reader = HeadReader()
    assert reader.feed(text) == text
    assert reader.head is None


@given(st.text(alphabet='{}"-\n a`', max_size=60), st.integers(1, 9))
def test_any_cut_of_any_text_reads_the_same(text: str, size: int) -> None:
    """Nothing depends on how a provider cuts its stream."""
    whole = read([text])
    assert read([text[start : start + size] for start in range(0, len(text), size)]) == whole
