"""Cutting a stream of bytes into resources, without decoding them: bytes in, pieces out, nothing read and nothing awaited.

Two formats: lines (NDJSON), where a bad line ends at its line's end, and JSON, where a bundle's entries are cut out one by
one as they come, whatever the bundle's size. The cutter of JSON knows strings and brackets only, so that an entry whose
inside is no JSON is one bad entry and the next one is found all the same.

How the JSON cutter works. `_depth` counts the open brackets at `_at`. Between values it is 0. A value is held from its first
bracket on. Within an object at depth 1 the names of its members are read; once the name is `entry` and an array opens, or
the value itself is an array, what is held is let go, and from then on each object at the array's own depth is a piece. An
object without entries is a piece as a whole: a file may hold one resource, or several one after the other.
"""

from __future__ import annotations

import re
from typing import Final, Protocol

import attrs

MAX_PIECE_SIZE: Final = 64 * 1024 * 1024
"""Bytes of one resource; what is longer is reported and left."""

TOO_LONG: Final = "larger than 64 MiB"
NOT_JSON: Final = "not JSON"
CUT_SHORT: Final = "the file ends in the middle of it"

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_BLANK: Final = re.compile(rb"[ \t\r\n,]*+")

# possessive: on a string that is not whole yet they give up at once and not after trying every way to match less
_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_BRACKET: Final = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb")*+([{}\[\]])", re.DOTALL)
_TOKEN: Final = re.compile(rb'[^"{}\[\],:]*+(' + _STRING + rb"|[{}\[\],:])", re.DOTALL)


@attrs.frozen
class Piece:
    """What should be one resource, or one entry of a bundle."""

    position: int
    """Line or entry in the file, from 1."""
    raw: bytes | None
    """Its bytes, None when it cannot be had."""
    problem: str | None = None
    """Why not."""


class Splitter(Protocol):
    """Cuts a stream into pieces."""

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next bytes; the pieces they complete."""
        ...

    def finish(self) -> list[Piece]:
        """The stream has ended; what is left of it."""
        ...


class LineSplitter:
    """Cuts NDJSON into its lines; blank ones count and are left out."""

    def __init__(self, limit: int = MAX_PIECE_SIZE) -> None:
        self._limit = limit
        self._held: list[bytes] = []
        self._size = 0
        self._lines = 0

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next bytes; the lines they complete."""
        *whole, rest = data.split(b"\n")
        found = [piece for line in whole if (piece := self._end(line)) is not None]
        self._hold(rest)
        return found

    def finish(self) -> list[Piece]:
        """The stream has ended; its last line, if no line end follows it."""
        piece = self._end(b"")
        return [] if piece is None else [piece]

    def _hold(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            self._held.clear()
        elif data:
            self._held.append(data)

    def _end(self, data: bytes) -> Piece | None:
        self._hold(data)
        line, too_long = b"".join(self._held), self._size > self._limit
        self._held.clear()
        self._size = 0
        self._lines += 1
        if too_long:
            return Piece(self._lines, None, TOO_LONG)
        line = line.removeprefix(_BYTE_ORDER_MARK) if self._lines == 1 else line
        return Piece(self._lines, line) if line.strip() else None


class JsonSplitter:
    """Cuts the entries out of a bundle, and whole resources out of a file that holds no bundle."""

    def __init__(self, limit: int = MAX_PIECE_SIZE) -> None:
        self._limit = limit
        self._data = bytearray()
        self._at = 0
        self._start = 0
        """Where the object begins that is to be a piece."""
        self._depth = 0
        self._cutting_at: int | None = None
        """Depth of the array whose objects are pieces."""
        self._member = b""
        """Last string at depth 1: the name of a member when a value follows."""
        self._had_entries = False
        self._is_bundle = True
        """Until its type says otherwise."""
        self._position = 0
        self._ended = False
        self._begun = False

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next bytes; the pieces they complete."""
        found: list[Piece] = []
        if self._ended:
            return found
        self._data += data
        if not self._begun:
            if len(self._data) < len(_BYTE_ORDER_MARK):
                return found
            self._begin()
        while not self._ended and self._step(found):
            pass
        self._let_go(found)
        return found

    def finish(self) -> list[Piece]:
        """The stream has ended; what is left of it, and what is wrong with that, if anything."""
        self._begin()
        found = self.feed(b"")
        if not self._ended and self._depth:
            self._fail(CUT_SHORT, found)
        self._ended = True
        return found

    def _begin(self) -> None:
        if not self._begun and self._data.startswith(_BYTE_ORDER_MARK):
            self._at = len(_BYTE_ORDER_MARK)
        self._begun = True

    def _step(self, found: list[Piece]) -> bool:
        """Go on to the next token that matters; False when more bytes are needed."""
        if self._depth == 0:
            return self._between_values(found)
        if self._depth == 1 and self._cutting_at is None:
            return self._in_object(found)
        match = _BRACKET.match(self._data, self._at)
        if match is None:
            return False
        self._at = match.end()
        self._bracket(bytes(match[1]), match.end() - 1, found)
        return True

    def _between_values(self, found: list[Piece]) -> bool:
        blank = _BLANK.match(self._data, self._at)
        self._start = self._at = blank.end() if blank else self._at
        opening = bytes(self._data[self._at : self._at + 1])
        if not opening:
            return False
        if opening not in (b"{", b"["):
            self._fail(NOT_JSON, found)
            return False
        self._had_entries = opening == b"["
        self._cutting_at = 1 if self._had_entries else None
        self._is_bundle = True
        self._member = b""
        self._depth = 1
        self._at += 1
        return True

    def _in_object(self, found: list[Piece]) -> bool:
        match = _TOKEN.match(self._data, self._at)
        if match is None:
            return False
        self._at = match.end()
        token = bytes(match[1])
        if token[:1] == b'"':
            if self._member == b'"resourceType"':
                self._is_bundle = token == b'"Bundle"'
            self._member = token
        elif token == b"[" and self._member == b'"entry"' and self._is_bundle:
            self._depth += 1
            self._cutting_at, self._had_entries = self._depth, True
        elif token in b"{}[]":
            self._bracket(token, match.start(1), found)
        return True

    def _bracket(self, token: bytes, at: int, found: list[Piece]) -> None:
        if token in b"{[":
            if self._depth == self._cutting_at:
                self._start = at
            self._depth += 1
            return
        self._depth -= 1
        if self._cutting_at is not None and self._depth == self._cutting_at:
            self._cut(found)
        elif self._cutting_at is not None and self._depth < self._cutting_at:
            self._cutting_at = None
        if self._depth == 0 and not self._had_entries:
            self._cut(found)

    def _cut(self, found: list[Piece]) -> None:
        self._position += 1
        size = self._at - self._start
        raw = None if size > self._limit else bytes(self._data[self._start : self._at])
        found.append(Piece(self._position, raw, TOO_LONG if raw is None else None))

    def _let_go(self, found: list[Piece]) -> None:
        """Drop the bytes that no piece will need."""
        inside_piece = not self._had_entries or (self._cutting_at is not None and self._depth > self._cutting_at)
        keep_from = self._start if inside_piece and self._depth else self._at
        del self._data[:keep_from]
        self._at -= keep_from
        self._start -= keep_from
        if len(self._data) > 2 * self._limit:
            # the cutter needs whole strings, so it cannot find its way past this
            self._fail(TOO_LONG, found)

    def _fail(self, problem: str, found: list[Piece]) -> None:
        self._ended = True
        self._data.clear()
        found.append(Piece(self._position + 1, None, problem))
