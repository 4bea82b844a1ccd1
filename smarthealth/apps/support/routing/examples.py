"""Classified examples, written as patterns: `(a|b)` stands for either, `{thing}` for anything of the lexicon.

A file `CLASS.LANGUAGE.txt` holds one pattern on each line; from each some sentences are drawn, always the same. Sentences of one
line are alike, so whatever is measured by holding examples back holds back whole lines.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator
from importlib.resources import files
from typing import Final

import attrs

from smarthealth.apps.support.knowledge.lexicon import load_lexicon
from smarthealth.conversation.application import Language

from .classes import CLASSES, MIXED, Label

FOLDER: Final = "routing/examples"
DRAWN: Final = 14
"""Sentences drawn from a line; from one that is short on patterns, all."""
DRAWN_OF_THINGS: Final = 200
"""From a line that stands for anything of the lexicon."""
ATTEMPTS: Final = 6
"""Draws for each sentence wanted, since some come twice."""
_CHOICE: Final = re.compile(r"\(([^()]*)\)")
_SPACE: Final = re.compile(r"\s+")
_THING: Final = "{thing}"


@attrs.frozen(kw_only=True)
class Example:
    """A sentence and the class that it is of."""

    text: str
    label: Label
    language: Language
    line: int
    """Of all lines; sentences of one line are alike."""


def load_examples() -> list[Example]:
    """All sentences, in a fixed order."""
    found: list[Example] = []
    number = 0
    for label in (*CLASSES, MIXED):
        for language in _LANGUAGES:
            for pattern in _lines(f"{label}.{language}.txt"):
                number += 1
                found.extend(
                    Example(text=text, label=label, language=language, line=number) for text in drawn(pattern, language)
                )
    return found


def drawn(pattern: str, language: Language) -> list[str]:
    """Sentences of a pattern, each once."""
    chance = random.Random(zlib.crc32(pattern.encode()))
    wanted = DRAWN_OF_THINGS if _THING in pattern else DRAWN
    things = _things(language)
    sentences = dict.fromkeys(_draw(pattern, chance, things) for _ in range(wanted * ATTEMPTS))
    return list(sentences)[:wanted]


def _draw(pattern: str, chance: random.Random, things: list[str]) -> str:
    text = _CHOICE.sub(lambda choice: chance.choice(choice[1].split("|")), pattern)
    text = text.replace(_THING, chance.choice(things))
    return _SPACE.sub(" ", text).strip()


def _things(language: Language) -> list[str]:
    return [
        name for concept in load_lexicon().all for name in (concept.spanish if language == "es" else concept.english)
    ]


def _lines(name: str) -> Iterator[str]:
    text = files("smarthealth.apps.support").joinpath(f"{FOLDER}/{name}").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


_LANGUAGES: Final[tuple[Language, ...]] = ("en", "es")
