"""How long work shows its progress, and what it did."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from smarthealth.apps.records.importing import Failure, ImportReport, Outcome
from smarthealth.apps.records.importing import Progress as Imported
from smarthealth.apps.records.indexing import IndexingProgress, IndexingReport
from smarthealth.cli.progress import FAILURES_SHOWN, draw_indexing, draw_report, import_bar, indexing_bar


@pytest.fixture
def console() -> Console:
    """A terminal in memory."""
    return Console(file=io.StringIO(), width=120, force_terminal=True, color_system=None)


def shown(console: Console) -> str:
    """What is on it."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def imported(file: str, done: int) -> Imported:
    """An import at a hundred resources a second."""
    return Imported(bytes_done=done, bytes_total=4000, resources=200, failed=0, waiting=17, seconds=2.0, file=file)


def test_an_import_shows_file_rate_and_share(console: Console) -> None:
    """The bar has the file's name, how much is read, and resources a minute; at the end it says what is placed."""
    for file, done in (("folder/bundle.json", 1000), ("", 4000)):
        with import_bar(console) as listener:
            listener(imported(file, done))
    text = shown(console)
    assert "bundle.json" in text
    assert "1.0/4.0 kB" in text
    assert "6,000 resources/min" in text
    assert "placing 17" in text


def test_indexing_shows_patients(console: Console) -> None:
    """The bar has patients done and to do, and the summary what was made."""
    with indexing_bar(console) as listener:
        listener(IndexingProgress(patients_done=3, patients_total=8, chunks=99, seconds=1.0))
    assert "3/8" in shown(console)
    draw_indexing(console, IndexingReport(patients=1234, chunks=5678, removed=0, seconds=1.25))
    assert "1,234 patients indexed, 5,678 passages, in 1.2 s" in shown(console)


def report(failures: int, *, counted: int | None = None, resumed: bool = False) -> ImportReport:
    """What an import of patients did."""
    return ImportReport(
        files=2,
        bytes=100,
        seconds=6.0,
        resources=1500,
        tally={"Patient": {Outcome.NEW: 1500, Outcome.FAILED: failures if counted is None else counted}},
        failures=tuple(
            Failure(file="a/b.json", position=number, resource_type="Patient", reason=f"odd [value] {number % 2}")
            for number in range(failures)
        ),
        resumed=resumed,
    )


def test_a_report_counts_by_type_and_outcome(console: Console) -> None:
    """What came of each type, of all together, how fast, and whether an earlier run was gone on with."""
    draw_report(console, report(0, resumed=True))
    heading, patients, together, summary = (" ".join(line.split()) for line in shown(console).splitlines())
    assert heading == "resource " + " ".join(outcome.value for outcome in Outcome)
    assert patients == "Patient 1,500 0 0 0 0"
    assert together == "all 1,500 0 0 0 0"
    assert summary == "2 files, 1,500 resources in 6.0 s (15,000 a minute), going on where an earlier run was"


def test_failures_are_shown_with_place_and_reason(console: Console) -> None:
    """A resource that could not be taken has file, position, type and reason, as they are."""
    draw_report(console, report(2))
    assert shown(console).splitlines()[-2:] == [
        "b.json:0 Patient: odd [value] 0",
        "b.json:1 Patient: odd [value] 1",
    ]


@pytest.mark.parametrize(("listed", "counted", "hidden"), [(25, 25, 5), (25, 9000, 8980), (3, 10, 7)])
def test_many_failures_are_summed_up(console: Console, listed: int, counted: int, hidden: int) -> None:
    """Beyond the first ones there is how many more there are and what most of them are."""
    draw_report(console, report(listed, counted=counted))
    lines = shown(console).splitlines()
    assert sum(line.startswith("b.json:") for line in lines) == min(listed, FAILURES_SHOWN)
    assert lines[-1] == f"… and {hidden:,} more; most often: odd [value] 0; odd [value] 1"
