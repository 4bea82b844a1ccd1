import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import trio

from smarthealth.llm.tooling.errors import ToolError
from smarthealth.llm.tooling.mcp import client as module
from smarthealth.llm.tooling.mcp.client import McpClient
from smarthealth.llm.tooling.mcp.config import McpServer
from smarthealth.llm.tooling.registry import ToolSpec

pytest.importorskip("mcp")

SERVER = str(Path(__file__).with_name("server.py"))
LIMIT = 40.0


@asynccontextmanager
async def _open(server: McpServer) -> AsyncIterator[McpClient]:
    client = McpClient("one", server)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.serve)
        yield client
        nursery.cancel_scope.cancel()


async def _tool(client: McpClient, name: str) -> ToolSpec:
    with trio.fail_after(LIMIT):
        while not client.tools:  # noqa: ASYNC110 # another process is waited for
            await trio.sleep(0.05)
    return next(spec for spec in client.tools if spec.name == f"one_{name}")


def _local(**options: object) -> McpServer:
    return McpServer(command=sys.executable, args=(SERVER,), **options)  # type: ignore[arg-type] # of tests


async def test_tools_of_a_server_are_offered_and_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """With their own schema; what they refuse is a tool's error; nothing of our environment reaches the server."""
    monkeypatch.setenv("INHERITED", "secret")
    async with _open(_local(env={"GIVEN": "yes"})) as client:
        add = await _tool(client, "add")
        assert (add.tool.description, add.needs_approval, add.timeout) == ("Add two numbers.", True, 60.0)
        assert add.tool.parameters["required"] == ["a", "b"]
        assert await add.invoke({"a": 20, "b": 22}) == "42"
        with pytest.raises(ToolError, match="validation error"):
            await add.invoke({"a": "x"})
        assert await (await _tool(client, "secret")).invoke({}) == "yes None"
        assert await (await _tool(client, "nothing")).invoke({}) in ("", {"result": None})


async def test_a_call_that_is_cancelled_ends_at_once() -> None:
    """The others go on, side by side."""
    async with _open(_local(ask=False, timeout=9.0)) as client:
        wait, add = await _tool(client, "wait"), await _tool(client, "add")
        assert (wait.needs_approval, wait.timeout) == (False, 9.0)
        with trio.move_on_after(0.2) as scope:
            await wait.invoke({"seconds": 60})
        assert scope.cancelled_caught
        assert await add.invoke({"a": 1, "b": 1}) == "2"


async def test_a_server_that_ends_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The call that met its end fails, meanwhile it has no tools, then it has them again."""
    monkeypatch.setattr(module, "FIRST_WAIT", 0.05)
    async with _open(_local()) as client:
        die = await _tool(client, "die")
        with pytest.raises(ToolError, match="did not answer"):
            await die.invoke({})
        with trio.fail_after(LIMIT):
            while die in client.tools:  # noqa: ASYNC110 # as above
                await trio.sleep(0.01)
        assert await (await _tool(client, "add")).invoke({"a": 1, "b": 1}) == "2"


async def test_a_server_that_cannot_be_started_has_no_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again and again, with longer waits, and hurts nobody."""
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    async with _open(McpServer(command="/nowhere/to/be/found")) as client:
        await trio.sleep(0.2)
        assert client.tools == ()


async def test_a_silent_server_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for a sign of life now and then; one that gives it stays."""
    monkeypatch.setattr(module, "WATCH_INTERVAL", 0.05)
    async with _open(_local()) as client:
        add = await _tool(client, "add")
        await trio.sleep(0.3)
        assert add in client.tools


async def test_a_server_over_http_is_as_good() -> None:
    """Its tools are called like those of a process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(partial(trio.run_process, [sys.executable, SERVER, str(port)], stderr=subprocess.DEVNULL))
        async with _open(McpServer(url=f"http://127.0.0.1:{port}/mcp")) as client:
            assert await (await _tool(client, "add")).invoke({"a": 1, "b": 2}) == "3"
        nursery.cancel_scope.cancel()
