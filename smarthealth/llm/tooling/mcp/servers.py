"""All MCP servers of the process, as one supervised child."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Protocol

import attrs
import trio

from smarthealth.llm.tooling.registry import ToolSpec

from .client import McpClient
from .config import McpServer


class Child(Protocol):
    """What a supervised child says to its supervisor: `actors.Context`."""

    def started(self) -> None:
        """It is ready."""
        ...


def is_installed() -> bool:
    """Whether the extra `mcp` is there."""
    return importlib.util.find_spec("mcp") is not None


def _clients(servers: Mapping[str, McpServer]) -> tuple[McpClient, ...]:
    return tuple(McpClient(name, server) for name, server in servers.items())


@attrs.define(eq=False)
class McpServers:
    """The servers that a file names."""

    clients: tuple[McpClient, ...] = attrs.field(converter=_clients)

    def tools(self) -> tuple[ToolSpec, ...]:
        """What can be called now, of two tools of one name the first."""
        found: dict[str, ToolSpec] = {}
        for client in self.clients:
            for spec in client.tools:
                found.setdefault(spec.name, spec)
        return tuple(found.values())

    async def serve(self, context: Child) -> None:
        """Keep all of them connected, each for itself; nobody waits for them to start."""
        context.started()
        async with trio.open_nursery() as nursery:
            for client in self.clients:
                nursery.start_soon(client.serve, name=f"mcp {client.name}")
