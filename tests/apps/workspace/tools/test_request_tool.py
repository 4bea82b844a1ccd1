from __future__ import annotations

import gzip

import msgspec
import pytest

from smarthealth.apps.workspace.tools.request_tool import RequestTool
from smarthealth.apps.workspace.tools.web.hosts import AllowedHosts
from smarthealth.apps.workspace.tools.web.network import CheckedNetwork
from smarthealth.apps.workspace.tools.web.requesting import Requester
from smarthealth.llm.tooling import ToolError
from smarthealth.testing.http import Exchange, open_http_server


async def answer(exchange: Exchange) -> None:
    """Pages of several kinds."""
    if exchange.path == "/packed":
        await exchange.respond(200, "x", {"Content-Encoding": "gzip"})
    elif exchange.path == "/picture":
        await exchange.begin_stream("image/png")
        await exchange.send_data(gzip.compress(b"x" * 100))
        await exchange.end_stream()
    else:
        await exchange.respond(200, {"hola": "ñ"}, {"Set-Cookie": "secret", "ETag": '"1"'})


async def test_an_answer_is_told_as_text() -> None:
    """With its status and the headers that matter; what is no text is told by its length."""

    async def look_up(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with open_http_server(answer) as url:
        port = url.rpartition(":")[2]
        tool = RequestTool(
            Requester(
                hosts=AllowedHosts((f"api.example.com:{port}",)),
                allowed_headers=frozenset(),
                time_limit=5.0,
                longest_body=10,
                longest_answer=1_000,
                network=CheckedNetwork(look_up, lambda address: True),
            )
        )
        spec = tool.spec()
        assert (spec.name, spec.needs_approval) == ("http_request", False)
        base = f"http://api.example.com:{port}"
        told = msgspec.to_builtins(await spec.invoke({"url": f"{base}/x"}))
        assert told["status"] == 200
        assert "hola" in told["body"]
        assert told["headers"]["etag"] == '"1"'
        assert "set-cookie" not in told["headers"]
        assert "truncated" not in told
        for page in ("packed", "picture"):
            assert msgspec.to_builtins(await spec.invoke({"url": f"{base}/{page}"}))["body"].endswith(" bytes]")
        with pytest.raises(ToolError):
            await spec.invoke({"url": "http://example.com"})
