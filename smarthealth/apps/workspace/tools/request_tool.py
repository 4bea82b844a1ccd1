"""The tool that sends requests to the hosts that the settings allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import attrs
from msgspec import UNSET, UnsetType

from smarthealth.llm.tooling import ToolSpec, make_tool
from smarthealth.wire.fields import length

from .web.hosts import LONGEST_URL
from .web.requesting import Method, Requester

_EXTRA_TIME: Final = 5.0
"""Seconds; the request's own time has ended before."""
_TOLD: Final = ("content-type", "content-length", "date", "etag", "last-modified", "location", "retry-after", "server")
"""Headers of an answer that are told; the others are for browsers, or secrets of the host."""
LONGEST_HEADER: Final = 500
"""Characters of a header that is told."""


@attrs.frozen(kw_only=True)
class RequestResult:
    """What a host answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: str
    """Text; what is no text is told by its length."""
    truncated: bool | UnsetType = UNSET


@attrs.frozen
class RequestTool:
    """Sends requests."""

    requester: Requester

    def spec(self) -> ToolSpec:
        """The tool."""
        return make_tool(self.http_request, timeout=self.requester.time_limit + _EXTRA_TIME)

    async def http_request(
        self,
        url: Annotated[str, "Dirección completa: https://api.example.com/datos", length(1, LONGEST_URL)],
        method: Method = "GET",
        headers: Annotated[dict[str, str] | None, "Cabeceras"] = None,
        body: Annotated[str | None, "Cuerpo de la solicitud"] = None,
    ) -> RequestResult:
        """Hace una solicitud HTTP a un host permitido."""
        answer = await self.requester.request(method, url, headers or {}, body)
        return RequestResult(
            url=answer.url,
            status=answer.status,
            headers={name: answer.headers[name][:LONGEST_HEADER] for name in _TOLD if name in answer.headers},
            body=_text(answer.body, answer.headers.get("content-encoding")),
            truncated=answer.truncated or UNSET,
        )


def _text(body: bytes, encoding: str | None) -> str:
    text = body.decode("utf-8", "replace")
    if encoding not in (None, "", "identity") or "\0" in text or text.count("\ufffd") > len(text) // 10:
        return f"[{len(body)} bytes]"
    return text
