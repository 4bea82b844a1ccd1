"""`smarthealth import …` and `smarthealth index …`: records in, and the index over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
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

from smarthealth.apps.records.importing import ImportingError, ImportReport, Outcome, ProgressListener, import_paths
from smarthealth.apps.records.importing import Progress as Imported
from smarthealth.apps.records.indexing import IndexingListener, IndexingProgress, IndexingReport, index_pending
from smarthealth.apps.records.indexing import rebuild as rebuild_all
from smarthealth.bootstrap.index import open_index
from smarthealth.bootstrap.models import open_models
from smarthealth.bootstrap.stores import Stores
from smarthealth.settings import Settings

from .failing import CommandError
from .users import with_stores

FAILURES_SHOWN = 20

imports = typer.Typer(no_args_is_help=True, help="Bring records in.")
index = typer.Typer(no_args_is_help=True, help="Look after the search index.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(imports, name="import")
    app.add_typer(index, name="index")


@imports.command("fhir")
def import_fhir(
    paths: Annotated[list[Path], typer.Argument(help="bundles, bulk NDJSON, either of them gzipped, and folders")],
    failures: Annotated[
        Path | None, typer.Option(help="write every reported resource to this file, tab separated")
    ] = None,
) -> None:
    """Import FHIR R4. Twice is the same as once; an interrupted import goes on where it was.

    One bad resource is reported and does not stop the rest; the exit code is 1 when there was one.
    """

    async def work(settings: Settings, stores: Stores) -> None:
        console = Console()
        try:
            with import_bar(console) as progress:
                report = await import_paths(stores.pool, paths, progress)
        except ImportingError as error:
            raise CommandError(str(error)) from None
        draw_report(console, report)
        async with open_models(settings.model) as models:
            chunks = await open_index(settings, stores, models.embedder)
            with indexing_bar(console) as indexing:
                draw_indexing(console, await index_pending(stores.pool, chunks, indexing))
        if failures is not None:
            failures.write_text(
                "".join(f"{f.file}\t{f.position}\t{f.resource_type}\t{f.reason}\n" for f in report.failures)
            )
        if report.total(Outcome.FAILED):
            raise typer.Exit(1)

    with_stores(work)


@index.command("rebuild")
def rebuild() -> None:
    """Make the search index anew from PostgreSQL, which is the truth; a running server takes it over."""

    async def work(settings: Settings, stores: Stores) -> None:
        console = Console()
        async with open_models(settings.model) as models:
            chunks = await open_index(settings, stores, models.embedder)
            with indexing_bar(console) as indexing:
                draw_indexing(console, await rebuild_all(stores.pool, chunks, indexing))

    with_stores(work)


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
        console.print(f"… and {hidden} more; most often: {'; '.join(reason for reason, _ in reasons)}", style="red")
