"""What an import has done, while it runs and when it is over."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

import attrs

MAX_FAILURES: Final = 1000
"""Failures that a report lists; all are counted."""


class Outcome(enum.StrEnum):
    """What became of one resource."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    """Of a type that is not imported, or never stored because it says that it was entered in error."""
    FAILED = "failed"


Tally = Counter[tuple[str, Outcome]]
"""How many resources of a type came to which outcome."""


@attrs.frozen(kw_only=True)
class Failure:
    """A resource that could not be taken, or a file that could not be read on."""

    file: str
    position: int
    """Line of NDJSON or entry of a bundle, from 1; 0 for the file as a whole."""
    resource_type: str
    reason: str
    """Names elements and never values."""


@attrs.frozen(kw_only=True)
class ImportReport:
    """What an import did, with what it had done before it was interrupted."""

    files: int
    bytes: int
    seconds: float
    """Of this run alone."""
    resources: int
    """Read in this run alone."""
    tally: Mapping[str, Mapping[Outcome, int]]
    """Resource type to outcome to count, the interrupted run's included."""
    failures: tuple[Failure, ...]
    """The first `MAX_FAILURES`, in order of files and positions."""
    resumed: bool
    """Whether an earlier run of the same files was gone on with."""

    @property
    def rate(self) -> float:
        """Resources a minute."""
        return self.resources / self.seconds * 60 if self.seconds else 0.0

    def total(self, outcome: Outcome) -> int:
        """How many resources of any type came to this outcome."""
        return sum(counts.get(outcome, 0) for counts in self.tally.values())


@attrs.frozen(kw_only=True)
class Progress:
    """How far an import has come."""

    bytes_done: int
    bytes_total: int
    """Of all files as they lie on the disk, compressed ones compressed."""
    resources: int
    """Read in this run."""
    failed: int
    waiting: int
    """Resources that were read, but wait for others to which they refer."""
    seconds: float
    file: str
    """The file being read; empty when all are read and what waits is being placed."""

    @property
    def rate(self) -> float:
        """Resources a minute."""
        return self.resources / self.seconds * 60 if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """A guess from the rate so far, None when there is none yet."""
        if not self.bytes_done or not self.seconds:
            return None
        return self.seconds * (self.bytes_total - self.bytes_done) / self.bytes_done


ProgressListener = Callable[[Progress], None]
"""Is told how far an import has come, on the event loop, a few times a second at most; it must return soon."""


def by_type(tally: Tally) -> dict[str, dict[Outcome, int]]:
    """A tally as a report shows it: types in order, outcomes in theirs."""
    found: dict[str, dict[Outcome, int]] = {}
    for kind in sorted({kind for kind, _ in tally}):
        found[kind] = {outcome: tally[kind, outcome] for outcome in Outcome if tally[kind, outcome]}
    return found
