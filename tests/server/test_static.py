"""Files of the pages."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from smarthealth.server.static import FOLDER, PATCHES, Pages


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """A folder with a page, a picture and things that are nobody's."""
    folder = tmp_path / "pages"
    (folder / "console").mkdir(parents=True)
    (folder / "console" / "main.js").write_text("// x\n" * 100)
    (folder / "dot.png").write_bytes(b"\x89PNG" * 100)
    (folder / "a.css").write_text("a")
    (folder / "notes.py").write_text("secret")
    (folder / ".hidden.html").write_text("secret")
    (folder / "folder.html").mkdir()
    (tmp_path / "outside.html").write_text("secret")
    return Pages(folder)


async def test_file_has_a_type_a_tag_and_a_compressed_form(pages: Pages) -> None:
    """Text is compressed where that helps, pictures never."""
    script, picture, small = [await pages.find(name) for name in ("console/main.js", "dot.png", "a.css")]
    assert script is not None
    assert picture is not None
    assert small is not None
    assert script.content_type == "text/javascript; charset=utf-8"
    assert script.compressed is not None
    assert gzip.decompress(script.compressed) == script.body
    assert (picture.content_type, picture.compressed, small.compressed) == ("image/png", None, None)
    assert script.etag.startswith('"')
    assert script.etag != picture.etag


@pytest.mark.parametrize(
    "name",
    [
        "",
        "missing.html",
        "notes.py",
        ".hidden.html",
        "folder.html",
        "../outside.html",
        "console/../../outside.html",
        "/etc/hosts.txt",
        "console\\main.js",
        "console/main.js\0",
        "console",
    ],
)
async def test_nothing_else_is_found(name: str, pages: Pages) -> None:
    """Only files of known kinds below the folder are pages."""
    assert await pages.find(name) is None


async def test_changed_file_is_read_again(pages: Pages, tmp_path: Path) -> None:
    """A file is kept until it changes on disk."""
    first = await pages.find("a.css")
    assert await pages.find("a.css") is first
    path = tmp_path / "pages" / "a.css"
    path.write_text("bb")
    os.utime(path, ns=(1, 1))
    second = await pages.find("a.css")
    assert second is not None
    assert second.body == b"bb"


async def test_every_page_of_the_package_is_served() -> None:
    """What the pages refer to is there."""
    for name in ("docs/swagger.html", "docs/redoc.html", "observer/observer.html", "console.html"):
        assert await Pages().find(name) is not None
    html = b"".join([path.read_bytes() for path in FOLDER.rglob("*.html")])
    for part in html.split(b'="/pages/')[1:]:
        name = part.split(b'"', 1)[0].decode()
        assert await Pages().find(name) is not None, name


async def test_no_script_asks_another_server_for_a_picture() -> None:
    """What a vendored script would fetch from elsewhere is patched away as it is served; the file stays as published."""
    for name, (foreign, own) in PATCHES.items():
        file = await Pages().find(name)
        assert file is not None
        assert foreign not in file.body
        assert len(file.body) == (FOLDER / name).stat().st_size - len(foreign) + len(own)
