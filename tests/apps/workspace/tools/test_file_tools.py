from __future__ import annotations

import threading
from functools import partial
from typing import Any

import msgspec
import pytest
import trio

from smarthealth.apps.workspace.tools.file_tools import FileTools
from smarthealth.apps.workspace.tools.files import Files
from smarthealth.llm.tooling import Toolbox, ToolError


@pytest.fixture
def toolbox(files: Files) -> Toolbox:
    """The six tools."""
    return Toolbox(FileTools(files, trio.CapacityLimiter(2)).specs())


async def call(toolbox: Toolbox, tool: str, **arguments: object) -> Any:
    """The result of a call, as a client is sent it."""
    spec = toolbox.find(tool)
    assert spec is not None
    return msgspec.to_builtins(await spec.invoke(arguments), str_keys=True)


async def test_the_documents_example_writes_a_file(toolbox: Toolbox) -> None:
    """The result has the path and the size that the document shows."""
    assert await call(toolbox, "write_file", path="test.txt", content="Hello") == {"path": "test.txt", "size": 5}
    assert await call(toolbox, "read_file", path="test.txt") == {"path": "test.txt", "content": "Hello", "size": 5}
    listing = await call(toolbox, "list_directory")
    assert [entry["path"] for entry in listing["entries"]] == ["test.txt"]
    assert (await call(toolbox, "get_file_info", path="test.txt"))["media_type"] == "text/plain"
    found = await call(toolbox, "search_files", query="hell")
    assert list(found["matches"]) == [{"path": "test.txt", "line": 1, "text": "Hello"}]
    assert await call(toolbox, "delete_file", path="test.txt") == {"path": "test.txt", "deleted": True}
    with pytest.raises(ToolError, match=r"No existe: test\.txt\."):
        await call(toolbox, "read_file", path="test.txt")


def test_deleting_alone_asks_first(toolbox: Toolbox) -> None:
    """Of the file tools one needs approval."""
    assert [spec.name for spec in toolbox if spec.needs_approval] == ["delete_file"]
    assert len(toolbox) == 6


async def test_files_are_worked_on_in_threads_up_to_a_number(files: Files) -> None:
    """Tools wait for a thread rather than make more."""
    limiter = trio.CapacityLimiter(1)
    tools = FileTools(files, limiter)
    names: set[str] = set()
    await tools._in_thread(lambda: names.add(threading.current_thread().name))
    assert threading.current_thread().name not in names
    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(partial(tools.write_file, f"{number}.txt", "x"))
    assert limiter.statistics().borrowed_tokens == 0
    assert len((await tools.list_directory()).entries) == 5


async def test_cancelling_ends_a_search(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that nobody waits for stops at the next file."""
    tools = FileTools(files, trio.CapacityLimiter(1))
    for number in range(3):
        await tools.write_file(f"{number}.txt", "x")
    with trio.CancelScope() as scope:
        scope.cancel()
        await tools.search_files("x")
    assert scope.cancelled_caught
