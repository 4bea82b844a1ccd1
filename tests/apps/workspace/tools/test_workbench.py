from __future__ import annotations

from pathlib import Path

import attrs
import pytest
import trio

from smarthealth.apps.workspace.tools import texts
from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings
from smarthealth.apps.workspace.tools.workbench import disk_workbenches, forget_files
from smarthealth.llm.port import ToolCall
from smarthealth.llm.tooling import SPANISH, ToolError
from smarthealth.llm.tooling.running import CallRunner


def call(tool: str, arguments: str, call_id: str = "call_1") -> ToolCall:
    """A call as a model writes it."""
    return ToolCall(id=call_id, name=tool, arguments=arguments)


def test_the_tools_are_those_of_the_protocol(tmp_path: Path, settings: WorkspaceToolSettings) -> None:
    """Eight, by their names; nothing is made on the disk yet."""
    toolbox = disk_workbenches(settings, tmp_path)("conv_123").toolbox
    assert [spec.name for spec in toolbox] == [
        "read_file",
        "write_file",
        "list_directory",
        "search_files",
        "delete_file",
        "get_file_info",
        "execute_command",
        "http_request",
    ]
    assert all(spec.tool.description and "á" not in spec.name for spec in toolbox)
    assert list(tmp_path.iterdir()) == []


async def test_failures_are_short_sentences(tmp_path: Path, settings: WorkspaceToolSettings) -> None:
    """Through the loop's runner every attack is an answer that says no, in Spanish, without a path of this machine."""
    runner = CallRunner(
        toolbox=disk_workbenches(settings, tmp_path)("conv_123").toolbox,
        texts=SPANISH,
        result_limit=16_000,
        approve=None,
        keep_rest=None,
        limiter=trio.CapacityLimiter(4),
    )
    for tool, arguments in (
        ("read_file", '{"path": "../../secret"}'),
        ("read_file", '{"path": "/etc/passwd"}'),
        ("read_file", '{"path": "a\\u0000b"}'),
        ("write_file", '{"path": "x", "content": "' + "x" * 6_000 + '"}'),
        ("list_directory", '{"path": "none"}'),
        ("delete_file", '{"path": "a"}'),
        ("execute_command", '{"command": "ls"}'),
        ("http_request", '{"url": "http://169.254.169.254/"}'),
        ("http_request", '{"url": "https://x", "method": "TRACE"}'),
        ("get_file_info", '{"path": 7}'),
    ):
        returned = (await runner.run(call(tool, arguments))).returned
        assert (returned.success, returned.result) == (False, None)
        assert returned.error
        assert str(tmp_path) not in returned.error
        assert len(returned.error) < 300


async def test_conversations_do_not_see_each_other(tmp_path: Path, settings: WorkspaceToolSettings) -> None:
    """Each has a directory of its own, with what was kept of its results; all share what is bounded."""
    open_workbench = disk_workbenches(settings, tmp_path)
    mine, others = open_workbench("mine"), open_workbench("others")
    assert await mine.files() == []
    path = await mine.keep_rest(call("t", "{}", "call_../../x"), "the rest")
    assert path == "resultados/call_______x.txt"
    assert [file.path for file in await mine.files()] == [path]
    assert await mine.download(path) == b"the rest"
    assert await others.files() == []
    with pytest.raises(ToolError, match=r"No existe"):
        await others.download(path)


async def test_what_there_is_no_room_for_is_not_kept(tmp_path: Path, settings: WorkspaceToolSettings) -> None:
    """Quotas hold for results, too."""
    workbench = disk_workbenches(attrs.evolve(settings, quota_bytes=3), tmp_path)("mine")
    assert await workbench.keep_rest(call("t", "{}"), "long") is None


async def test_a_directory_that_cannot_be_read_has_no_files(tmp_path: Path, settings: WorkspaceToolSettings) -> None:
    """The page shows an empty list, and a tool says why."""
    workbench = disk_workbenches(settings, tmp_path)("mine")
    (tmp_path / "workspace").write_text("no directory")
    assert await workbench.files() == ()
    with pytest.raises(ToolError) as caught:
        await workbench.download("a")
    assert caught.value.reason == texts.NOT_A_DIRECTORY


async def test_files_go_with_their_conversation(tmp_path: Path, settings: WorkspaceToolSettings) -> None:
    """Those of others stay."""
    open_workbench = disk_workbenches(settings, tmp_path)
    for name in ("mine", "others"):
        await open_workbench(name).keep_rest(call("t", "{}"), "text")
    await forget_files(tmp_path, "mine")
    assert await open_workbench("mine").files() == []
    assert len(await open_workbench("others").files()) == 1
