"""How long work shows its progress, and what it did, on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from smarthealth.apps.records.importing import ImportReport, Outcome, ProgressListener
from smarthealth.apps.records.importing import Progress as Imported
from smarthealth.apps.records.indexing import IndexingListener, IndexingProgress, IndexingReport

FAILURES_SHOWN = 20


@contextmanager
def import_bar(console: Console) -> Iterator[ProgressListener]:
    """A progress bar with rate and time left."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rate]:,.0f} resources/min"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", rate=0.0, total=None)

        def show(progress: Imported) -> None:
            name = Path(progress.file).name or f"placing {progress.waiting}"
            bar.update(
                task, description=name, total=progress.bytes_total, completed=progress.bytes_done, rate=progress.rate
            )

        yield show


@contextmanager
def indexing_bar(console: Console) -> Iterator[IndexingListener]:
    """A progress bar over patients."""
    columns = (SpinnerColumn(), TextColumn("indexing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("indexing", total=None)

        def show(progress: IndexingProgress) -> None:
            bar.update(task, total=progress.patients_total, completed=progress.patients_done)

        yield show


def draw_indexing(console: Console, report: IndexingReport) -> None:
    """Print what was indexed."""
    console.print(f"{report.patients:,} patients indexed, {report.chunks:,} passages, in {report.seconds:.1f} s")


def draw_report(console: Console, report: ImportReport) -> None:
    """Print what an import did, and what it did not take and why."""
    table = Table("resource", *(outcome.value for outcome in Outcome), box=None, header_style="bold")
    for kind, counts in report.tally.items():
        table.add_row(kind, *(f"{counts.get(outcome, 0):,}" for outcome in Outcome))
    table.add_row("all", *(f"{report.total(outcome):,}" for outcome in Outcome), style="bold")
    console.print(table)
    resumed = ", going on where an earlier run was" if report.resumed else ""
    console.print(
        f"{report.files} files, {report.resources:,} resources in {report.seconds:.1f} s "
        f"({report.rate:,.0f} a minute){resumed}"
    )
    for failure in report.failures[:FAILURES_SHOWN]:
        place = f"{Path(failure.file).name}:{failure.position}"
        console.print(f"{place} {failure.resource_type}: {failure.reason}", style="red", markup=False, highlight=False)
    hidden = report.total(Outcome.FAILED) - min(len(report.failures), FAILURES_SHOWN)
    if hidden > 0:
        reasons = Counter(failure.reason for failure in report.failures).most_common(3)
        often = "; ".join(reason for reason, _ in reasons)
        console.print(f"… and {hidden:,} more; most often: {often}", style="red", markup=False, highlight=False)
