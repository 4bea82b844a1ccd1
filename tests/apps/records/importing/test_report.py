"""What an import has done, in numbers."""

from __future__ import annotations

from collections import Counter

import pytest

from smarthealth.apps.records.importing.report import ImportReport, Outcome, Progress, by_type


def test_a_report_adds_up() -> None:
    """Totals are over all types, and the rate is of this run."""
    tally = by_type(Counter({("Patient", Outcome.NEW): 2, ("Claim", Outcome.SKIPPED): 3, ("Claim", Outcome.NEW): 1}))
    assert list(tally) == ["Claim", "Patient"]
    assert tally["Claim"] == {Outcome.NEW: 1, Outcome.SKIPPED: 3}
    report = ImportReport(files=1, bytes=10, seconds=2.0, resources=6, tally=tally, failures=(), resumed=False)
    assert (report.total(Outcome.NEW), report.total(Outcome.FAILED), report.rate) == (3, 0, 180.0)


@pytest.mark.parametrize(
    ("seconds", "done", "rate", "left"), [(10.0, 25, 600.0, 30.0), (0.0, 25, 0.0, None), (10.0, 0, 600.0, None)]
)
def test_progress_guesses_the_time_left(seconds: float, done: int, rate: float, left: float | None) -> None:
    """The time left follows from the bytes done, and is unknown before the first."""
    progress = Progress(bytes_done=done, bytes_total=100, resources=100, failed=0, waiting=0, seconds=seconds, file="a")
    assert (progress.rate, progress.seconds_left) == (rate, left)


def test_no_time_no_rate() -> None:
    """A report of no time has no rate."""
    assert ImportReport(files=0, bytes=0, seconds=0.0, resources=0, tally={}, failures=(), resumed=False).rate == 0.0
