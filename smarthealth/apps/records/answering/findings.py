"""What the look-ups found."""

from __future__ import annotations

import attrs

from smarthealth.apps.records.understanding.question import Ask, Topic

from .entries import Entry, Person
from .facts import Fact
from .matching import Quality


@attrs.frozen(kw_only=True)
class Finding:
    """The answer to one ask about one topic, before its sources are numbered."""

    ask: Ask
    fact: Fact
    """Its items have no numbers yet; they stand for `entries`, one for one."""
    topic: Topic | None = None
    entries: tuple[Entry, ...] = ()
    """What the fact's items speak of."""
    further: tuple[Entry, ...] = ()
    """Other entries that the fact rests on, such as the rest of what was counted."""
    quality: Quality = Quality.NONE

    @property
    def is_absence(self) -> bool:
        """Whether it says that something is not in the record."""
        return self.fact.say in ("absent", "refusal", "lacking")


@attrs.frozen(kw_only=True)
class Findings:
    """Everything that the look-ups found for one question."""

    person: Person
    findings: tuple[Finding, ...]
    records_analyzed: int
    """Entries of the patient that were looked at."""
    names: tuple[str, ...] = ()
    """Names of things in this record, for the verifier."""
