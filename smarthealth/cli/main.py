"""The command `smarthealth`: its commands, their arguments, their exit codes.

Every command imports what it runs when it runs: the whole program takes a second to load, and `--help` should not.
"""

from __future__ import annotations

import sys

import typer

from . import ask, chat, data, demo, evaluate, serve, show, support, users

app = typer.Typer(
    name="smarthealth",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="A conversation server: ask over a WebSocket and watch the answer stream in, each sentence traceable.\n\n"
    "Start here: [bold]smarthealth demo[/]. Settings come from the environment or a .env file: "
    "[bold]smarthealth settings[/] lists them.",
)
for module in (demo, serve, users, data, ask, chat, evaluate, support, show):
    module.register(app)


def main() -> None:
    """Run the command line; never shows a traceback for what a person can mend."""
    from .failing import explain_failure

    try:
        app(prog_name="smarthealth")
    except Exception as error:
        sentence = explain_failure(error)
        if sentence is None:
            raise
        typer.secho(f"smarthealth: {sentence}", fg="red", err=True)
        sys.exit(1)
