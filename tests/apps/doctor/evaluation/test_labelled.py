from pathlib import Path

import pytest

from smarthealth.apps.doctor.evaluation.labelled import LabelledFileError, read_labelled


def written(folder: Path, text: str) -> Path:
    """A file with that text."""
    path = folder / "messages.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_labels_are_read_generously(tmp_path: Path) -> None:
    """Columns in any order, labels in several words, blank lines."""
    path = written(tmp_path, "text\tLabel\tlang\nno respira\tYES\tes-CO\n\nhello\t0\ten\n")
    grave, other = read_labelled(path)
    assert (grave.id, grave.lang, grave.is_emergency, grave.category, grave.note) == ("1", "es", True, "-", "")
    assert not other.is_emergency


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lang\ttext\n",
        "lang\tlabel\ttext\n",
        "lang\tlabel\ttext\nes\tperhaps\thola\n",
        "lang\tlabel\ttext\nes\tyes\t\n",
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    """No figure rests on a row that was not understood."""
    with pytest.raises(LabelledFileError):
        read_labelled(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The path is in the message."""
    with pytest.raises(LabelledFileError, match="nowhere"):
        read_labelled(tmp_path / "nowhere.tsv")
