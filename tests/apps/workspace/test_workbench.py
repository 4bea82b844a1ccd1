import pytest

from smarthealth.apps.workspace.workbench import BareWorkbench, JoinedWorkbench
from smarthealth.llm.port import ToolCall
from smarthealth.llm.tooling import ToolError, ToolSpec, make_tool
from tests.apps.workspace.conftest import Files


async def test_a_bare_workbench_keeps_nothing() -> None:
    """It has the tools that it was given, and no directory."""
    bare = BareWorkbench()
    assert (len(bare.toolbox), await bare.files()) == (0, ())
    assert await bare.keep_rest(ToolCall(id="c", name="t", arguments="{}"), "long") is None
    with pytest.raises(ToolError):
        await bare.download("a")


async def test_more_tools_may_come_and_go() -> None:
    """What is there is offered at each look; a tool of the workbench's own is not replaced."""

    async def fly() -> None:
        """Fly."""

    more: list[ToolSpec] = []
    files = Files({"a": "x"})
    joined = JoinedWorkbench(files, lambda: more)
    assert len(joined.toolbox) == len(files.toolbox)
    more += [make_tool(fly), make_tool(fly, name="read_file")]
    assert len(joined.toolbox) == len(files.toolbox) + 1
    read = joined.toolbox.find("read_file")
    assert read is not None
    assert read.tool.description == "Lee un archivo."
    assert len(await joined.files()) == 1
    assert await joined.download("a") == b"x"
    assert await joined.keep_rest(ToolCall(id="c", name="t", arguments="{}"), "long") == "resultados/1.txt"
