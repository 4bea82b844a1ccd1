"""The tool that runs commands, each after a person's approval, where the settings allow it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Final, TypeVar

import attrs
import trio
from msgspec import UNSET, UnsetType

from smarthealth.llm.tooling import ToolError, ToolSpec, make_tool
from smarthealth.wire.fields import length

from . import texts
from .commands.order import COMMAND_UID, LONGEST_COMMAND, make_order, read_command
from .commands.result import Ended, NotIsolatedError, NotStartedError
from .commands.running import run_order
from .files import Files
from .handing import hand_over
from .quota import measure
from .trimming import stamp, trim

EXCERPT: Final = 6_000
"""Characters of each stream that go into the result; what is longer is kept as a file."""
OUTPUT_FOLDER: Final = "salidas"
_EXTRA_TIME: Final = 60.0
"""Seconds that a call may wait for its turn and for cleaning up, beside the command's own time."""

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class CommandResult:
    """What a command gave."""

    exit_code: int | UnsetType = UNSET
    """Negative when a signal ended it; not there when it was stopped."""
    stdout: str
    stderr: str
    output_file: str | UnsetType = UNSET
    """Where all of the output is, when it was too long for this."""
    stopped: str | UnsetType = UNSET
    """Why it was stopped."""


@attrs.frozen(kw_only=True)
class CommandTool:
    """Runs commands over the files of one conversation."""

    files: Files
    threads: trio.CapacityLimiter
    running: trio.CapacityLimiter
    """Holds how many commands run at once."""
    hidden: tuple[Path, ...]
    """Folders that no command may see."""

    def spec(self) -> ToolSpec:
        """The tool; where commands are off there is nothing to approve, and a call is told so."""
        settings = self.files.settings
        return make_tool(
            self.execute_command, needs_approval=settings.commands, timeout=settings.command_time + _EXTRA_TIME
        )

    async def execute_command(
        self,
        command: Annotated[str, "Programa y argumentos: grep -n hola notas.txt", length(1, LONGEST_COMMAND)],
    ) -> CommandResult:
        """Ejecuta un programa permitido en el directorio de la conversación, sin red. Antes se pide aprobación a una persona."""
        settings = self.files.settings
        program = read_command(command, settings)
        async with self.running:
            since = await self._in_thread(self._prepare)
            fits = True
            try:
                ended = await run_order(
                    lambda status: make_order(program, self.files.folder.path, status, settings, self.hidden),
                    output=settings.command_output,
                    watch=self._watch,
                )
            except NotIsolatedError:
                raise ToolError(texts.NOT_ISOLATED) from None
            except NotStartedError:
                raise ToolError(texts.COMMAND_NOT_STARTED) from None
            finally:
                with trio.CancelScope(shield=True):  # a thread over bounded work: it ends
                    fits = await self._in_thread(partial(self._trim, since))
        if ended.stopped == "time":
            raise ToolError(texts.COMMAND_SLOW.format(settings.command_time))
        if ended.stopped == "quota" or not fits:
            raise ToolError(texts.COMMAND_GREEDY)
        return await self._result(ended)

    def _prepare(self) -> int:
        with self.files.folder.changing() as root:
            if os.geteuid() == 0:
                hand_over(root, COMMAND_UID)
            return stamp(root)

    async def _watch(self) -> bool:
        return await self._in_thread(self._fits)

    def _fits(self) -> bool:
        settings = self.files.settings
        with self.files.folder.open() as root:
            return root is not None and not measure(root).exceeds(settings.quota_bytes, settings.quota_files)

    def _trim(self, since: int) -> bool:
        """Take back what is too much; whether there was nothing to take back."""
        settings = self.files.settings
        with self.files.folder.changing() as root:
            if not measure(root).exceeds(settings.quota_bytes, settings.quota_files):
                return True
            trim(root, since, settings.quota_bytes, settings.quota_files)
            return False

    async def _result(self, ended: Ended) -> CommandResult:
        out, err = (data.decode("utf-8", "replace") for data in (ended.stdout, ended.stderr))
        kept = await self._keep(out + err) if max(len(out), len(err)) > EXCERPT else UNSET
        loud = texts.COMMAND_LOUD.format(self.files.settings.command_output)
        return CommandResult(
            exit_code=ended.exit_code if ended.exit_code is not None else UNSET,
            stdout=out[:EXCERPT],
            stderr=err[:EXCERPT],
            output_file=kept,
            stopped=loud if ended.stopped == "output" else UNSET,
        )

    async def _keep(self, text: str) -> str | UnsetType:
        path = f"{OUTPUT_FOLDER}/{secrets.token_hex(6)}.txt"
        try:
            return (await self._in_thread(partial(self.files.write, path, text))).path
        except ToolError:
            return UNSET  # there is no room for it

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await trio.to_thread.run_sync(work, limiter=self.threads)
