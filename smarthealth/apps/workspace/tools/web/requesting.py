"""One request with its redirects: each address is checked anew, all together have a time, and the answer has a bound."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, Literal

import attrs
import httpcore2
import httpx2
import trio

from smarthealth.apps.workspace.tools import texts
from smarthealth.llm.tooling import ToolError

from .hosts import AllowedHosts
from .network import AddressRefusedError, CheckedNetwork, NameUnknownError

MOST_REDIRECTS: Final = 5
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_AS_GET: Final = frozenset({301, 302, 303})
_REDIRECTS: Final = _AS_GET | {307, 308}
_OF_THE_BODY: Final = frozenset({"content-type", "content-encoding", "content-language"})
_HARMLESS: Final = frozenset({"accept", "accept-language", "content-type", "user-agent"})
"""Headers that go to another host, too, when a host sends one there; the others may be secrets."""


@attrs.frozen(kw_only=True)
class Answer:
    """What a host answered."""

    url: str
    """Where it came from in the end."""
    status: int
    headers: Mapping[str, str]
    """By lower-case name; repeated ones are joined."""
    body: bytes
    truncated: bool
    """Whether there was more than is read."""


@attrs.frozen(kw_only=True)
class Requester:
    """Makes requests."""

    hosts: AllowedHosts
    allowed_headers: frozenset[str]
    """In lower case."""
    time_limit: float
    """Seconds, redirects included."""
    longest_body: int
    """Bytes."""
    longest_answer: int
    """Bytes."""
    network: httpcore2.AsyncNetworkBackend = attrs.field(factory=CheckedNetwork)
    trust: ssl.SSLContext = attrs.field(factory=ssl.create_default_context)
    """Which certificates are believed."""

    async def request(self, method: Method, url: str, headers: Mapping[str, str], body: str | None) -> Answer:
        """Make a request.

        Raises:
            ToolError: It is not allowed, or there was no answer.

        Cancellation:
            Closes the connection.
        """
        content = self._checked_body(method, body)
        sent = self._checked_headers(headers)
        target = self.hosts.check(url)
        with trio.move_on_after(self.time_limit):
            for _ in range(MOST_REDIRECTS + 1):
                async with self._sent(method, target, sent, content) as response:
                    location = response.headers.get("location")
                    if response.status_code not in _REDIRECTS or location is None:
                        return await self._read(response)
                method, content, sent = _redirected(response.status_code, method, content, sent)
                following = self.hosts.check(_joined(target, location))
                if (following.scheme, following.host, following.port) != (target.scheme, target.host, target.port):
                    sent = {name: value for name, value in sent.items() if name in _HARMLESS}
                target = following
            raise ToolError(texts.TOO_MANY_REDIRECTS)
        raise ToolError(texts.HTTP_SLOW.format(self.time_limit))

    def _checked_body(self, method: Method, body: str | None) -> bytes | None:
        if not body:
            return None
        if method in _WITHOUT_BODY:
            raise ToolError(texts.BODY_NOT_TAKEN.format(method))
        content = body.encode("utf-8", "replace")
        if len(content) > self.longest_body:
            raise ToolError(texts.BODY_TOO_BIG.format(self.longest_body))
        return content

    def _checked_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if name.lower() not in self.allowed_headers:
                raise ToolError(texts.HEADER_NOT_ALLOWED.format(name[:100]))
            if not (value.isascii() and value.isprintable()):
                raise ToolError(texts.BAD_HEADER.format(name))
        return {name.lower(): value.strip() for name, value in headers.items()}

    @asynccontextmanager
    async def _sent(
        self, method: Method, url: httpx2.URL, headers: Mapping[str, str], content: bytes | None
    ) -> AsyncIterator[httpx2.Response]:
        """A request on a connection of its own, its body unread; failures are translated."""
        # what is packed could unpack to anything: nothing packed is asked for, and nothing is unpacked
        sent = {"user-agent": "smarthealth-workspace", **headers, "accept-encoding": "identity", "connection": "close"}
        try:
            # deadlines are ours; neither proxies nor passwords of the environment are taken
            async with (
                httpx2.AsyncClient(
                    transport=self._transport(), timeout=None, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(method, url, headers=sent, content=content) as response,
            ):
                yield response
        except AddressRefusedError:
            raise ToolError(texts.ADDRESS_NOT_ALLOWED.format(url.host)) from None
        except NameUnknownError:
            raise ToolError(texts.NO_ADDRESS.format(url.host)) from None
        except httpx2.HTTPError:
            raise ToolError(texts.HTTP_FAILED) from None

    def _transport(self) -> httpx2.AsyncHTTPTransport:
        transport = httpx2.AsyncHTTPTransport(verify=self.trust, trust_env=False)
        # the transport has no parameter for the network below it
        transport._pool = httpcore2.AsyncConnectionPool(
            ssl_context=self.trust, http1=True, http2=False, max_connections=1, network_backend=self.network
        )
        return transport

    async def _read(self, response: httpx2.Response) -> Answer:
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > self.longest_answer:
                break
        return Answer(
            url=str(response.url),
            status=response.status_code,
            headers=dict(response.headers.items()),
            body=bytes(body[: self.longest_answer]),
            truncated=len(body) > self.longest_answer,
        )


def _redirected(
    status: int, method: Method, content: bytes | None, headers: dict[str, str]
) -> tuple[Method, bytes | None, dict[str, str]]:
    """How the request goes on: what asks for another page is a GET, the others are made again as they were."""
    if status in _AS_GET and method not in _WITHOUT_BODY:
        return "GET", None, {name: value for name, value in headers.items() if name not in _OF_THE_BODY}
    return method, content, headers


def _joined(url: httpx2.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx2.InvalidURL, UnicodeError):
        raise ToolError(texts.BAD_URL) from None
