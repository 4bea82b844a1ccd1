"""`smarthealth settings`: every setting, where its value comes from and what it means."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("settings")(show_settings)


def show_settings() -> None:
    """List every setting with its value, source, default and meaning; secrets are masked."""
    from smarthealth.settings import explain_settings, read_environment

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("setting", "value", "source", "default", "meaning"):
        table.add_column(column, overflow="fold", no_wrap=column in ("setting", "source"))
    for setting in explain_settings(read_environment()):
        style = None if setting.source == "default" else "green"
        cells = (setting.name, setting.value, setting.source, setting.default, setting.meaning)
        table.add_row(*map(Text, cells), style=style)
    Console().print(table)
