"""The files of the pages, as the browser gets them.

Each is read and compressed once, in a thread, and kept; a changed file is read again. The folder's files are all there is: a
path that leaves it, or names a kind of file that is no page's, is not found.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePosixPath

import attrs
import trio

FOLDER = Path(__file__).parent / "pages"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
INCOMPRESSIBLE = frozenset({".png", ".ico", ".woff2"})
COMPRESSION_LEVEL = 6
TAG_LENGTH = 32


@attrs.frozen(kw_only=True)
class StaticFile:
    """One file."""

    body: bytes
    compressed: bytes | None
    """Gzipped; None where that is no smaller."""
    etag: str
    """Quoted, as in the header."""
    content_type: str
    stamp: tuple[int, int]
    """Time of change and size, by which a new version is noticed."""


PATCHES: Mapping[str, tuple[bytes, bytes]] = {
    "vendor/redoc/redoc.standalone.js": (b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"data:,"),
}
"""By file, what is served in place of what: Redoc has no option to leave out a picture that it wants from another server."""


class Pages:
    """The files below a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._files: dict[str, StaticFile] = {}

    async def find(self, name: str) -> StaticFile | None:
        """The file of that relative path, None when there is none to be had."""
        path = self._locate(name)
        if path is None:
            return None
        return await trio.to_thread.run_sync(partial(self._read, name, path))

    def _locate(self, name: str) -> Path | None:
        parts = PurePosixPath(name).parts
        if not parts or "\\" in name or "\0" in name or any(part.startswith((".", "/")) for part in parts):
            return None
        path = self._folder.joinpath(*parts)
        return path if path.suffix in TYPES else None

    def _read(self, name: str, path: Path) -> StaticFile | None:
        if not path.is_file():
            return None
        stamp = (path.stat().st_mtime_ns, path.stat().st_size)
        known = self._files.get(name)
        if known is None or known.stamp != stamp:
            known = self._files[name] = _load(path, stamp, PATCHES.get(name))
        return known


def _load(path: Path, stamp: tuple[int, int], patch: tuple[bytes, bytes] | None) -> StaticFile:
    body = path.read_bytes()
    if patch is not None:
        body = body.replace(*patch)
    packed = None if path.suffix in INCOMPRESSIBLE else gzip.compress(body, COMPRESSION_LEVEL, mtime=0)
    return StaticFile(
        body=body,
        compressed=packed if packed is not None and len(packed) < len(body) else None,
        etag=f'"{hashlib.sha256(body).hexdigest()[:TAG_LENGTH]}"',
        content_type=TYPES[path.suffix],
        stamp=stamp,
    )
