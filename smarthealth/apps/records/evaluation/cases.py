"""What is asked, and what a right answer holds."""

from __future__ import annotations

from typing import Literal

import attrs

Language = Literal["es", "en"]
Kind = Literal[
    "latest", "date", "list", "count", "trend", "filter", "who", "status", "unanswerable", "abbreviation",
    "previous", "direction", "dose", "reason", "note", "person", "follow-up", "false premise", "particular",
]  # fmt: skip


@attrs.frozen(kw_only=True)
class Expected:
    """What a right answer holds; all that is given must be found in its text."""

    numbers: tuple[float, ...] = ()
    days: tuple[str, ...] = ()
    """ISO dates, each to be named in any usual form."""
    names: tuple[tuple[str, ...], ...] = ()
    """Things to be named, each by any of its names."""
    names_wanted: int | None = None
    """How many of `names` must be there; all when None."""
    forbidden: tuple[str, ...] = ()
    """Names that would be wrong: they lie outside the filter."""
    direction: Literal["up", "down", "flat"] | None = None
    affirmed: bool | None = None
    """Whether a question of yes or no is to be answered with yes."""
    absent: bool = False
    """The record does not hold it: the right answer is to say so."""
    source_days: tuple[str, ...] = ()
    """Days of the entries that the fact rests on; a source of one of them must be cited."""


@attrs.frozen(kw_only=True)
class Case:
    """One question about one patient."""

    kind: Kind
    language: Language
    document_type: int
    document_number: str
    question: str
    expected: Expected
    earlier: tuple[str, ...] = ()
    """What was asked before in the same session, oldest first."""
