"""Text without case and accents, letter by letter, so that a span found in it is a span of what was said."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Drop case and accents; what is no ASCII letter, digit or sign becomes a space.

    Returns:
        A text as long as the one given.
    """
    return "".join(_fold_letter(letter) for letter in text)


def _fold_letter(letter: str) -> str:
    if letter in "°º":
        return "o"  # of "N°"
    if letter in "–—−":
        return "-"
    base = unicodedata.normalize("NFKD", letter.casefold())[:1].lower()
    return base if base.isascii() and base.isprintable() and base else " "
