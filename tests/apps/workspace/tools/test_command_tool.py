from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio
from msgspec import UNSET

from smarthealth.apps.workspace.tools import command_tool, texts
from smarthealth.apps.workspace.tools.command_tool import CommandTool
from smarthealth.apps.workspace.tools.commands.order import COMMAND_UID, make_order
from smarthealth.apps.workspace.tools.files import Files
from smarthealth.apps.workspace.tools.folder import Folder
from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings
from smarthealth.llm.tooling import ToolError

MakeTool = Callable[..., CommandTool]


@pytest.fixture
def make(folder: Folder, settings: WorkspaceToolSettings) -> MakeTool:
    """A tool with settings."""

    def make_it(**changes: Any) -> CommandTool:
        allowed = {"commands": True, "shell": True, "command_time": 10.0, "quota_bytes": 100_000, "file_bytes": 50_000}
        return CommandTool(
            files=Files(folder, attrs.evolve(settings, **allowed | changes)),
            threads=trio.CapacityLimiter(2),
            running=trio.CapacityLimiter(1),
            hidden=(folder.base,),
        )

    return make_it


async def reason_of(tool: CommandTool, command: str) -> str:
    """Why it was not run, or stopped."""
    with pytest.raises(ToolError) as caught:
        await tool.execute_command(command)
    return caught.value.reason


async def test_where_commands_are_off_nobody_is_asked(make: MakeTool) -> None:
    """A call is told that they are off, without an approval that would be for nothing."""
    tool = make(commands=False)
    assert not tool.spec().needs_approval
    assert await reason_of(tool, "ls") == texts.COMMANDS_OFF
    assert make().spec().needs_approval


async def test_a_command_works_on_the_conversations_files(make: MakeTool, isolated: None) -> None:
    """What tools wrote it reads, and what it writes tools read."""
    tool = make(shell=False, programs=("cp", "cat"))
    tool.files.write("a/b.txt", "hola\n")
    assert (await tool.execute_command("cp a/b.txt c.txt")).exit_code == 0
    assert tool.files.read("c.txt").content == "hola\n"
    result = await tool.execute_command("cat c.txt 'no such file'")
    assert (result.exit_code, result.stdout) == (1, "hola\n")
    assert "no such file" in result.stderr
    tool.files.write("c.txt", "otra", append=True)


async def test_long_output_is_kept_as_a_file(make: MakeTool, isolated: None) -> None:
    """The result has its beginning, the file all of it; without room for the file there is none."""
    tool = make()
    result = await tool.execute_command("yes | head -c 20000")
    assert len(result.stdout) == command_tool.EXCERPT
    assert isinstance(result.output_file, str)
    assert tool.files.info(result.output_file).size == 20_000
    full = make(quota_bytes=20_000)
    assert (await full.execute_command("yes | head -c 20001")).output_file is UNSET


async def test_bounds_stop_a_command(make: MakeTool, isolated: None) -> None:
    """Time, output and quota each say which they were; what was written beyond the quota is gone."""
    assert await reason_of(make(command_time=0.3), "sleep 60") == texts.COMMAND_SLOW.format(0.3)
    loud = await make(command_output=10_000).execute_command("yes")
    assert (loud.exit_code, loud.stopped) == (UNSET, texts.COMMAND_LOUD.format(10_000))
    tool = make()
    before = tool.files.write("before.txt", "x" * 1_000)
    greedy = "for i in 1 2 3 4 5 6 7 8 9; do head -c 40000 /dev/zero > f$i; done"
    assert await reason_of(tool, greedy) == texts.COMMAND_GREEDY
    assert await reason_of(tool, f"{greedy}; sleep 60") == texts.COMMAND_GREEDY
    left = tool.files.list().entries
    assert sum(entry.size for entry in left) <= 100_000
    assert before.path in [entry.path for entry in left]
    many = "i=0; while [ $i -lt 200 ]; do i=$((i+1)); mkdir -p d$i/e; done"
    assert await reason_of(tool, many) == texts.COMMAND_GREEDY
    assert len(tool.files.list(recursive=True).entries) <= 20


async def test_what_cannot_be_isolated_or_started_does_not_run(
    make: MakeTool, monkeypatch: pytest.MonkeyPatch, isolated: None
) -> None:
    """A refusal of the machine is a refusal of the call."""
    tool = make(shell=False, programs=("broken",))
    monkeypatch.setattr(command_tool, "read_command", lambda command, settings: ("/usr/bin/no-such", "x"))
    assert await reason_of(tool, "broken") == texts.COMMAND_NOT_STARTED
    monkeypatch.undo()

    def break_it(*arguments: Any) -> Any:
        return dataclasses.replace(make_order(*arguments), folder="/no/such/folder")

    monkeypatch.setattr(command_tool, "make_order", break_it)
    assert await reason_of(make(), "true") == texts.NOT_ISOLATED


async def test_cancelling_ends_the_command_and_trims(make: MakeTool, isolated: None) -> None:
    """A cancelled call leaves neither processes nor more than the quota."""
    tool = make()
    with trio.move_on_after(1.0) as scope:
        await tool.execute_command("while true; do date >> beat; sleep 0.02; done")
    assert scope.cancelled_caught
    size = tool.files.info("beat").size
    await trio.sleep(0.2)
    assert tool.files.info("beat").size == size > 0


async def test_commands_wait_for_each_other(make: MakeTool, isolated: None) -> None:
    """No more run at once than are allowed."""
    tool = make()
    most = 0
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(partial(tool.execute_command, "sleep 0.1"))
        while len(nursery.child_tasks) > 0:
            most = max(most, int(tool.running.borrowed_tokens))
            await trio.sleep(0.02)
    assert most == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
async def test_as_root_the_files_are_the_commands_own(make: MakeTool, root: Path, isolated: None) -> None:
    """Files that the server wrote belong to the account of commands when one runs."""
    tool = make()
    tool.files.write("a.txt", "x")
    await tool.execute_command("echo y >> a.txt")
    assert (root / "a.txt").read_text() == "xy\n"
    assert (root / "a.txt").stat().st_uid == COMMAND_UID


async def test_another_accounts_files_stay_when_the_server_is_not_root(
    make: MakeTool, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    """Where there is nobody to be given to, nothing is given."""
    tool = make()
    tool.files.write("a.txt", "x")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    owner = (root / "a.txt").stat().st_uid
    assert await tool._in_thread(tool._prepare) > 0
    assert (root / "a.txt").stat().st_uid == owner
