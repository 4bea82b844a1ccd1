from smarthealth.apps.workspace.workbench import BareWorkbench
from smarthealth.llm.port import ToolCall


async def test_a_bare_workbench_keeps_nothing() -> None:
    """It has the tools that it was given, and no directory."""
    bare = BareWorkbench()
    assert (len(bare.toolbox), await bare.files()) == (0, ())
    assert await bare.keep_rest(ToolCall(id="c", name="t", arguments="{}"), "long") is None
