"""Tools of MCP servers, where the extra `mcp` is installed: read from a file, kept connected, offered like any other tool."""
