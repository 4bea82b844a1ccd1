"""Searches the files of a conversation for plain text: no pattern language, so that no pattern can take for ever.

Case does not count. A search is bounded in time, files, bytes and matches, and says so when it ended at a bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

import attrs
from msgspec import UNSET, UnsetType

from smarthealth.llm.tooling import ToolError

from . import texts
from .files import storable_path
from .folder import Folder
from .paths import read_path, shown
from .quota import Found, walk
from .tree import open_directory, open_file, read_piece, spelled, translated

MOST_MATCHES: Final = 100
MOST_FILES: Final = 5_000
MOST_BYTES: Final = 64 * 1024 * 1024
"""Read in one search."""
FILE_BYTES: Final = 8 * 1024 * 1024
"""Read of one file."""
LONGEST_EXCERPT: Final = 200
"""Characters of a line around what was found."""
_SAMPLE: Final = 4_096
"""Bytes in which a NUL tells that a file is no text."""


@attrs.frozen(kw_only=True)
class Match:
    """One line, or the name of a file itself."""

    path: str
    line: int | UnsetType = UNSET
    """Counts from 1; not there when the name matches."""
    text: str | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class Matches:
    """What was found."""

    query: str
    path: str
    matches: tuple[Match, ...]
    files_searched: int
    truncated: bool | UnsetType = UNSET
    """Whether the search ended at one of its bounds."""


@attrs.define
class Search:
    """One search.

    Args:
        folder: Of the conversation.
        query: Sought.
        time_limit: Seconds.
        checkpoint: Called between files; raises when nobody waits any more.
    """

    folder: Folder
    query: str
    time_limit: float
    checkpoint: Callable[[], object]
    _files: int = attrs.field(default=0, init=False)
    _bytes: int = attrs.field(default=0, init=False)
    _ends: float = attrs.field(default=0.0, init=False)

    def run(self, path: str) -> Matches:
        """Look through a folder, or one file.

        Raises:
            ToolError: The path leads to nothing, or nowhere inside.
        """
        names = read_path(path)
        self._ends = time.monotonic() + self.time_limit
        matches: list[Match] = []
        truncated = False
        with translated(shown(names)), self.folder.open() as root:
            if root is None and names:
                raise ToolError(texts.NOT_FOUND.format(shown(names)))
            for match in self._matches(root, names) if root is not None else ():
                if match is None or len(matches) == MOST_MATCHES:
                    truncated = True
                    break
                matches.append(match)
        return Matches(
            query=self.query,
            path=shown(names),
            matches=tuple(matches),
            files_searched=self._files,
            truncated=truncated or UNSET,
        )

    def _matches(self, root: int, names: tuple[str, ...]) -> Iterator[Match | None]:
        """What is found; None when a bound is reached."""
        with open_directory(root, names[:-1]) as above:
            if names:
                try:
                    with open_file(above, spelled(above, names[-1])) as (descriptor, _):
                        yield from self._in_file(descriptor, names)
                    return
                except ToolError as error:
                    if error.reason != texts.IS_DIRECTORY:
                        raise
        with open_directory(root, names) as directory:
            for found in walk(directory, names):
                self.checkpoint()
                if self._over():
                    yield None
                if self.query.casefold() in found.names[-1].casefold():
                    yield Match(path=storable_path(found.names))
                if not found.is_directory:
                    yield from self._in_entry(root, found)

    def _in_entry(self, root: int, found: Found) -> Iterator[Match | None]:
        try:
            with (
                open_directory(root, found.names[:-1]) as directory,
                open_file(directory, found.names[-1]) as (descriptor, _),
            ):
                yield from self._in_file(descriptor, found.names)
        except (OSError, ToolError):
            return  # no file to be read, or gone meanwhile

    def _in_file(self, descriptor: int, names: tuple[str, ...]) -> Iterator[Match | None]:
        self._files += 1
        data = read_piece(descriptor, 0, min(FILE_BYTES, MOST_BYTES - self._bytes))
        self._bytes += len(data)
        if b"\0" in data[:_SAMPLE]:
            return
        sought = self.query.casefold()
        for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
            if number % 10_000 == 0:
                self.checkpoint()
                if self._over():
                    yield None
            at = line.casefold().find(sought)
            if at >= 0:
                yield Match(path=storable_path(names), line=number, text=_excerpt(line, at))

    def _over(self) -> bool:
        return time.monotonic() > self._ends or self._files >= MOST_FILES or self._bytes >= MOST_BYTES


def _excerpt(line: str, at: int) -> str:
    if len(line) <= LONGEST_EXCERPT:
        return line.strip()
    begin = max(0, at - LONGEST_EXCERPT // 4)
    return f"…{line[begin : begin + LONGEST_EXCERPT].strip()}…"
