"""`smarthealth demo`: from nothing to an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import trio
import typer
from rich.console import Console

from .ask import put
from .loading import load
from .preparing import prepare
from .serve import DataOption, HostOption, PortOption, overrides_of

if TYPE_CHECKING:
    from smarthealth.bootstrap.demo import Demo
    from smarthealth.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="exit after the answer instead of serving on")] = False,
    host: HostOption = None,
    port: PortOption = None,
    data: DataOption = None,
) -> None:
    """Start everything embedded, load invented patients, ask one question and show the stream; then serve on."""
    load("smarthealth.bootstrap.serving", "smarthealth.bootstrap.demo", "smarthealth.cli.client")
    settings = prepare(overrides_of(SMARTHEALTH_HOST=host, SMARTHEALTH_PORT=port, SMARTHEALTH_DATA=data))
    if not trio.run(_run, settings, once):
        raise typer.Exit(1)


async def _run(settings: Settings, once: bool) -> bool:
    from smarthealth.bootstrap.accounts import issue_token
    from smarthealth.bootstrap.demo import prepare_demo
    from smarthealth.bootstrap.serving import open_ports, open_server, wait_for_signal

    console, addresses = Console(), list[str]()
    with open_ports(settings) as listeners:
        console.print("starting PostgreSQL, LanceDB and the server…", style="dim")
        async with open_server(settings, listeners, addresses.extend) as world:
            user = await prepare_demo(settings, world)
            token = await issue_token(settings, world.stores, user.email)
            answered = await _ask(console, addresses[0], token)
            if not once:
                await wait_for_signal(lambda: _say_where(console, addresses, user))
                console.print("stopping…", style="dim")
    return answered


async def _ask(console: Console, address: str, token: str) -> bool:
    from smarthealth.bootstrap.demo import DEMO_DOCUMENT, DEMO_QUESTION

    from .client import Document, open_client

    url = f"ws{address.removeprefix('http')}/ws/chat"
    console.print(f"[bold]{url}[/] · {DEMO_DOCUMENT}\n[bold]> {DEMO_QUESTION}[/]")
    async with open_client(url, token) as client:
        return await put(client, Document.parse(DEMO_DOCUMENT), DEMO_QUESTION, console)


def _say_where(console: Console, addresses: Sequence[str], user: Demo) -> None:
    from smarthealth.bootstrap.demo import DEMO_DOCUMENT

    page = addresses[0].replace("127.0.0.1", "localhost")
    console.print(f"\nconsole   {page}/         sign in as {user.email}", highlight=False)
    if user.password is not None:
        console.print(f"password  {user.password}", highlight=False, markup=False)
    console.print(f"observer  {page}/observer     the live tree of actors", highlight=False)
    console.print(f"docs      {page}/docs", highlight=False)
    console.print(f'ask       smarthealth ask "¿Qué alergias tiene?" --document {DEMO_DOCUMENT}', highlight=False)
    console.print("ready     Ctrl-C stops", highlight=False)
