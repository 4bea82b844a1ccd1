"""The workspace application, put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from smarthealth.actors import ChildSpec, DynamicSupervisor
from smarthealth.apps.workspace.application import ROOMS, workspace_application
from smarthealth.apps.workspace.offline.compose import compose
from smarthealth.apps.workspace.services import WorkspaceServices
from smarthealth.apps.workspace.sweeping import sweep
from smarthealth.apps.workspace.tools.workbench import disk_workbenches, forget_files
from smarthealth.apps.workspace.workbench import JoinedWorkbench, Workbench
from smarthealth.conversation.application import Application
from smarthealth.llm.tooling.mcp.config import McpConfigError, read_config
from smarthealth.llm.tooling.mcp.servers import McpServers, is_installed
from smarthealth.server.rate import TokenBuckets
from smarthealth.storage.conversations import Conversations

from .errors import StartError
from .stores import data_folder
from .world import World

MCP = "mcp"
SWEEPER = "workspace-sweeper"


class WorkspacePart:
    """An agent with tools, and many clients in one conversation: needs rooms besides storage and models."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._servers = McpServers({})
        self._open_disk = disk_workbenches(
            world.settings.workspace_tools, data_folder(world.settings), hidden=[Path.cwd()]
        )

    def children(self) -> Sequence[ChildSpec]:
        """The supervisor of rooms, what forgets conversations that nobody uses, and, where there are any, the MCP servers.

        Raises:
            StartError: The MCP servers that the settings name cannot be used.
        """
        settings = self._world.settings.workspace
        rooms = ChildSpec(name=ROOMS, start=DynamicSupervisor(max_children=settings.max_rooms))
        sweeper = ChildSpec(
            name=SWEEPER,
            start=partial(
                sweep,
                conversations=Conversations(self._world.stores.pool),
                kept=timedelta(seconds=settings.kept),
                forget_files=partial(forget_files, data_folder(self._world.settings)),
            ),
        )
        if settings.mcp_servers is None:
            return (rooms, sweeper)
        self._servers = open_mcp(settings.mcp_servers)
        return (ChildSpec(name=MCP, start=self._servers.serve), rooms, sweeper)

    def application(self) -> Application:
        """The application, over what is open now."""
        world, settings = self._world, self._world.settings.workspace
        services = WorkspaceServices(
            conversations=Conversations(world.stores.pool),
            chat_model=world.models.chat(compose),
            open_workbench=self._open_workbench,
            limiter=TokenBuckets(settings.messages_per_minute, settings.message_burst),
            settings=settings,
            find_supervisor=world.system.child,
            telemetry=world.metrics,
        )
        return workspace_application(services, page="workspace.html")

    def _open_workbench(self, name: str) -> Workbench:
        return JoinedWorkbench(self._open_disk(name), self._servers.tools)


def open_mcp(path: Path) -> McpServers:
    """The MCP servers that a file names; none of them is connected yet.

    Raises:
        StartError: The file cannot be used, or the extra is not installed.
    """
    try:
        servers = read_config(path)
    except McpConfigError as error:
        raise StartError(str(error)) from None
    if servers and not is_installed():
        raise StartError("SMARTHEALTH_WORKSPACE_MCP needs the extra mcp: install smarthealth[mcp]")
    return McpServers(servers)
