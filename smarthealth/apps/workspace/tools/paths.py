"""Reads a path as a model or a person wrote it into the names that lead there; anything that points outward is refused.

This is text alone: what the names lead to on the disk is the walk's matter (`tree`), which follows no links.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from smarthealth.llm.tooling import ToolError

from . import texts

LONGEST_NAME: Final = 255
"""Bytes of one name, in UTF-8; Linux's own limit."""
LONGEST_PATH: Final = 1_000
"""Characters."""
MOST_LEVELS: Final = 16
_REFUSED: Final = frozenset({"Cc", "Cs", "Zl", "Zp", "Cn"})
"""Categories: control characters with NUL and new lines, halves of pairs, line separators, what is no character."""
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing: with them a name reads as another one."""

Names = tuple[str, ...]


def read_path(path: str) -> Names:
    """The names that lead to a file or folder, from the conversation's directory on; none for that directory itself.

    Names are NFC, so that one name has one spelling however it was typed.

    Raises:
        ToolError: It points outward, is too long, or has characters that names must not have.
    """
    if len(path) > LONGEST_PATH:
        raise ToolError(texts.LONG_NAME)
    text = unicodedata.normalize("NFC", path.strip(" \t\r\n"))
    if any(unicodedata.category(character) in _REFUSED or character in _TURNING for character in text):
        raise ToolError(texts.BAD_CHARACTER)
    if "\\" in text:
        raise ToolError(texts.BAD_CHARACTER)
    if text.startswith(("/", "~")):
        raise ToolError(texts.ABSOLUTE_PATH)
    names = tuple(name for name in text.split("/") if name not in ("", "."))
    if ".." in names:
        raise ToolError(texts.PARENT_PATH)
    if len(names) > MOST_LEVELS:
        raise ToolError(texts.TOO_DEEP)
    if any(len(name.encode()) > LONGEST_NAME for name in names):
        raise ToolError(texts.LONG_NAME)
    return names


def read_file_path(path: str) -> Names:
    """As `read_path`, of something inside the directory.

    Raises:
        ToolError: As there, and when it names the directory itself.
    """
    names = read_path(path)
    if not names:
        raise ToolError(texts.EMPTY_PATH)
    return names


def shown(names: Names) -> str:
    """The path as clients and models are told of it."""
    return "/".join(names) or "."
