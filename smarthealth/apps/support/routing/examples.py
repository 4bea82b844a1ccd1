"""Classified examples: patterns, sentences as several kinds of people say them, and what the manual is asked for in which words.

A file `CLASS.LANGUAGE.txt` holds one pattern on each line: `(a|b)` stands for either, `{thing}` for anything of the lexicon. From each
some sentences are drawn, always the same. `said/AUTHOR.tsv` holds sentences of one way of speaking. Technical data are asked for, besides, by
the names in the manual's tables, and in the words that stand beside its chapters (`NAME.asked.toml`). Sentences of one line are alike,
so is how one author speaks, and so are the questions for one fact: whatever is measured by holding examples back holds back all of them.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, cast

import attrs

from smarthealth.apps.support.knowledge.asked import SUFFIX, read_asked
from smarthealth.apps.support.knowledge.lexicon import load_lexicon
from smarthealth.apps.support.knowledge.library import MANUAL, manual_sources
from smarthealth.apps.support.troubleshooting.trees import find_tree
from smarthealth.conversation.application import Language

from .asking import asks
from .classes import CLASSES, MIXED, Label
from .features import load_groups, tokens

FOLDER: Final = "routing/examples"
DRAWN: Final = 12
"""Sentences drawn from a line; from one that is short on patterns, all."""
DRAWN_OF_THINGS: Final = 250
"""From a line that stands for anything of the lexicon."""
ATTEMPTS: Final = 6
"""Draws for each sentence wanted, since some come twice."""
_CHOICE: Final = re.compile(r"\(([^()]*)\)")
_SPACE: Final = re.compile(r"\s+")
_THING: Final = "{thing}"
_COLUMN: Final = re.compile(r"^(?:Figure|Measure|Item|Part|Light|Message) ")
_OF_FAULTS: Final = frozenset({"symptom", "notdo"})
"""Groups of words that tell of a fault."""
SIZES_OF_NAMES: Final = range(4, 60)
"""Characters."""


@attrs.frozen(kw_only=True)
class Example:
    """A sentence and the class that it is of."""

    text: str
    label: Label
    language: Language
    line: int
    """Of all lines; sentences of one line are alike."""
    author: str = ""
    """Who speaks; empty for patterns and the manual."""
    fact: str = ""
    """Of the manual, that is asked for; empty for other examples."""


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
    for example in (*_said(), *_named_in_manual()):
        number += 1
        found.append(attrs.evolve(example, line=number))
    facts: dict[str, int] = {}
    for example in _asked():
        line = facts.setdefault(example.fact, number + 1 + len(facts))
        found.append(attrs.evolve(example, line=line))
    return found


def _said() -> Iterator[Example]:
    for file in sorted(_folder().joinpath("said").iterdir(), key=lambda file: file.name):
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            language, label, text = line.split("\t")
            yield Example(
                text=text,
                label=cast("Label", label),
                language=cast("Language", language),
                line=0,
                author=file.name.removesuffix(".tsv"),
            )


def _named_in_manual() -> Iterator[Example]:
    """Headings, and what the rows of tables are about: whoever says one of these words alone asks for technical data."""
    names = {source.heading for source in manual_sources()}
    names |= {source.text.partition(";")[0] for source in manual_sources() if source.kind == "row"}
    for name in sorted(names):
        text = _COLUMN.sub("", name).strip()
        if len(text) in SIZES_OF_NAMES:
            yield Example(text=text, label="specs", language="en", line=0)


def _asked() -> Iterator[Example]:
    """Questions for facts of the manual; what only tells of a fault is one, also where the manual knows what to do about it."""
    for file in sorted(_package().joinpath(MANUAL).iterdir(), key=lambda file: file.name):
        if not file.name.endswith(SUFFIX):
            continue
        for fact in read_asked(file.read_bytes()):
            name = " / ".join((file.name.removesuffix(SUFFIX), fact.section, fact.row or ""))
            said: dict[Language, tuple[str, ...]] = {"en": fact.en, "es": fact.es}
            for language, questions in said.items():
                for text in questions:
                    if asks(text) or not _tells_of_fault(text):
                        yield Example(text=text, label="specs", language=language, line=0, fact=name)


def _tells_of_fault(text: str) -> bool:
    groups = {group for word in tokens(text) for group in load_groups().of(word)}
    return find_tree(text) is not None or not groups.isdisjoint(_OF_FAULTS)


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


def _package() -> Traversable:
    return files("smarthealth.apps.support")


def _folder() -> Traversable:
    return _package().joinpath(FOLDER)


def _lines(name: str) -> Iterator[str]:
    text = _folder().joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


_LANGUAGES: Final[tuple[Language, ...]] = ("en", "es")
