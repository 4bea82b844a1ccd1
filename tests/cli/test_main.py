"""The command `smarthealth` as a whole."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.main import get_command

from smarthealth.cli.main import app

if TYPE_CHECKING:
    from tests.cli.conftest import Run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"


def walk(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group below one, by path."""
    yield path, node
    for name, child in getattr(node, "commands", {}).items():
        yield from walk(child, (*path, name))


NODES = dict(walk(get_command(app)))
GROUPS = [path for path, node in NODES.items() if hasattr(node, "commands")]
FIXED = {
    "demo",
    "serve",
    "users add",
    "users list",
    "users disable",
    "token",
    "import fhir",
    "index rebuild",
    "ask",
    "chat",
    "evaluate records",
    "settings",
}
"""Commands on which people's scripts rely."""


def test_the_package_is_a_program() -> None:
    """`python -m smarthealth` is the command."""
    asked = [sys.executable, "-m", "smarthealth", "--help"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert "smarthealth demo" in said


def test_the_commands_that_were_promised_are_there() -> None:
    """No command that people rely on is missing or renamed."""
    assert {" ".join(path) for path in NODES} >= FIXED


def spoken(text: str) -> str:
    """A help text as one line."""
    return " ".join(text.split())


@pytest.mark.parametrize("command", NODES, ids=" ".join)
def test_every_command_explains_itself(run: Run, command: tuple[str, ...]) -> None:
    """Each command has help, with a sentence on itself and one on each of its options."""
    ran = run(*command, "--help")
    assert (ran.code, ran.errors) == (0, "")
    assert spoken(ran.output).startswith(f"Usage: {' '.join(['smarthealth', *command])}")
    assert NODES[command].help
    for parameter in NODES[command].params:
        assert getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_a_group_alone_shows_its_commands(run: Run, group: tuple[str, ...]) -> None:
    """A group without a command shows its help and is exit code 2."""
    ran = run(*group)
    assert ran.code == 2
    assert "--help" in ran.output + ran.errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("serve", "--port", "http"),
        ("serve", "--port", "65536"),
        ("serve", "--workers", "0"),
        ("users", "add", "a@b"),
        ("users", "add", "a@b", "--name", "A", "--role", "king"),
        ("users", "disable"),
        ("token",),
        ("token", "a@b", "--ttl", "0"),
        ("import", "fhir"),
        ("ask", "¿?"),
        ("evaluate", "records"),
        ("evaluate", "records", "--fhir", "/nowhere"),
        ("settings", "extra"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    """A command that is not there, a value out of range, or an argument that is missing: said, on standard error."""
    ran = run(*arguments)
    assert (ran.code, ran.output) == (2, "")
    assert ran.errors


def test_a_failure_is_a_sentence(run: Run, environment: pytest.MonkeyPatch) -> None:
    """What a person can mend has no traceback: one line on standard error and exit code 1."""
    environment.setenv("LLM_TIMEOUT", "soon")
    ran = run("users", "list")
    assert (ran.code, ran.output, ran.errors) == (1, "", "smarthealth: LLM_TIMEOUT: 'soon' is not a number\n")


def test_a_defect_keeps_its_traceback(run: Run, environment: pytest.MonkeyPatch) -> None:
    """A defect of ours is raised as it is."""

    def broken() -> None:
        raise LookupError("a defect")

    defective = typer.Typer()
    defective.command("settings")(broken)
    environment.setattr("smarthealth.cli.main.app", defective)
    with pytest.raises(LookupError, match="a defect"):
        run()


def test_the_page_of_commands_names_every_command_and_option() -> None:
    """docs/reference/commands.md has each command, and each of its options."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    for command in NODES.keys() - set(GROUPS):
        (row,) = [row for row in rows if re.search(rf"`{' '.join(command)}\b", row)]
        for parameter in NODES[command].params:
            options = [option for option in parameter.opts if option.startswith("--")]
            assert all(option in row for option in options), (command, parameter.opts)
