from __future__ import annotations

import errno
import os
import socket
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from smarthealth.apps.workspace.tools import texts, tree
from smarthealth.apps.workspace.tools.tree import open_directory, open_file, read_piece, spelled, translated
from smarthealth.llm.tooling import ToolError


@pytest.fixture
def opened(root: Path) -> Iterator[int]:
    """The conversation's directory, open."""
    descriptor = os.open(root, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def read(opened: int, *names: str) -> bytes:
    """A file, through its folders."""
    with open_directory(opened, names[:-1]) as directory, open_file(directory, names[-1]) as (descriptor, status):
        return read_piece(descriptor, 0, status.st_size)


def test_a_file_is_read_through_its_folders(opened: int, root: Path) -> None:
    """Names lead to a file, one directory after the other."""
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "c.txt").write_text("hola")
    assert read(opened, "a", "b", "c.txt") == b"hola"


def test_folders_are_made_where_asked(opened: int, root: Path) -> None:
    """What is not there is made, what is there is taken."""
    for _ in range(2):
        with open_directory(opened, ("a", "b"), create=True):
            assert (root / "a" / "b").is_dir()


def test_links_are_not_followed(opened: int, root: Path, secret: Path) -> None:
    """A link on the way, or at its end, is refused as one."""
    (root / "out").symlink_to(secret.parent)
    (root / "file").symlink_to(secret)
    for names in (("out", secret.name), ("file",)):
        with pytest.raises(ToolError) as caught, translated("x"):
            read(opened, *names)
        assert caught.value.reason == texts.IS_LINK
    with pytest.raises(ToolError, match=texts.IS_LINK), translated("x"), open_directory(opened, ("out",), create=True):
        pass


def test_a_second_name_is_refused(opened: int, root: Path, secret: Path) -> None:
    """A hard link may lead out, so that a file with two names is not read."""
    os.link(secret, root / "hard")
    with pytest.raises(ToolError, match=texts.IS_LINK):
        read(opened, "hard")


def test_only_regular_files_are_opened(opened: int, root: Path) -> None:
    """A pipe, a socket and a folder are refused, without waiting for anybody."""
    os.mkfifo(root / "pipe")
    (root / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(root)  # the address of a socket is short
        listener.bind("socket")
        os.chdir(here)
        for name, reason in (
            ("pipe", texts.NOT_REGULAR),
            ("socket", texts.NOT_REGULAR),
            ("folder", texts.IS_DIRECTORY),
        ):
            with pytest.raises(ToolError) as caught:
                read(opened, name)
            assert caught.value.reason == reason


def test_a_file_is_no_folder(opened: int, root: Path) -> None:
    """A name in a file is refused as such."""
    (root / "file").write_text("x")
    with pytest.raises(ToolError, match=texts.NOT_A_DIRECTORY), translated("file/x"):
        read(opened, "file", "x")


def test_what_is_not_there_is_named_as_it_was_given(opened: int) -> None:
    """The reason has the path of the request, no path of this machine."""
    with pytest.raises(ToolError) as caught, translated("a/b.txt"):
        read(opened, "a", "b.txt")
    assert caught.value.reason == "No existe: a/b.txt."


def test_other_failures_have_a_reason() -> None:
    """What the file system says becomes a sentence; what it never said here, a general one."""
    for number, reason in ((errno.ENOSPC, texts.NO_ROOM), (errno.EIO, texts.FILE_FAILED), (None, texts.FILE_FAILED)):
        with pytest.raises(ToolError) as caught, translated("x"):
            raise OSError(number, "x") if number else OSError("x")
        assert caught.value.reason == reason


def test_a_name_is_found_in_another_spelling(opened: int, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command named with combining characters is found by its usual spelling."""
    (root / unicodedata.normalize("NFD", "mañana.txt")).write_text("x")
    (root / "otra.txt").write_text("y")
    assert spelled(opened, "mañana.txt") == unicodedata.normalize("NFD", "mañana.txt")
    assert spelled(opened, "añil.txt") == "añil.txt"
    (root / "añil.txt").write_text("z")
    assert spelled(opened, "añil.txt") == "añil.txt"
    monkeypatch.setattr(tree, "MOST_LOOKED_AT", 0)
    assert spelled(opened, "mañana.txt") == "mañana.txt"


def test_a_piece_ends_with_the_file(opened: int, root: Path) -> None:
    """Reading is bounded by what is asked and by what there is."""
    (root / "f").write_text("abcdef")
    with open_file(opened, "f") as (descriptor, _):
        assert read_piece(descriptor, 2, 3) == b"cde"
        assert read_piece(descriptor, 4, 99) == b"ef"
        assert read_piece(descriptor, 9, 9) == b""


def test_the_race_between_check_and_use_is_lost_by_who_races(opened: int, root: Path, secret: Path) -> None:
    """While a folder and a link take turns under one name, no read ever gets what lies outside."""
    outside = secret.parent / "outside"
    outside.mkdir()
    (outside / "f").write_text("the secret")
    (root / "inside").mkdir()
    (root / "inside" / "f").write_text("mine")
    (root / "link").symlink_to(outside)
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            for name in ("inside", "link"):
                os.rename(root / name, root / "door")
                os.rename(root / "door", root / name)

    racing = threading.Thread(target=swap)
    racing.start()
    got: set[bytes | str] = set()
    try:
        for _ in range(3_000):
            try:
                with translated("door/f"):
                    got.add(read(opened, "door", "f"))
            except ToolError as error:
                got.add(error.reason)
    finally:
        over.set()
        racing.join()
    assert b"the secret" not in got
    assert got <= {b"mine", texts.IS_LINK, "No existe: door/f.", texts.NOT_A_DIRECTORY}
