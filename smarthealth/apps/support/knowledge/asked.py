"""In which words customers ask for what a document says: the file `NAME.asked.toml` beside it.

```toml
[[facts]]
section = "Tyre pressures"    # a heading of the document, as printed
row = "Cumbre"                # the first cell of a row under it, as printed; left out for the text, or for a table as a whole;
                              # "Cumbre | full load", its first two, where several rows begin alike
en = ["how hard do I pump the rear wheels"]
es = ["cuánto aire le meto atrás"]
```

Its words are found with the passage; they are never shown, and nothing is cited from them.

```
Exception
└── AskedError    the file cannot be read; says why, for people
```
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import attrs

from smarthealth.retrieval.documents.passages import BETWEEN, BETWEEN_CELLS

SUFFIX: Final = ".asked.toml"
LARGEST_FILE: Final = 1024 * 1024
"""Bytes."""
MOST_QUESTIONS: Final = 10_000
"""Of one document."""
LONGEST_QUESTION: Final = 300
"""Characters."""
_LANGUAGES: Final = ("en", "es")
_KEYS: Final = frozenset({"section", "row", *_LANGUAGES})


Questions = tuple[tuple[str, ...], ...]
"""Of a passage: for each thing that it says, the words in which it is asked for."""


class AskedError(Exception):
    """A file of questions cannot be read; its text says why, for people."""


class Passage(Protocol):
    """A passage of a document: `retrieval.documents.passages.Passage`."""

    @property
    def section(self) -> str:
        """The headings above it."""
        ...

    @property
    def kind(self) -> str:
        """text, table or row."""
        ...

    @property
    def text(self) -> str:
        """What it says."""
        ...


@attrs.frozen(kw_only=True)
class AskedFact:
    """How customers ask for one thing that a document says."""

    section: str
    row: str | None = None
    en: tuple[str, ...] = ()
    es: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """In both languages."""
        return (*self.en, *self.es)

    def __str__(self) -> str:
        return f"section “{self.section}”" + (f", row “{self.row}”" if self.row is not None else "")


def read_asked(data: bytes) -> list[AskedFact]:
    """Read a file of questions.

    Raises:
        AskedError: It is too large, or not what the head of this module shows.
    """
    if len(data) > LARGEST_FILE:
        raise AskedError(f"it is larger than {LARGEST_FILE} bytes")
    try:
        content = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AskedError(f"it is no TOML: {error}") from None
    entries = content.get("facts", [])
    if set(content) - {"facts"} or not isinstance(entries, list):
        raise AskedError("it holds something else than [[facts]]")
    facts = [_fact(number, entry) for number, entry in enumerate(entries, start=1)]
    if sum(len(fact.questions) for fact in facts) > MOST_QUESTIONS:
        raise AskedError(f"it holds more than {MOST_QUESTIONS} questions")
    return facts


def _fact(number: int, entry: Any) -> AskedFact:
    if not isinstance(entry, dict) or set(entry) - _KEYS:
        raise AskedError(f"facts {number} has other keys than section, row, en and es")
    section, row = entry.get("section"), entry.get("row")
    if not isinstance(section, str) or not (row is None or isinstance(row, str)):
        raise AskedError(f"facts {number}: section must be a text, and row, if it is there")
    return AskedFact(section=section, row=row, **{one: _questions(number, one, entry) for one in _LANGUAGES})


def _questions(number: int, language: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    questions = entry.get(language, [])
    if not isinstance(questions, list) or not all(isinstance(one, str) and one.strip() for one in questions):
        raise AskedError(f"facts {number}: {language} must be a list of texts")
    long = next((one for one in questions if len(one) > LONGEST_QUESTION), None)
    if long is not None:
        raise AskedError(f"facts {number}: “{long[:40]}…” is longer than {LONGEST_QUESTION} characters")
    return tuple(questions)


def placed(facts: Sequence[AskedFact], passages: Sequence[Passage]) -> tuple[list[Questions], list[AskedFact]]:
    """Which passages the questions are for.

    Returns:
        For each passage the questions of its facts; and the facts whose section or row is not in the document.
    """
    found: list[list[tuple[str, ...]]] = [[] for _ in passages]
    lost: list[AskedFact] = []
    rows, texts, tables = _by_place(passages)
    for fact in facts:
        if fact.row is not None:
            numbers = rows.get((fact.section, fact.row), [])
        else:
            numbers = texts.get(fact.section) or tables.get(fact.section, [])
        if not numbers:
            lost.append(fact)
        for number in numbers:
            found[number].append(fact.questions)
    return [tuple(facts) for facts in found], lost


_Rows = Mapping[tuple[str, str], list[int]]
_Sections = Mapping[str, list[int]]


def _by_place(passages: Sequence[Passage]) -> tuple[_Rows, _Sections, _Sections]:
    """Numbers of passages: rows by section and first cell, running texts by section, tables by section."""
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    texts: dict[str, list[int]] = defaultdict(list)
    tables: dict[str, list[int]] = defaultdict(list)
    column = ""
    for number, passage in enumerate(passages):
        # a section is named by its innermost heading, or by all of them where that is needed to tell it from another
        sections = {passage.section, passage.section.rpartition(BETWEEN)[2]}
        if passage.kind == "table":
            column = passage.text.partition("\n")[0].partition(BETWEEN_CELLS)[0]
        for section in sections:
            if passage.kind == "row":
                for cell in _first_cells(passage.text, column):
                    rows[section, cell].append(number)
            else:
                (texts if passage.kind == "text" else tables)[section].append(number)
    return rows, texts, tables


def _first_cells(row: str, column: str) -> Iterator[str]:
    """What the first cell of a row may be, with the name of its column before it, or without; alone, and with the second cell."""
    name, *others = row.split("; ")
    names = [name, name[len(column) + 1 :]] if column and name.startswith(f"{column} ") else [name]
    yield from names
    if others:
        second = others[0].partition(": ")[2] or others[0]
        yield from (f"{one}{BETWEEN_CELLS}{second}" for one in names)
