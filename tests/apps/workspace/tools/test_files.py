from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import attrs
import pytest
from msgspec import UNSET

from smarthealth.apps.workspace.tools import files as files_module
from smarthealth.apps.workspace.tools import texts
from smarthealth.apps.workspace.tools.files import PIECE, Files
from smarthealth.llm.tooling import ToolError


def reason_of(files: Files, method: str, *arguments: object, **named: object) -> str:
    """Why it cannot be done."""
    with pytest.raises(ToolError) as caught:
        getattr(files, method)(*arguments, **named)
    return caught.value.reason


def test_what_is_written_is_read(files: Files, root: Path) -> None:
    """Paths in results are relative to the conversation's directory, sizes are bytes."""
    written = files.write("notas/mañana.txt", "Hola, ñandú")
    assert (written.path, written.size) == ("notas/mañana.txt", 13)
    piece = files.read("notas/mañana.txt")
    assert (piece.content, piece.size, piece.next_offset) == ("Hola, ñandú", 13, UNSET)
    assert files.write("notas/mañana.txt", "!", append=True).size == 14
    assert files.read("notas/mañana.txt").content == "Hola, ñandú!"
    assert files.write("notas/mañana.txt", "otra").size == 4
    assert files.write("nuevo.txt", "x", append=True).size == 1
    assert files.write("vacio.txt", "").size == 0
    assert files.write("vacio.txt", "y", append=True).size == 1
    assert files.read("vacio.txt").content == "y"
    assert [path.name for path in (root / "notas").iterdir()] == ["mañana.txt"]


def test_nothing_is_there_before_something_is_written(files: Files) -> None:
    """A conversation without a directory has no files, and looking at it makes none."""
    assert files.list().entries == ()
    for method in ("read", "info", "list", "read_whole"):
        assert reason_of(files, method, "a.txt") == "No existe: a.txt."
    assert not files.folder.base.exists()


def test_a_long_file_is_read_in_pieces(files: Files, root: Path) -> None:
    """The pieces put together are the file; no character is cut."""
    text = "xñ€😀" * 5_000
    (root / "long.txt").write_text(text)
    offset, pieces = 0, []
    while True:
        piece = files.read("long.txt", offset)
        pieces.append(piece.content)
        if piece.next_offset is UNSET:
            break
        assert isinstance(piece.next_offset, int)
        assert piece.next_offset - offset <= PIECE
        offset = piece.next_offset
    assert "".join(pieces) == text
    assert reason_of(files, "read", "long.txt", len(text.encode())) == texts.PAST_END


@pytest.mark.parametrize("data", [b"\xff\xfeh\0", b"a\0b", b"ab\xc3", b"\x80" * 20_000])
def test_what_is_no_text_is_refused(files: Files, root: Path, data: bytes) -> None:
    """Bytes that are no UTF-8, or hold NUL, are not made into text."""
    (root / "f").write_bytes(data)
    assert reason_of(files, "read", "f") == texts.NOT_TEXT


def test_giant_and_sparse_files_are_read_in_bounds(files: Files, root: Path) -> None:
    """However long a file says it is, a call reads one piece, and a download refuses it."""
    (root / "sparse").write_bytes(b"x")
    os.truncate(root / "sparse", 1 << 40)
    assert reason_of(files, "read", "sparse") == texts.NOT_TEXT  # holes read as NUL
    assert reason_of(files, "read_whole", "sparse") == texts.FILE_TOO_BIG.format(5_000)
    assert reason_of(files, "write", "sparse", "y", append=True) == texts.FILE_TOO_BIG.format(5_000)


def test_quotas_are_held_at_write(files: Files, root: Path) -> None:
    """Bytes of one file, bytes of all, and their number; making a file smaller is always possible."""
    assert reason_of(files, "write", "a", "x" * 5_001) == texts.FILE_TOO_BIG.format(5_000)
    files.write("a", "x" * 5_000)
    assert reason_of(files, "write", "a", "y", append=True) == texts.FILE_TOO_BIG.format(5_000)
    files.write("b", "x" * 5_000)
    assert reason_of(files, "write", "c", "y") == texts.QUOTA_BYTES.format(10_000, 10_000)
    files.write("b", "x" * 10)
    for number in range(18):
        files.write(f"n{number}", "")
    assert reason_of(files, "write", "one too many", "") == texts.QUOTA_FILES.format(20)
    assert files.write("b", "again").size == 5


def test_writing_goes_through_no_link(files: Files, root: Path, secret: Path) -> None:
    """Neither a link nor a second name is written through, and what lies outside stays as it is."""
    (root / "link").symlink_to(secret)
    (root / "out").symlink_to(secret.parent)
    os.link(secret, root / "hard")
    os.mkfifo(root / "pipe")
    (root / "folder").mkdir()
    for name, reason in (
        ("link", texts.IS_LINK),
        ("out/new.txt", texts.IS_LINK),
        ("hard", texts.IS_LINK),
        ("pipe", texts.NOT_REGULAR),
        ("folder", texts.IS_DIRECTORY),
        ("hard/x", texts.NOT_A_DIRECTORY),
    ):
        assert reason_of(files, "write", name, "mine") == reason
        assert reason_of(files, "write", name, "mine", append=True) == reason
    assert secret.read_text() == "the secret"
    assert not (secret.parent / "new.txt").exists()


def test_a_write_that_fails_leaves_nothing(files: Files, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the new file cannot take its place, the old one stays and the new one goes."""
    files.write("a", "old")

    def fail(*arguments: object, **named: object) -> None:
        raise OSError(28, "no room")

    monkeypatch.setattr(os, "rename", fail)
    assert reason_of(files, "write", "a", "new") == texts.NO_ROOM
    monkeypatch.undo()
    assert [path.name for path in root.iterdir()] == ["a"]
    assert files.read("a").content == "old"


def test_deleting_is_of_files_links_and_empty_folders(files: Files, root: Path, secret: Path) -> None:
    """What a link leads to is not deleted, nor a folder with something in it."""
    files.write("a/b.txt", "x")
    (root / "link").symlink_to(secret)
    assert reason_of(files, "delete", "a") == texts.NOT_EMPTY
    assert files.delete("a/b.txt").path == "a/b.txt"
    assert files.delete("a").deleted
    assert files.delete("link").deleted
    assert secret.exists()
    assert reason_of(files, "delete", "a") == "No existe: a."
    assert reason_of(files, "delete", ".") == texts.EMPTY_PATH


def test_info_is_of_the_entry_itself(files: Files, root: Path, secret: Path) -> None:
    """A link is told as a link; times that no calendar has are brought into it."""
    files.write("a.json", "{}")
    os.utime(root / "a.json", (0, 0))
    info = files.info("a.json")
    assert (info.path, info.type, info.size, info.media_type) == ("a.json", "file", 2, "application/json")
    assert info.modified == "1970-01-01T00:00:00.000Z"
    (root / "link").symlink_to(secret)
    (root / "folder").mkdir()
    os.mkfifo(root / "pipe")
    assert [files.info(name).type for name in ("link", "folder", "pipe", ".")] == [
        "link",
        "directory",
        "other",
        "directory",
    ]


def test_a_list_is_of_one_folder_or_of_all_below(files: Files, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are told by their paths, in order, up to a number."""
    files.write("b/c.txt", "x")
    files.write("a.txt", "x")
    (root / os.fsdecode(b"bad\xff")).write_text("x")
    assert [entry.path for entry in files.list().entries] == ["a.txt", "b", "bad?"]
    assert [entry.path for entry in files.list(recursive=True).entries] == ["a.txt", "b", "b/c.txt", "bad?"]
    assert [entry.path for entry in files.list("b").entries] == ["b/c.txt"]
    assert reason_of(files, "list", "a.txt") == texts.NOT_A_DIRECTORY
    monkeypatch.setattr(files_module, "MOST_LISTED", 2)
    listing = files.list()
    assert (len(listing.entries), listing.truncated) == (2, True)


def test_one_name_has_one_spelling(files: Files, root: Path) -> None:
    """A name typed with combining characters is the same file."""
    (root / unicodedata.normalize("NFD", "Peña.txt")).write_text("x")
    assert files.read("Peña.txt").content == "x"
    files.write(unicodedata.normalize("NFD", "Peña.txt"), "y")
    assert len(list(root.iterdir())) == 1


def test_half_a_pair_is_written_as_a_mark(files: Files) -> None:
    """What JSON can say and UTF-8 cannot does not stop a file from being written."""
    files.write("a", "x\ud800y")
    assert files.read("a").content == "x?y"


def test_settings_bound_what_is_read_whole(files: Files) -> None:
    """A download gives the whole file, up to the largest that may be."""
    files.write("a", "x" * 100)
    small = Files(files.folder, attrs.evolve(files.settings, file_bytes=99))
    assert files.read_whole("a") == b"x" * 100
    assert reason_of(small, "read_whole", "a") == texts.FILE_TOO_BIG.format(99)
