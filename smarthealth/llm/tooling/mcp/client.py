"""Keeps one MCP server connected and offers its tools.

Theory of operation. One task holds the connection, since what the SDK opens must be closed by the task that opened it. Calls come
from other tasks; they go through the session, which matches answers to calls. When the server ends, a call or the watch over
the session finds out, the connection is closed and made again, after a wait that doubles. While there is no connection there are
no tools of this server.
"""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
import structlog
import trio

from smarthealth.llm.port import Tool
from smarthealth.llm.tooling.errors import ToolError
from smarthealth.llm.tooling.registry import ToolSpec

from .config import McpServer

if TYPE_CHECKING:
    from mcp import ClientSession

START_TIMEOUT: Final = 30.0
"""Seconds until a server must have said which tools it has."""
WATCH_INTERVAL: Final = 15.0
"""Seconds between two looks whether a server still answers."""
WATCH_TIMEOUT: Final = 10.0
FIRST_WAIT: Final = 1.0
"""Seconds before a connection is made again."""
LONGEST_WAIT: Final = 60.0
MOST_TOOLS: Final = 64
"""Tools of one server that are offered."""
_LONGEST_NAME: Final = 64
_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]")

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.define(eq=False)
class McpClient:
    """One server.

    Its tools are named `SERVER_TOOL`, since two servers may have tools of one name.
    """

    name: str
    server: McpServer
    tools: tuple[ToolSpec, ...] = attrs.field(default=(), init=False)
    """What can be called now."""
    _lost: trio.Event = attrs.field(factory=trio.Event, init=False)

    async def serve(self) -> None:
        """Stay connected until cancelled."""
        wait = FIRST_WAIT
        while True:
            began = trio.current_time()
            try:
                await self._connected()
            except* Exception as errors:
                kinds = sorted({type(error).__name__ for error in _leaves(errors)})
                log.warning("mcp_server_lost", server=self.name, errors=kinds)
            self.tools = ()
            wait = FIRST_WAIT if trio.current_time() - began > LONGEST_WAIT else min(2 * wait, LONGEST_WAIT)
            await trio.sleep(wait)

    async def _connected(self) -> None:
        """Connect, offer the tools, and return when the server is lost."""
        from mcp import ClientSession

        self._lost = trio.Event()
        async with _open_streams(self.server) as (reading, writing), ClientSession(reading, writing) as session:
            with trio.fail_after(START_TIMEOUT):
                await session.initialize()
                listed = await session.list_tools()
            self.tools = tuple(self._spec(session, tool) for tool in listed.tools[:MOST_TOOLS])
            log.info("mcp_server_ready", server=self.name, tools=len(self.tools))
            while True:
                with trio.move_on_after(WATCH_INTERVAL):
                    await self._lost.wait()
                    return
                with trio.fail_after(WATCH_TIMEOUT):
                    await session.send_ping()

    def _spec(self, session: ClientSession, tool: Any) -> ToolSpec:
        name = _UNFIT.sub("_", f"{self.name}_{tool.name}")[:_LONGEST_NAME]
        return ToolSpec(
            tool=Tool(name=name, description=tool.description or tool.name, parameters=tool.input_schema),
            invoke=partial(self._call, session, tool.name),
            needs_approval=self.server.ask,
            timeout=self.server.timeout,
        )

    async def _call(self, session: ClientSession, tool: str, arguments: Mapping[str, object]) -> object:
        from mcp.shared.exceptions import MCPError

        try:
            answer = await session.call_tool(tool, dict(arguments))
        except (MCPError, trio.BrokenResourceError, trio.ClosedResourceError) as error:
            self._lost.set()
            raise ToolError(f"the server {self.name} did not answer") from error
        text = "\n".join(part.text for part in answer.content if part.type == "text")
        if answer.is_error:
            raise ToolError(text or f"the tool of {self.name} failed")
        return answer.structured_content if answer.structured_content is not None and not text else text


@asynccontextmanager
async def _open_streams(server: McpServer) -> AsyncIterator[tuple[Any, Any]]:
    """What a session reads and writes, by the server's transport."""
    if server.command is not None:
        from mcp import StdioServerParameters
        from mcp.client.stdio import stdio_client

        parameters = StdioServerParameters(
            command=server.command, args=list(server.args), env=dict(server.env or {}) or None, cwd=server.cwd
        )
        async with stdio_client(parameters, errlog=sys.__stderr__ or sys.stderr) as streams:
            yield streams
        return
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    async with (
        httpx2.AsyncClient(headers=dict(server.headers or {}), timeout=server.timeout) as client,
        streamable_http_client(str(server.url), http_client=client) as streams,
    ):
        yield streams[0], streams[1]


def _leaves(error: BaseException) -> list[BaseException]:
    """The errors in a group of groups."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]
