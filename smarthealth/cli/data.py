"""`smarthealth import …` and `smarthealth index …`: records in, and the index over them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from .failing import CommandError
from .users import with_stores

if TYPE_CHECKING:
    from smarthealth.apps.records.importing import Failure
    from smarthealth.bootstrap.stores import Stores
    from smarthealth.retrieval.index import ChunkIndex
    from smarthealth.settings import Settings

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
        Path | None, typer.Option(help="write the resources that could not be taken to this file, tab separated")
    ] = None,
) -> None:
    """Import FHIR R4. Twice is the same as once; an interrupted import goes on where it was.

    One bad resource is reported and does not stop the rest; the exit code is 1 when there was one.
    """
    from smarthealth.apps.records.importing import ImportingError, Outcome, import_paths
    from smarthealth.apps.records.indexing import index_pending

    from .progress import draw_indexing, draw_report, import_bar, indexing_bar

    async def work(settings: Settings, stores: Stores) -> None:
        console = Console()
        try:
            with import_bar(console) as progress:
                report = await import_paths(stores.pool, paths, progress)
        except ImportingError as error:
            raise CommandError(str(error)) from None
        draw_report(console, report)
        if failures is not None:
            failures.write_text("".join(map(_line, report.failures)), encoding="utf-8", errors="backslashreplace")
        async with opened_index(settings, stores) as chunks:
            with indexing_bar(console) as indexing:
                draw_indexing(console, await index_pending(stores.pool, chunks, indexing))
        if report.total(Outcome.FAILED):
            raise typer.Exit(1)

    with_stores(work)


@index.command("rebuild")
def rebuild() -> None:
    """Make the search index anew from PostgreSQL, which is the truth; a running server takes it over."""
    from smarthealth.apps.records.indexing import rebuild as rebuild_all

    from .progress import draw_indexing, indexing_bar

    async def work(settings: Settings, stores: Stores) -> None:
        console = Console()
        async with opened_index(settings, stores) as chunks:
            with indexing_bar(console) as indexing:
                draw_indexing(console, await rebuild_all(stores.pool, chunks, indexing))

    with_stores(work)


def _line(failure: Failure) -> str:
    return f"{failure.file}\t{failure.position}\t{failure.resource_type}\t{failure.reason}\n"


@asynccontextmanager
async def opened_index(settings: Settings, stores: Stores) -> AsyncIterator[ChunkIndex]:
    """The index, with the embedder that the settings ask for."""
    from smarthealth.bootstrap.index import open_index
    from smarthealth.bootstrap.models import open_models

    async with open_models(settings.model) as models:
        yield await open_index(settings, stores, models.embedder)
