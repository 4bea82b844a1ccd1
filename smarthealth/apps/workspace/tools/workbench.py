"""The workbench of one conversation: the eight tools over its directory on the disk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import attrs
import trio

from smarthealth.apps.workspace.workbench import KeptFile, OpenWorkbench
from smarthealth.llm.port import ToolCall
from smarthealth.llm.tooling import Toolbox, ToolError

from .command_tool import CommandTool
from .file_tools import MOST_THREADS, FileTools
from .files import Files
from .folder import Folder
from .request_tool import RequestTool
from .settings import WorkspaceToolSettings
from .web.hosts import AllowedHosts
from .web.requesting import Requester

FOLDER: Final = "workspace"
"""In the data folder."""
RESULTS: Final = "resultados"
"""Folder of results that were cut, in the conversation's directory."""
_ODD: Final = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_ID: Final = 80
"""Characters of a call's id that name a file."""


@attrs.frozen
class DiskWorkbench:
    """The tools of one conversation."""

    _files: Files
    _threads: trio.CapacityLimiter
    toolbox: Toolbox

    async def keep_rest(self, call: ToolCall, text: str) -> str | None:
        """Keep a result as a file, as far as the quota allows; None when it does not."""
        path = f"{RESULTS}/{_ODD.sub('_', call.id)[:_LONGEST_ID]}.txt"
        try:
            written = await trio.to_thread.run_sync(partial(self._files.write, path, text), limiter=self._threads)
        except ToolError:
            return None
        return written.path

    async def files(self) -> Sequence[KeptFile]:
        """The files there are."""
        try:
            listing = await trio.to_thread.run_sync(partial(self._files.list, recursive=True), limiter=self._threads)
        except ToolError:
            return ()
        return [
            KeptFile(path=entry.path, size=entry.size, modified=entry.modified)
            for entry in listing.entries
            if entry.type == "file"
        ]

    async def download(self, path: str) -> bytes:
        """All bytes of a file.

        Raises:
            ToolError: There is none, it is too big, or it cannot be read.
        """
        return await trio.to_thread.run_sync(partial(self._files.read_whole, path), limiter=self._threads)


async def forget_files(data: Path, name: str) -> None:
    """Remove the directory of a conversation that is no more.

    Args:
        data: The data folder.
        name: Of the conversation.

    Raises:
        OSError: Some of it cannot be removed.
    """
    await trio.to_thread.run_sync(Folder(data / FOLDER, name).remove)


def disk_workbenches(settings: WorkspaceToolSettings, data: Path, hidden: Sequence[Path] = ()) -> OpenWorkbench:
    """Workbenches over one folder; what is bounded for the whole process is shared by all of them.

    Args:
        settings: Of the tools.
        data: The data folder.
        hidden: Further folders that no command may see.
    """
    threads = trio.CapacityLimiter(MOST_THREADS)
    running = trio.CapacityLimiter(settings.commands_at_once)
    requests = RequestTool(
        Requester(
            hosts=AllowedHosts(settings.http_hosts),
            allowed_headers=frozenset(name.lower() for name in settings.http_headers),
            time_limit=settings.http_time,
            longest_body=settings.http_body,
            longest_answer=settings.http_answer,
        )
    ).spec()

    def open_workbench(name: str) -> DiskWorkbench:
        files = Files(Folder(data / FOLDER, name), settings)
        commands = CommandTool(files=files, threads=threads, running=running, hidden=(data, *hidden))
        return DiskWorkbench(files, threads, Toolbox((*FileTools(files, threads).specs(), commands.spec(), requests)))

    return open_workbench
