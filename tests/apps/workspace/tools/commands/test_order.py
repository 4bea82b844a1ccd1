from __future__ import annotations

import contextlib
import os
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.workspace.tools import texts
from smarthealth.apps.workspace.tools.commands import order as module
from smarthealth.apps.workspace.tools.commands.order import COMMAND_UID, make_order, read_command
from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings
from smarthealth.llm.tooling import ToolError

ALLOWED = attrs.evolve(WorkspaceToolSettings(), commands=True, programs=("ls", "grep", "nowhere", "../ls", "./ls"))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("ls", ["ls"]),
        ("  ls -la 'mis notas'  ", ["ls", "-la", "mis notas"]),
        ('grep "a;b|c $(x) *" f', ["grep", "a;b|c $(x) *", "f"]),
        ("grep a\\;b f", ["grep", "a;b", "f"]),
        ('grep "a\\"b;" f', ["grep", 'a"b;', "f"]),
        ("grep 'a\\' f", ["grep", "a\\", "f"]),
    ],
)
def test_an_allowed_program_is_found_with_its_words(command: str, words: list[str]) -> None:
    """Quotes count as in a shell, and what is quoted is passed on as it stands."""
    program, *rest = read_command(command, ALLOWED)
    assert program in ("/usr/bin/ls", "/bin/ls", "/usr/bin/grep", "/bin/grep")
    assert rest == words


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("ls; rm x", texts.COMMAND_SHELL.format(";")),
        ("ls && ls", texts.COMMAND_SHELL.format("&")),
        ("ls | sh", texts.COMMAND_SHELL.format("|")),
        ("ls > f", texts.COMMAND_SHELL.format(">")),
        ("ls\nrm x", texts.COMMAND_SHELL.format("↵")),
        ("ls $(rm x)", texts.COMMAND_SHELL.format("$")),
        ("ls `rm x`", texts.COMMAND_SHELL.format("`")),
        ("ls *.txt", texts.COMMAND_SHELL.format("*")),
        ("ls ~", texts.COMMAND_SHELL.format("~")),
        ("ls 'open", texts.COMMAND_UNREADABLE),
        ("ls \\", texts.COMMAND_UNREADABLE),
        ("   ", texts.COMMAND_EMPTY),
        ("ls " + "x" * 9_000, texts.COMMAND_LONG),
        ("ls a\0b", texts.COMMAND_LONG),
        ("sh -c ls", texts.COMMAND_NOT_ALLOWED.format("sh", ", ".join(ALLOWED.programs))),
        ("/bin/ls", texts.COMMAND_NOT_ALLOWED.format("/bin/ls", ", ".join(ALLOWED.programs))),
        ("'' ls", texts.COMMAND_NOT_ALLOWED.format("", ", ".join(ALLOWED.programs))),
        ("nowhere", texts.COMMAND_MISSING.format("nowhere")),
        ("../ls", texts.COMMAND_MISSING.format("../ls")),
        ("./ls", texts.COMMAND_MISSING.format("./ls")),
    ],
)
def test_everything_else_is_refused(command: str, reason: str) -> None:
    """What needs a shell, names no allowed program, or cannot be read is refused with its reason."""
    with pytest.raises(ToolError) as caught:
        read_command(command, ALLOWED)
    assert caught.value.reason == reason


def test_commands_are_off_and_the_shell_is_a_setting() -> None:
    """Without the setting nothing runs; with the shell's own, the shell is given all of it."""
    with pytest.raises(ToolError, match=texts.COMMANDS_OFF):
        read_command("ls", WorkspaceToolSettings())
    shell = attrs.evolve(ALLOWED, shell=True)
    assert read_command("ls | wc -l", shell) == ("/bin/sh", "sh", "-c", "ls | wc -l")


@given(st.text(alphabet="ls 'g\"\\;$|a", max_size=30))
def test_any_text_is_read_or_refused(command: str) -> None:
    """Whatever a model wrote, an allowed program runs or the call is told why not."""
    with contextlib.suppress(ToolError):
        assert read_command(command, ALLOWED)[1] in ALLOWED.programs


def test_an_order_has_the_limits_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The account of commands is another one where the server is root; the environment is made from nothing."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    order = make_order(("/bin/ls", "ls"), tmp_path, 7, ALLOWED, [tmp_path])
    assert (order.uid, order.program, order.arguments, order.masked) == (COMMAND_UID, "/bin/ls", ["ls"], [])
    assert order.limits["RLIMIT_FSIZE"] == ALLOWED.file_bytes
    assert "secret" not in str(order)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert make_order(("/bin/ls", "ls"), tmp_path, 7, ALLOWED, []).uid is None


def test_what_must_not_be_seen_is_hidden_or_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder inside what commands see is covered; one around it cannot be, the root of all aside."""
    shown = tmp_path / "usr"
    (shown / "src" / "app").mkdir(parents=True)
    monkeypatch.setattr(module, "VISIBLE", (str(shown),))
    order = make_order(("/bin/ls", "ls"), tmp_path, 7, ALLOWED, [shown / "src" / "app", tmp_path / "else", Path("/")])
    assert order.masked == [str(shown / "src" / "app")]
    for hidden in (tmp_path, shown):
        with pytest.raises(ToolError, match=texts.NOT_ISOLATED):
            make_order(("/bin/ls", "ls"), tmp_path, 7, ALLOWED, [hidden])
