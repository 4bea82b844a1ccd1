"""From a command as a model wrote it to what is run: one allowed program with its arguments, or the shell."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from smarthealth.apps.workspace.tools import texts
from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings
from smarthealth.llm.tooling import ToolError

from .launcher import VISIBLE, WORKSPACE, Order

LONGEST_COMMAND: Final = 8_000
"""Characters."""
FOLDERS: Final = ("/usr/bin", "/bin")
SHELL: Final = "/bin/sh"
COMMAND_UID: Final = 59_088
"""Account and group of commands where the server is root: nobody's, in the range that distributions leave to people."""
SCRATCH_BYTES: Final = 16 * 1024 * 1024
OPEN_FILES: Final = 64
ENVIRONMENT: Final = {
    "PATH": ":".join(FOLDERS),
    "HOME": WORKSPACE,
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",
    "TERM": "dumb",
    "USER": "agente",
}
_SHELLS_OWN: Final = frozenset(";&|<>()`\n$*?[~")
"""What a shell would act on where it stands without quotes."""


def read_command(command: str, settings: WorkspaceToolSettings, folders: Sequence[str] = FOLDERS) -> tuple[str, ...]:
    """The program's path and the arguments, its name first.

    Args:
        command: As a shell would be given it; without the shell, quotes count and nothing else.
        settings: What is allowed.
        folders: Where programs are.

    Raises:
        ToolError: It is not allowed, or cannot be read.
    """
    if not settings.commands:
        raise ToolError(texts.COMMANDS_OFF)
    if len(command) > LONGEST_COMMAND or "\0" in command:
        raise ToolError(texts.COMMAND_LONG)
    if not command.strip():
        raise ToolError(texts.COMMAND_EMPTY)
    if settings.shell:
        return (SHELL, "sh", "-c", command)
    words = _words(command)
    name = words[0]  # there is one: what is not blank has a word
    if name not in settings.programs:
        raise ToolError(texts.COMMAND_NOT_ALLOWED.format(name, ", ".join(settings.programs)))
    found = next((path for folder in folders if os.access(path := f"{folder}/{name}", os.X_OK)), None)
    if found is None or "/" in name:
        raise ToolError(texts.COMMAND_MISSING.format(name))
    return (found, *words)


def _words(command: str) -> list[str]:
    """The words of a command; what only a shell would understand is refused rather than passed on as it stands."""
    quote, escaped = "", False
    for character in command.strip():
        if escaped:
            escaped = False
        elif quote:
            quote = "" if character == quote else quote
            escaped = character == "\\" and quote == '"'
        elif character in _SHELLS_OWN:
            raise ToolError(texts.COMMAND_SHELL.format(character if character.isprintable() else "↵"))
        else:
            quote = character if character in "'\"" else ""
            escaped = character == "\\"
    try:
        return shlex.split(command)
    except ValueError:
        raise ToolError(texts.COMMAND_UNREADABLE) from None


def make_order(
    command: Sequence[str], folder: Path, status: int, settings: WorkspaceToolSettings, hidden: Sequence[Path]
) -> Order:
    """What the launcher is told.

    Args:
        command: As `read_command` gave it.
        folder: The conversation's files.
        status: Descriptor on which the launcher says how it went.
        settings: The limits.
        hidden: Folders that no command may see.

    Raises:
        ToolError: What must not be seen cannot be hidden.
    """
    return Order(
        program=command[0],
        arguments=list(command[1:]),
        environment=ENVIRONMENT,
        folder=str(folder),
        status=status,
        uid=COMMAND_UID if os.geteuid() == 0 else None,
        limits={
            "RLIMIT_CPU": settings.command_cpu,
            "RLIMIT_AS": settings.command_memory,
            "RLIMIT_FSIZE": min(settings.file_bytes, settings.quota_bytes),
            "RLIMIT_NPROC": settings.command_processes,
            "RLIMIT_NOFILE": OPEN_FILES,
            "RLIMIT_CORE": 0,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        },
        time=settings.command_time,
        scratch_bytes=SCRATCH_BYTES,
        masked=_masked(hidden),
    )


def _masked(hidden: Sequence[Path]) -> list[str]:
    """Those of the hidden folders that a command would see."""
    found = []
    for path in (path.resolve() for path in hidden):
        for shown in (Path(shown).resolve() for shown in VISIBLE):
            if shown.is_relative_to(path):
                # the server works in / or /usr: hiding that would hide the programs
                if path != Path("/"):
                    raise ToolError(texts.NOT_ISOLATED)
            elif path.is_relative_to(shown):
                found.append(str(path))
    return sorted(set(found))
