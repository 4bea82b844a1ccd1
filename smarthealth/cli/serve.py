"""`smarthealth serve`: the server, until it is told to stop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import trio
import typer

from .loading import load
from .preparing import prepare

HostOption = Annotated[str | None, typer.Option(help="address to listen on [default: 127.0.0.1]")]
PortOption = Annotated[int | None, typer.Option(help="main port [default: 8088]", min=0, max=65535)]
DataOption = Annotated[Path | None, typer.Option(help="data folder [default: ~/.local/share/smarthealth]")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    host: HostOption = None,
    port: PortOption = None,
    listen: Annotated[
        list[str] | None,
        typer.Option(metavar="APP=HOST:PORT", help="serve an application at its bare paths there; repeatable"),
    ] = None,
    data: DataOption = None,
    workers: Annotated[int | None, typer.Option(help="processes that share the ports [default: 1]", min=1)] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM file with the certificate chain")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file with its key")] = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C, then drain and exit 0. Prints `ready` and its addresses when it accepts."""
    load("smarthealth.bootstrap.serving")
    from smarthealth.bootstrap.serving import serve as run_server

    overrides = overrides_of(
        SMARTHEALTH_HOST=host,
        SMARTHEALTH_PORT=port,
        SMARTHEALTH_LISTEN=",".join(listen) if listen else None,
        SMARTHEALTH_DATA=data,
        SMARTHEALTH_WORKERS=workers,
        SMARTHEALTH_TLS_CERT=tls_cert,
        SMARTHEALTH_TLS_KEY=tls_key,
    )
    settings = prepare(overrides, log_level="INFO")
    trio.run(run_server, settings, overrides, say_ready)


def overrides_of(**options: object) -> dict[str, str]:
    """What was given on the command line, as the variables of the same meaning."""
    return {name: str(value) for name, value in options.items() if value is not None}


def say_ready(addresses: Sequence[str]) -> None:
    """Tell whoever started the server that it accepts connections."""
    print("ready", *addresses, flush=True)
