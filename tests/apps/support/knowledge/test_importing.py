"""Documents brought in."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthealth.apps.support.knowledge import importing
from smarthealth.apps.support.knowledge.importing import FileReport, import_documents
from smarthealth.retrieval.documents.blocks import DocumentError
from smarthealth.storage.documents import Documents
from smarthealth.storage.pool import Pool


def outcomes(reports: list[FileReport]) -> dict[str, str]:
    """By file name."""
    return {Path(report.path).name: report.outcome for report in reports}


async def test_changed_files_only_and_removed_ones_leave(pool: Pool, tmp_path: Path) -> None:
    """One bad file does not stop the rest, hidden and unknown ones are passed over."""
    documents, told = Documents(pool), list[FileReport]()
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.md").write_text("# A\nx")
    (tmp_path / "sub" / "b.txt").write_text("y")
    (tmp_path / "c.html").write_bytes(b"\0")
    (tmp_path / ".hidden.md").write_text("h")
    (tmp_path / "d.docx").write_text("d")
    first = await import_documents(documents, [tmp_path, tmp_path / "a.md"], told.append)
    assert outcomes(first) == {"a.md": "added", "c.html": "failed", "b.txt": "added"}
    assert told == first
    assert [known.name for known in await documents.known()] == ["a.md", "sub/b.txt"]
    (tmp_path / "a.md").write_text("# A\nchanged")
    (tmp_path / "sub" / "b.txt").unlink()
    second = await import_documents(documents, [tmp_path], told.append)
    assert outcomes(second) == {"a.md": "changed", "c.html": "failed", "b.txt": "removed"}
    third = await import_documents(documents, [tmp_path / "a.md"], told.append)
    assert outcomes(third) == {"a.md": "unchanged"}
    (tmp_path / "a.md").unlink()
    gone = await import_documents(documents, [tmp_path / "a.md", tmp_path / "never.md"], told.append)
    assert outcomes(gone) == {"never.md": "failed", "a.md": "removed"}


async def test_an_import_has_bounds(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files."""
    monkeypatch.setattr(importing, "MOST_FILES", 1)
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("x")
    with pytest.raises(DocumentError, match="more than 1 files"):
        await import_documents(Documents(pool), [tmp_path], lambda report: None)
