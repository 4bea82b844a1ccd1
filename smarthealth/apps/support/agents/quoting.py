"""What a source says, in a sentence or two: of a row the columns that are asked for, of running text the sentences to the point."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final

from smarthealth.apps.support.knowledge.car import any_of, load_car
from smarthealth.apps.support.knowledge.features import naming_words
from smarthealth.apps.support.knowledge.lexicon import concepts_in, load_lexicon
from smarthealth.apps.support.knowledge.sentences import LONGEST, sentences_of, to_the_point
from smarthealth.retrieval.documents.passages import BETWEEN_CELLS
from smarthealth.retrieval.words import fold

from .phrases import Phrases

LONGEST_TABLE: Final = 700
"""Characters of a table that are told where the table itself is asked for."""
LONGEST_UNIT: Final = 3
"""Letters of a unit's sign: the same in both languages."""
NOTHING: Final = frozenset({"", "-", "–", "—"})
"""Cells that say nothing."""
_GEARBOXES: Final = frozenset({"automatic", "manual"})
"""Things by which versions differ in any car."""
_OF_ALL: Final = ("all versions", "figure")
"""Columns whose values hold for every version."""
_WORDY: Final = re.compile(r"[^\W\d_]{3,}")
"""A cell that begins so says itself what it is; of another the column's name is told too: "Gear 6th"."""
_WORD: Final = re.compile(r"[^\W\d_]+")


def told(source: Mapping[str, str], question: str, phrases: Phrases) -> str:
    """What a source says of a question, without a point at its end."""
    if source["kind"] == "row":
        row = row_told(source["text"], source.get("table", ""), question, phrases)
        return f"{row} ({source['section'].rpartition(' › ')[2]})"
    if source["kind"] == "table":
        return table_told(source["text"], question, phrases)
    return (source.get("point") or _cut(source["text"])).rstrip(".")


def row_told(text: str, table: str, question: str, phrases: Phrases) -> str:
    """A row: its name, and what stands in the columns asked for, in all where none is."""
    header = table.partition("\n")[0].split(BETWEEN_CELLS)
    name, cells = _cells(text, header)
    return _line(name, _asked_for(cells, question, _telling(table)), max(len(header) - 1, len(cells)), phrases)


def table_told(text: str, question: str, phrases: Phrases) -> str:
    """A table's rows, each after its name; of a long one those that the question names, or the first."""
    lines = [line.split(BETWEEN_CELLS) for line in text.split("\n")]
    header, rows = lines[0], lines[1:]
    if not rows:
        return ", ".join(header)
    telling = _telling(text)
    lines_told = [
        _line(
            _name(header[0], row[0]),
            _asked_for(list(zip(header[1:], row[1:], strict=False)), question, telling),
            len(header) - 1,
            phrases,
        )
        for row in rows
    ]
    asked = _named(question)
    best = sorted(range(len(rows)), key=lambda at: -len(asked & _named(" ".join(rows[at]))))
    within = [
        at
        for at, sum_ in zip(best, accumulate(len(lines_told[at]) for at in best), strict=True)
        if sum_ <= LONGEST_TABLE
    ]
    return ". ".join(lines_told[at] for at in sorted(within or best[:1]))


def _line(name: str, cells: Sequence[tuple[str, str]], columns: int, phrases: Phrases) -> str:
    """A row of so many columns, of which these cells are told; what all versions have is told once."""
    said = [(column, value) for column, value in cells if value not in NOTHING]
    name = _in_their_language(name, phrases)
    if not said:
        return name
    is_one = len({value for _, value in said}) == 1 and len(said) == columns
    if is_one and all(_is_version(column) for column, _ in said):
        return f"{name}: {_value(said[0][1], phrases)}"
    between = "; " if any(": " in _cell(column, value, phrases) for column, value in said) else ", "
    return f"{name}: {between.join(_cell(column, value, phrases) for column, value in said)}"


def _cell(column: str, value: str, phrases: Phrases) -> str:
    value = _value(value, phrases)
    if not column:
        return value
    if _is_version(column):
        return f"{value} ({column})"
    return f"{_column(column, phrases)}{': ' if value[0].isalpha() else ' '}{value}"


def _cells(text: str, header: Sequence[str]) -> tuple[str, list[tuple[str, str]]]:
    """The name of a row and its cells by column; values may hold what parts cells, so the header says where they begin."""
    places = [(text.find(f"; {column}: "), column) for column in header[1:] if column]
    places = sorted((at, column) for at, column in places if at >= 0)
    if not places:
        name, *rest = text.split("; ")
        return _name(header[0], name.removeprefix(f"{header[0]} ")), [_parted(cell) for cell in rest]
    ends = [*(at for at, _ in places[1:]), len(text)]
    name = text[: places[0][0]].removeprefix(f"{header[0]} ")
    cells = [
        (column, text[at + len(column) + 4 : end]) for (at, column), end in zip(places, ends, strict=True)
    ]  # 4 of "; " and ": "
    return _name(header[0], name), cells


def _parted(cell: str) -> tuple[str, str]:
    column, between, value = cell.partition(": ")
    return (column, value) if between else ("", column)


def _name(column: str, cell: str) -> str:
    return cell if not column or _WORDY.match(cell) else f"{column} {cell}"


def _asked_for(cells: Sequence[tuple[str, str]], question: str, telling: frozenset[str]) -> list[tuple[str, str]]:
    """Those whose columns a question names, if it names some, after those that tell rows apart."""
    asked = _named(question)
    mine = [
        (column, value)
        for column, value in cells
        if column and column not in telling and value not in NOTHING and asked & _named(column)
    ]
    return [*(cell for cell in cells if cell[0] in telling), *mine] if mine else list(cells)


@lru_cache(maxsize=256)
def _telling(table: str) -> frozenset[str]:
    """The columns that tell rows apart which begin alike: as many, from the left, as it takes."""
    header, *rows = (line.split(BETWEEN_CELLS) for line in table.split("\n"))
    first = Counter(row[0] for row in rows)
    alike = [row for row in rows if first[row[0]] > 1]
    size = next((size for size in range(1, len(header)) if len({tuple(row[:size]) for row in alike}) == len(alike)), 1)
    return frozenset(header[1:size])


def _named(text: str) -> set[str]:
    """The things that a text names, and its other words; what everyday words may mean is too much for a column."""
    return {way for _, ways in naming_words(text) for way in ways if way[0] != "="}


def _is_version(column: str) -> bool:
    things, named = _versions()
    return bool(concepts_in(column) & things) or named.search(column) is not None


@cache
def _versions() -> tuple[frozenset[str], re.Pattern[str]]:
    """By which things, and by which words, a column is one version's, or all versions'."""
    car = load_car()
    words = (*_OF_ALL, *(one.word for one in car.versions if one.word), *(one.name for one in car.trims))
    named = re.compile(rf"\b(?:{any_of(map(re.escape, words))})\b", re.IGNORECASE)
    return _GEARBOXES.union(one.thing for one in car.versions if one.thing), named


def _column(column: str, phrases: Phrases) -> str:
    return phrases.labels.get(column, column[:1].lower() + column[1:])


def _in_their_language(name: str, phrases: Phrases) -> str:
    """A row's name in the other language before its own, where the lexicon has it as a whole."""
    if not phrases.labels:
        return name
    known = next((one for one in load_lexicon().all if fold(name) in map(fold, one.english)), None)
    return f"{known.spanish_name[:1].upper()}{known.spanish_name[1:]} ({name})" if known is not None else name


def _value(value: str, phrases: Phrases) -> str:
    """A value whose every word is one of measure, in the language of the answer; another one as it stands."""
    plain = value
    for english, other in phrases.measures.items():
        plain = re.sub(rf"\b{english}\b", other, plain)
    left = [word for word in _WORD.findall(value) if len(word) > LONGEST_UNIT]
    known = {word for english in phrases.measures for word in english.split()}
    return plain if all(word in known for word in left) else value


def _cut(text: str) -> str:
    """The beginning of a text whose point is not known."""
    sentences = sentences_of(text)
    return to_the_point(sentences, [1.0 / (1 + number) for number in range(len(sentences))])[:LONGEST]
