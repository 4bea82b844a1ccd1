"""`smarthealth import docs`, `smarthealth evaluate support`, `smarthealth tickets …`: what the support chat knows, routes and hands over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .data import imports
from .evaluate import evaluate
from .failing import CommandError
from .users import with_stores

if TYPE_CHECKING:
    from smarthealth.apps.support.knowledge.importing import FileReport
    from smarthealth.bootstrap.stores import Stores
    from smarthealth.settings import Settings

tickets = typer.Typer(no_args_is_help=True, help="Customers of the support chat who wait for a person.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(tickets, name="tickets")


@imports.command("docs")
def import_docs(
    paths: Annotated[list[Path], typer.Argument(help="Markdown, HTML, text and PDF files, and folders of them")],
    app: Annotated[Literal["support"], typer.Option(help="the application that is to answer from them")] = "support",
) -> None:
    """Import documents that the support chat answers from, citing file and section.

    Changed files only; what is gone from a folder is taken out. One bad file is reported and does not stop the rest; the exit
    code is 1 when there was one. A running server takes changes over within seconds.
    """
    from smarthealth.apps.support.knowledge.importing import import_documents
    from smarthealth.retrieval.documents.blocks import DocumentError
    from smarthealth.storage.documents import Documents

    async def work(settings: Settings, stores: Stores) -> None:
        try:
            reports = await import_documents(Documents(stores.pool), paths, _tell)
        except DocumentError as error:
            raise CommandError(str(error)) from None
        counts = {outcome: sum(one.outcome == outcome for one in reports) for outcome in _OUTCOMES}
        print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
        if counts["failed"]:
            raise typer.Exit(1)

    with_stores(work)


@evaluate.command("support")
def evaluate_routing(
    labelled: Annotated[Path, typer.Argument(help="tab separated: id, lang, label, text", exists=True, dir_okay=False)],
) -> None:
    """Route each message of a labelled file; print accuracy, confusion and calibration per language, then what went wrong."""
    from smarthealth.apps.support.evaluation.labelled import LabelledFileError
    from smarthealth.apps.support.evaluation.routing import evaluate_support

    try:
        report = evaluate_support(labelled)
    except LabelledFileError as error:
        raise CommandError(str(error)) from None
    for line in report.lines():
        typer.echo(line)


@tickets.command("list")
def list_tickets(
    everything: Annotated[bool, typer.Option("--all", help="closed ones too")] = False,
) -> None:
    """List the tickets that are not closed, oldest first."""
    from smarthealth.storage.tickets import Tickets

    async def work(settings: Settings, stores: Stores) -> None:
        table = Table("ticket", "state", "since", "reason", "operator", "question", box=None)
        for one in await Tickets(stores.pool).list(closed=everything):
            cells = (
                str(one.id),
                one.state,
                f"{one.opened_at:%Y-%m-%d %H:%M}",
                one.reason,
                one.operator or "",
                one.question,
            )
            table.add_row(*map(Text, cells))
        Console().print(table)

    with_stores(work)


@tickets.command("show")
def show_ticket(number: Annotated[int, typer.Argument(help="of the ticket")]) -> None:
    """Show what was said in the conversation of a ticket."""
    from smarthealth.storage.dialogues import Dialogues
    from smarthealth.storage.tickets import Tickets

    async def work(settings: Settings, stores: Stores) -> None:
        ticket = await Tickets(stores.pool).find(number)
        if ticket is None:
            raise CommandError(f"there is no ticket {number}")
        for message in await Dialogues(stores.pool).history(ticket.session_id, MESSAGES_SHOWN):
            print(f"{message.at:%Y-%m-%d %H:%M} {message.agent or message.author}: {message.content}")

    with_stores(work)


@tickets.command("close")
def close_ticket(number: Annotated[int, typer.Argument(help="of the ticket")]) -> None:
    """Close a ticket; its customer is answered by the chat again."""
    from smarthealth.storage.tickets import Tickets

    async def work(settings: Settings, stores: Stores) -> None:
        if await Tickets(stores.pool).close(number) is None:
            raise CommandError(f"there is no ticket {number} that is open")
        print(f"ticket {number} closed")

    with_stores(work)


MESSAGES_SHOWN = 200
_OUTCOMES = ("added", "changed", "unchanged", "removed", "failed")


def _tell(report: FileReport) -> None:
    if report.outcome == "failed":
        print(f"failed: {report.path}: {report.reason}")
    elif report.outcome != "unchanged":
        print(f"{report.outcome}: {report.path}{f' ({report.passages} passages)' if report.passages else ''}")
