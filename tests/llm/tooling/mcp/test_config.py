from pathlib import Path

import pytest

from smarthealth.llm.tooling.mcp import config
from smarthealth.llm.tooling.mcp.config import McpConfigError, McpServer, read_config


def _file(folder: Path, text: str | bytes) -> Path:
    path = folder / "mcp.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_servers_are_read(tmp_path: Path) -> None:
    """Those with a command and those with a URL; fields for others are passed over."""
    text = (
        '{"mcpServers": {"files": {"command": "npx", "args": ["-y", "x"], "env": {"K": "v"}, "disabled": false},'
        ' "web": {"url": "http://127.0.0.1/mcp", "ask": false, "timeout": 5}}, "other": 1}'
    )
    assert read_config(_file(tmp_path, text)) == {
        "files": McpServer(command="npx", args=("-y", "x"), env={"K": "v"}),
        "web": McpServer(url="http://127.0.0.1/mcp", ask=False, timeout=5.0),
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON"),
        (b"\xff", "is not UTF-8"),
        ("{}", "mcpServers: is missing"),
        ('{"mcpServers": {"a": {"command": 3}}}', "command: must be text"),
        ('{"mcpServers": {"a b": {"command": "x"}}}', "a server's name has letters"),
        ('{"mcpServers": {"a": {}}}', "server a has either a command or a url"),
        ('{"mcpServers": {"a": {"command": "x", "url": "y"}}}', "server a has either a command or a url"),
        ('{"mcpServers": {"a": {"command": "x", "timeout": 0}}}', r"timeout: must be from 0\.1"),
    ],
    ids=["json", "utf-8", "missing", "type", "name", "neither", "both", "time"],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, text: str | bytes, reason: str) -> None:
    """With its path, and without its values."""
    with pytest.raises(McpConfigError, match=reason):
        read_config(_file(tmp_path, text))


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there, and one that is too large."""
    with pytest.raises(McpConfigError, match="No such file"):
        read_config(tmp_path / "none.json")
    monkeypatch.setattr(config, "LARGEST_FILE", 3)
    with pytest.raises(McpConfigError, match="larger than 3 bytes"):
        read_config(_file(tmp_path, "{   }"))
