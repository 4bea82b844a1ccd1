"""What chunking reads of a clinical record.

Retrieval may not import storage: this protocol is what the two agree on. Every attribute is a column of the table `record`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class RecordEntry(Protocol):
    """One entry of a patient's record."""

    @property
    def id(self) -> int:
        """Of the row; chunks refer to it."""
        ...

    @property
    def kind(self) -> str:
        """As in the table `record`."""
        ...

    @property
    def fhir_id(self) -> str:
        """Chunk ids are made of it."""
        ...

    @property
    def parent_id(self) -> int | None:
        """A component's observation, a result's report."""
        ...

    @property
    def code(self) -> str | None:
        """As the record has it."""
        ...

    @property
    def code_system(self) -> str | None:
        """A URI."""
        ...

    @property
    def display(self) -> str:
        """As the record has it."""
        ...

    @property
    def status(self) -> str | None:
        """As the record has it."""
        ...

    @property
    def verification(self) -> str | None:
        """Of a condition or an allergy."""
        ...

    @property
    def started_on(self) -> date | None:
        """The day, the first one where only a year or month is written."""
        ...

    @property
    def precision(self) -> str | None:
        """What is written of the day: year, month, day or instant."""
        ...

    @property
    def ended_on(self) -> date | None:
        """The last day."""
        ...

    @property
    def value(self) -> float | None:
        """A quantity."""
        ...

    @property
    def unit(self) -> str | None:
        """Of the quantity."""
        ...

    @property
    def value_text(self) -> str | None:
        """A value that is no quantity."""
        ...

    @property
    def range_low(self) -> float | None:
        """Of the reference range."""
        ...

    @property
    def range_high(self) -> float | None:
        """Of the reference range."""
        ...

    @property
    def interpretation(self) -> str | None:
        """The laboratory's own."""
        ...

    @property
    def dosage(self) -> str | None:
        """Of a medication."""
        ...

    @property
    def severity(self) -> str | None:
        """Of a condition or an allergy."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it was done or given."""
        ...

    @property
    def body(self) -> str | None:
        """A text: of a document, a conclusion, notes."""
        ...

    @property
    def practitioners(self) -> Sequence[str]:
        """Who took part."""
        ...

    @property
    def organization(self) -> str | None:
        """Where."""
        ...
