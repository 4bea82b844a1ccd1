"""Labelled files."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthealth.apps.support.evaluation import labelled
from smarthealth.apps.support.evaluation.labelled import Labelled, LabelledFileError, read_labelled


def test_a_file_is_read(tmp_path: Path) -> None:
    """Columns in any order, others left alone, empty lines too."""
    path = tmp_path / "a.tsv"
    path.write_text("text\tnote\tlabel\tlang\tid\nhi\tx\tnone\ten\t1\n\n")
    assert read_labelled(path) == [Labelled(id="1", language="en", label="none", text="hi")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "must begin"),
        ("id\tlang\tlabel\ttext\n", "no message"),
        ("id\tlang\tlabel\ttext\n1\ten\tnone", "too few columns"),
        ("id\tlang\tlabel\ttext\n1\ten\twings\thi", "is none of"),
        ("id\tlang\tlabel\ttext\n1\ten\tnone\t ", "no text"),
        ("id\tlang\tlabel\ttext\n" + "\n" * 9, "more than 5 lines"),
    ],
)
def test_a_bad_file_is_told_about(text: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where, and what."""
    monkeypatch.setattr(labelled, "MOST_LINES", 5)
    path = tmp_path / "a.tsv"
    path.write_text(text)
    with pytest.raises(LabelledFileError, match=complaint):
        read_labelled(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Cannot be read."""
    with pytest.raises(LabelledFileError, match="cannot be read"):
        read_labelled(tmp_path / "b.tsv")
