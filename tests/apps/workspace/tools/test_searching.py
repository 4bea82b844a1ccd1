from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec import UNSET

from smarthealth.apps.workspace.tools import searching, texts
from smarthealth.apps.workspace.tools.folder import Folder
from smarthealth.apps.workspace.tools.searching import Matches, Search
from smarthealth.llm.tooling import ToolError


def search(folder: Folder, query: str, path: str = ".", *, time_limit: float = 5.0) -> Matches:
    """Search without anybody who could cancel it."""
    return Search(folder, query, time_limit, checkpoint=lambda: None).run(path)


def found(matches: Matches) -> list[tuple[str, object]]:
    """Where it was found."""
    return [(match.path, match.line) for match in matches.matches]


def test_names_and_lines_are_found(folder: Folder, root: Path, secret: Path) -> None:
    """Case does not count; links, pipes and what is no text are passed over."""
    (root / "a").mkdir()
    (root / "a" / "Plan.txt").write_text("nada\nEl PLAN de mañana\n")
    (root / "binary").write_bytes(b"\0plan")
    (root / "link").symlink_to(secret)
    os.mkfifo(root / "pipe")
    matches = search(folder, "plan")
    assert found(matches) == [("a/Plan.txt", UNSET), ("a/Plan.txt", 2)]
    assert matches.matches[1].text == "El PLAN de mañana"
    assert (matches.files_searched, matches.truncated) == (2, UNSET)
    assert found(search(folder, "secret")) == []


def test_a_search_is_of_a_folder_or_a_file(folder: Folder, root: Path, secret: Path) -> None:
    """The path narrows it; one that leads outward or nowhere is refused."""
    (root / "a").mkdir()
    (root / "a" / "f.txt").write_text("x")
    (root / "g.txt").write_text("x")
    (root / "link").symlink_to(secret.parent)
    assert found(search(folder, "x", "a")) == [("a/f.txt", UNSET), ("a/f.txt", 1)]
    assert found(search(folder, "x", "g.txt")) == [("g.txt", 1)]
    for path, reason in (("link", texts.IS_LINK), ("no", "No existe: no."), ("../x", texts.PARENT_PATH)):
        with pytest.raises(ToolError) as caught:
            search(folder, "x", path)
        assert caught.value.reason == reason


def test_without_files_there_is_nothing_to_find(folder: Folder) -> None:
    """A conversation that wrote nothing has no matches."""
    assert search(folder, "x").matches == ()
    with pytest.raises(ToolError):
        search(folder, "x", "a.txt")


def test_patterns_are_plain_text(folder: Folder, root: Path) -> None:
    """What would take for ever as a pattern is sought as it stands."""
    (root / "f").write_text("a" * 100_000 + "!\n(a+)+$ here")
    assert found(search(folder, "(a+)+$")) == [("f", 2)]


def test_a_long_line_is_told_in_part(folder: Folder, root: Path) -> None:
    """An excerpt shows what was found, however long its line is."""
    (root / "f").write_text("x" * 50_000 + "needle" + "y" * 50_000)
    text = search(folder, "needle").matches[0].text
    assert isinstance(text, str)
    assert "needle" in text
    assert len(text) < 250


def test_every_bound_is_told(folder: Folder, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Matches, files, bytes and time end a search, which says so."""
    for name in ("a", "b", "c"):
        (root / name).write_text("\n".join(["x"] * 20_001))
    assert len(search(folder, "x").matches) == searching.MOST_MATCHES
    assert search(folder, "x").truncated is True
    assert search(folder, "zzz", time_limit=-1.0).truncated is True
    assert search(folder, "zzz", "a", time_limit=-1.0).truncated is True
    monkeypatch.setattr(searching, "MOST_FILES", 2)
    assert search(folder, "zzz").files_searched == 2
    monkeypatch.setattr(searching, "MOST_FILES", 100)
    monkeypatch.setattr(searching, "MOST_BYTES", 10)
    matches = search(folder, "zzz")
    assert (matches.files_searched, matches.truncated) == (1, True)


def test_who_waits_no_more_ends_the_search(folder: Folder, root: Path) -> None:
    """Between files and within long ones, cancelling is looked for."""

    class GoneError(Exception):
        pass

    def gone() -> None:
        raise GoneError

    (root / "a").write_text("\n" * 10_001)
    for path in (".", "a"):
        with pytest.raises(GoneError):
            Search(folder, "x", 5.0, checkpoint=gone).run(path)
