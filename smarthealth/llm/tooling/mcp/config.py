"""Which MCP servers there are: a JSON file in the form that programs with MCP share.

    {"mcpServers": {"files": {"command": "npx", "args": ["-y", "some-server"], "env": {"KEY": "value"}},
                    "search": {"url": "http://127.0.0.1:9000/mcp", "headers": {"Authorization": "…"}, "ask": false}}}

A server has either a command, which is run and spoken to over its standard input and output, or a URL, which is spoken to over
streamable HTTP. Fields that are of no use here are passed over, as others' files have them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from smarthealth.wire.converter import make_wire_converter
from smarthealth.wire.errors import WireError
from smarthealth.wire.fields import between
from smarthealth.wire.strict_json import parse

LARGEST_FILE: Final = 256 * 1024
"""Bytes."""
SHORTEST: Final = 0.1
LONGEST: Final = 3600.0
"""Seconds that one call may be given."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


class McpConfigError(Exception):
    """The file cannot be used; says why, without repeating values."""


@attrs.frozen(kw_only=True)
class McpServer:
    """One server."""

    command: str | None = None
    args: tuple[str, ...] = ()
    env: Mapping[str, str] | None = attrs.field(default=None, repr=False)
    """Variables that it gets besides the few that every program needs; nothing else is inherited."""
    cwd: str | None = None
    url: str | None = None
    headers: Mapping[str, str] | None = attrs.field(default=None, repr=False)
    ask: bool = True
    """Whether a person is asked before each call: nobody here knows what its tools do."""
    timeout: float = attrs.field(default=60.0, validator=between(SHORTEST, LONGEST))
    """Seconds for one call."""


@attrs.frozen(kw_only=True)
class _File:
    mcpServers: dict[str, McpServer]  # the field's name in the file


_read = make_wire_converter().get_structure_hook(_File)


def read_config(path: Path) -> dict[str, McpServer]:
    """The servers that a file names.

    Raises:
        McpConfigError: It cannot be read, or a server is described wrongly.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise McpConfigError(f"{path}: {error.strerror}") from None
    if len(raw) > LARGEST_FILE:
        raise McpConfigError(f"{path}: is larger than {LARGEST_FILE} bytes")
    try:
        servers: dict[str, McpServer] = _read(parse(raw.decode()), _File).mcpServers
    except (WireError, UnicodeDecodeError) as error:
        raise McpConfigError(f"{path}: {error if isinstance(error, WireError) else 'is not UTF-8'}") from None
    for name, server in servers.items():
        if not _NAME.fullmatch(name):
            raise McpConfigError(f"{path}: a server's name has letters, digits, _ and -, at most 32")
        if (server.command is None) is (server.url is None):
            raise McpConfigError(f"{path}: server {name} has either a command or a url")
    return servers
