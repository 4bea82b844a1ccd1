"""Reading the vocabulary that the package ships: one tab-separated file for each kind of concept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from .concepts import Concept
from .words import fold

_FILES = (
    "observations",
    "conditions",
    "social",
    "drugs",
    "procedures",
    "immunizations",
    "allergies",
    "encounters",
    "reports",
    "careplans",
    "devices",
    "documents",
    "shadows",
)
"""In the order in which concepts of an ambiguous name are returned."""
_SYSTEMS = {"L": "loinc", "S": "snomed", "R": "rxnorm", "C": "cvx"}
_COLUMNS = 5
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")


def read_concepts() -> Iterator[Concept]:
    """Read every concept; the format is described in the first lines of each file and in docs/reference/glossary.md."""
    folder = files("smarthealth.retrieval") / "vocabulary"
    for name in _FILES:
        lines = (folder / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        kinds = tuple(lines[0].removeprefix("# kinds:").split())
        for line in lines[2:]:
            yield _concept(line, kinds)


def read_word_pairs(name: str = "words") -> Iterator[tuple[str, str]]:
    """Read pairs of words, Spanish and English: of clinical names (`words`), or of everyday talk and notes (`everyday`)."""
    lines = (files("smarthealth.retrieval") / "vocabulary" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        spanish, english = line.split("\t")
        for one in _terms(spanish):
            for other in _terms(english):
                yield one, other


def read_purposes() -> dict[str, str]:
    """Read which class of drugs is given for what: ids of concepts, in `purposes.tsv`."""
    lines = (files("smarthealth.retrieval") / "vocabulary" / "purposes.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines[1:])


def read_known_words() -> frozenset[str]:
    """Read common words of both languages that are near some clinical word and yet are no misspelling of it."""
    text = (files("smarthealth.retrieval") / "vocabulary" / "known_words.txt").read_text(encoding="utf-8")
    return frozenset(fold(text).split())


@cache
def vocabulary_digest() -> str:
    """A digest of all vocabulary files: chunks and vectors made with another vocabulary do not go with this one."""
    folder = files("smarthealth.retrieval") / "vocabulary"
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _concept(line: str, kinds: tuple[str, ...]) -> Concept:
    english, spanish, abbreviations, parents, codes = (line.split("\t") + [""] * _COLUMNS)[:_COLUMNS]
    names = _terms(english)
    return Concept(
        id=_NOT_IN_ID.sub("-", fold(names[0])).strip("-"),
        kinds=kinds,
        english=names,
        spanish=_terms(spanish),
        abbreviations=_terms(abbreviations),
        parents=_terms(parents),
        codes=tuple(f"{_SYSTEMS[code[0]]}:{code[1:]}" for code in codes.split()),
    )


def _terms(cell: str) -> tuple[str, ...]:
    return tuple(term for term in (part.strip() for part in cell.split(";")) if term)
