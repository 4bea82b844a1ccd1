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


ASKED = '[[facts]]\nsection = "A"\nen = ["what is it"]\n'


async def test_questions_beside_a_document_come_with_it(pool: Pool, tmp_path: Path) -> None:
    """Another file of them, or none any more, is another document."""
    documents = Documents(pool)
    (tmp_path / "a.md").write_text("# A\nx")

    async def imported() -> tuple[dict[str, str], tuple[tuple[str, ...], ...]]:
        reports = await import_documents(documents, [tmp_path], lambda report: None)
        return outcomes(reports), (await documents.load())[0].passages[0].asked

    assert await imported() == ({"a.md": "added"}, ())
    (tmp_path / "a.asked.toml").write_text(ASKED)
    assert await imported() == ({"a.md": "changed"}, (("what is it",),))
    assert await imported() == ({"a.md": "unchanged"}, (("what is it",),))
    (tmp_path / "a.asked.toml").unlink()
    assert await imported() == ({"a.md": "changed"}, ())


@pytest.mark.parametrize(
    ("text", "reason", "kept"),
    [
        ("[", "it is no TOML", ()),
        (ASKED + ASKED.replace('"A"', '"B"'), "not in the document: section “B”", (("what is it",),)),
        ("".join(ASKED.replace('"A"', f'"{n}"') for n in range(7)), "“4”, and 2 more", ()),
    ],
)
async def test_faulty_questions_are_told_of_and_stop_nothing(
    pool: Pool, tmp_path: Path, text: str, reason: str, kept: tuple[tuple[str, ...], ...]
) -> None:
    """Each time until they are put right; what is right of them counts."""
    documents = Documents(pool)
    (tmp_path / "a.md").write_text("# A\nx")
    (tmp_path / "a.asked.toml").write_text(text)
    for outcome in ("added", "changed"):
        document, questions = await import_documents(documents, [tmp_path], lambda report: None)
        assert (document.outcome, questions.outcome) == (outcome, "failed")
        assert questions.path.endswith("a.asked.toml")
        assert reason in questions.reason
        assert (await documents.load())[0].passages[0].asked == kept


async def test_questions_that_cannot_be_read_fail_their_document(pool: Pool, tmp_path: Path) -> None:
    """As it stands nobody knows what it would be."""
    (tmp_path / "a.md").write_text("# A\nx")
    (tmp_path / "a.asked.toml").mkdir()
    (report,) = await import_documents(Documents(pool), [tmp_path], lambda report: None)
    assert report.outcome == "failed"
    assert "a.asked.toml cannot be read" in report.reason
