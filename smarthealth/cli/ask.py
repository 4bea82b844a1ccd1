"""`smarthealth ask`: a question on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import trio
import typer
from rich.console import Console

from .failing import CommandError
from .preparing import prepare

if TYPE_CHECKING:
    from .client import Client, Document

LOCAL_URL = "ws://localhost:8088/records/ws/chat"
TOKEN_VARIABLE = "SMARTHEALTH_TOKEN"
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

DocumentOption = Annotated[str, typer.Option(metavar="TYPE:NUMBER", help="the patient's document, such as CD:30995750")]
UrlOption = Annotated[str, typer.Option(metavar="URL", help="the server's WebSocket")]
TokenOption = Annotated[
    str | None,
    typer.Option(
        envvar=TOKEN_VARIABLE,
        help="token to sign in with; without one, and on this machine only, the demo user's is made",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(ask)


def ask(
    question: Annotated[str, typer.Argument(help="the question, in Spanish or English")],
    document: DocumentOption,
    url: UrlOption = LOCAL_URL,
    token: TokenOption = None,
) -> None:
    """Ask one question about a patient and watch the answer stream in; exit code 1 when there is none."""
    from .client import open_client

    patient = read_document(document)

    async def run() -> bool:
        async with open_client(url, token or await local_token(url)) as client:
            return await put(client, patient, question)

    if not trio.run(run):
        raise typer.Exit(1)


def read_document(text: str) -> Document:
    """Read the option that names a patient.

    Raises:
        typer.BadParameter: It is not of the form TYPE:NUMBER.
    """
    from .client import ClientError, Document

    try:
        return Document.parse(text)
    except ClientError as error:
        raise typer.BadParameter(str(error), param_hint="--document") from None


async def put(client: Client, patient: Document, question: str, console: Console | None = None) -> bool:
    """Ask and draw; whether there was an answer."""
    from .client import draw_event

    console = console or Console()
    kind = ""
    async for event in client.ask(patient, question):
        draw_event(console, event)
        kind = event["type"]
    return kind == "complete"


async def local_token(url: str) -> str:
    """A token of the demo user, for a server on this machine.

    Raises:
        CommandError: The server is on another one.
        ClientError: There is none.
        StartError: There is no demo user.
    """
    from smarthealth.bootstrap.accounts import DEMO_EMAIL, issue_token
    from smarthealth.bootstrap.stores import open_stores

    from .client import require_server

    if urlsplit(url).hostname not in THIS_MACHINE:
        raise CommandError(f"give a token with --token or {TOKEN_VARIABLE}")
    # looked for first, since without a server there may be no database either, and opening it would make one
    await require_server(url)
    settings = prepare()
    async with open_stores(settings) as stores:
        return await issue_token(settings, stores, DEMO_EMAIL)
