import attrs
import trio
from trio.testing import MockClock

from smarthealth.llm.port import Tool
from smarthealth.llm.tooling.mcp.config import McpServer
from smarthealth.llm.tooling.mcp.servers import McpServers, is_installed
from smarthealth.llm.tooling.registry import ToolSpec


def _spec(name: str, description: str) -> ToolSpec:
    async def invoke(arguments: object) -> object:
        return None

    return ToolSpec(tool=Tool(name=name, description=description, parameters={}), invoke=invoke)


@attrs.define
class _Context:
    ready: bool = False

    def started(self) -> None:
        self.ready = True


def test_two_tools_of_one_name_are_one() -> None:
    """The first counts, so that a toolbox can be made of them."""
    servers = McpServers({"a": McpServer(command="x"), "b": McpServer(command="y")})
    servers.clients[0].tools = (_spec("t", "first"), _spec("u", ""))
    servers.clients[1].tools = (_spec("t", "second"),)
    assert [(spec.name, spec.tool.description) for spec in servers.tools()] == [("t", "first"), ("u", "")]


async def test_nobody_waits_for_servers(autojump_clock: MockClock) -> None:
    """A server that cannot be started keeps nothing from starting."""
    context = _Context()
    with trio.move_on_after(1):
        await McpServers({"a": McpServer(command="/nowhere/to/be/found")}).serve(context)
    assert context.ready


def test_the_extra_may_be_there() -> None:
    """It is looked for without being loaded."""
    assert is_installed() in (True, False)
