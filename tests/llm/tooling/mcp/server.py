"""An MCP server for tests: over its standard input and output, or over HTTP on the port that it is given."""

import os
import sys

import anyio
from mcp.server import MCPServer

app = MCPServer("tests", log_level="CRITICAL")


@app.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@app.tool()
async def wait(seconds: float) -> str:
    """Wait."""
    await anyio.sleep(seconds)
    return "waited"


@app.tool()
def die() -> str:
    """End the process."""
    os._exit(3)


@app.tool()
def secret() -> str:
    """Tell which of two variables is there."""
    return f"{os.environ.get('GIVEN')} {os.environ.get('INHERITED')}"


@app.tool()
def nothing() -> None:
    """Do nothing."""


if __name__ == "__main__":
    if len(sys.argv) > 1:
        app.run("streamable-http", port=int(sys.argv[1]))
    else:
        app.run()
