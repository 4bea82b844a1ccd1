"""A clinical concept and where it was found."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Concept:
    """A clinical thing that has names in two languages."""

    id: str
    """The first English name in lower case with hyphens; unique and stable."""
    kinds: tuple[str, ...]
    """Kinds of the table `record` in which it appears."""
    spanish: tuple[str, ...]
    """Names people use, the preferred one first; lay words included."""
    english: tuple[str, ...]
    """As records and people have it, the preferred one first."""
    abbreviations: tuple[str, ...] = ()
    """In either language, as usually written."""
    parents: tuple[str, ...] = ()
    """Ids of the concepts that this one is a kind of."""
    codes: tuple[str, ...] = ()
    """As `system:code`, with loinc, snomed, rxnorm and cvx for system; empty where none is known for certain."""

    @property
    def spanish_name(self) -> str:
        """The preferred Spanish name."""
        return self.spanish[0] if self.spanish else self.english[0]

    @property
    def english_name(self) -> str:
        """The preferred English name."""
        return self.english[0]

    @property
    def names(self) -> tuple[str, ...]:
        """All names and abbreviations."""
        return self.spanish + self.english + self.abbreviations


@attrs.frozen(kw_only=True)
class ConceptMatch:
    """A concept found in a text."""

    concept: Concept
    start: int
    end: int
    surface: str
    """The text's own words, from `start` to `end`."""
    corrected: bool = False
    """True when a spelling mistake was corrected to find it."""
