"""`smarthealth chat APP`: a conversation on the terminal with any of the applications."""

from __future__ import annotations

import os
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit, urlunsplit

import trio
import typer
from rich.console import Console
from rich.text import Text

from .ask import LOCAL_URL, TokenOption, local_token, put, read_document

if TYPE_CHECKING:
    from .client import Client
    from .dialogues import Dialogue, Shown

MAIN_PORT: Final = "ws://localhost:8088"
YES: Final = frozenset({"y", "yes", "s", "si", "sí"})
_SCHEMES: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_STYLES: Final = {"text": "", "line": "", "dim": "dim", "alarm": "bold red", "error": "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(chat)


def chat(
    application: Annotated[
        Literal["records", "doctor", "taxi", "workspace", "support"],
        typer.Argument(metavar="APP", help="which application: records, doctor, taxi, workspace or support"),
    ],
    document: Annotated[
        str | None,
        typer.Option(metavar="TYPE:NUMBER", help="records only: the patient's document, such as CD:30995750"),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="the server, such as http://localhost:8088, or its WebSocket with the path"),
    ] = None,
    token: TokenOption = None,
    session: Annotated[str | None, typer.Option(help="id of a conversation to go on with")] = None,
) -> None:
    """Ask again and again in one session, which remembers; an empty line or the end of the input leaves."""
    if application == "records":
        trio.run(_records, document, socket_url(url or LOCAL_URL, urlsplit(LOCAL_URL).path), token)
    else:
        trio.run(_other, application, url, token, session or str(uuid.uuid4()))


def socket_url(url: str, path: str) -> str:
    """The address of a WebSocket: of a server's address without a path, that of the application on it.

    Raises:
        typer.BadParameter: It is no address of a server.
    """
    parts = urlsplit(url)
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise typer.BadParameter("name a server as http://HOST:PORT or ws://HOST:PORT", param_hint="--url")
    return urlunsplit(parts._replace(scheme=scheme, path=path if parts.path in ("", "/") else parts.path))


async def _records(document: str | None, url: str, token: str | None) -> None:
    from .client import open_client

    if document is None:
        raise typer.BadParameter("records are of a patient: name one as TYPE:NUMBER", param_hint="--document")
    patient = read_document(document)
    async with open_client(url, token or await local_token(url)) as client:

        async def answer(question: str) -> None:
            await put(client, patient, question)

        await _converse(answer)


async def _other(application: str, url: str | None, token: str | None, session: str) -> None:
    from .client import open_client
    from .dialogues import DIALOGUES

    dialogue = DIALOGUES[application]
    url = socket_url(url or MAIN_PORT, dialogue.path.format(session=session))
    if token is None and dialogue.needs_token:
        token = await local_token(url)
    console = Console()
    async with open_client(url, token) as client:

        async def answer(line: str) -> None:
            await client.send(dialogue.say(line, session))
            await show_answer(client, dialogue, console)

        await _converse(answer)


async def _converse(answer: Callable[[str], Awaitable[None]]) -> None:
    while line := await trio.to_thread.run_sync(_read_line, abandon_on_cancel=True):
        await answer(line)


async def show_answer(client: Client, dialogue: Dialogue, console: Console) -> None:
    """Draw what comes until the answer is over; ask the person where the application does."""
    before: set[str] = set()
    is_open = False
    while True:
        event = await client.receive()
        shown = dialogue.show(event)
        if shown is not None:
            is_open = _draw(console, shown, is_open=is_open)
        if event["type"] == dialogue.approval:
            word = await trio.to_thread.run_sync(_read_line, abandon_on_cancel=True)
            approved = word.lower() in YES
            await client.send(
                {"type": "approval_response", "tool_call_id": event["tool_call_id"], "approved": approved}
            )
        if dialogue.is_over(event, before):
            break
        before.add(event["type"])
    if is_open:
        console.print()


def _draw(console: Console, shown: Shown, *, is_open: bool) -> bool:
    """Print a piece; whether the line that streams is open after it."""
    if shown.style == "text":
        console.print(Text(shown.text), end="", soft_wrap=True)
        return True
    if is_open:
        console.print()
    console.print(Text(shown.text, style=_STYLES[shown.style]))
    return False


def _read_line() -> str:
    try:
        return input(f"{os.linesep}> ").strip()
    except EOFError:
        return ""
