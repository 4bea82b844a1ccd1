"""Reads addresses of requests, and compares their hosts with those that are allowed."""

from __future__ import annotations

from typing import Final

import attrs
import httpx2

from smarthealth.apps.workspace.tools import texts
from smarthealth.llm.tooling import ToolError

_PORTS: Final = {"http": 80, "https": 443}
LONGEST_URL: Final = 2_000
"""Characters."""


@attrs.frozen
class AllowedHosts:
    """Hosts by name, `*.` before a name for all below it, `:PORT` after it for one port; without, the scheme's own.

    Args:
        entries: As the settings have them.
    """

    entries: tuple[str, ...]

    def check(self, url: str) -> httpx2.URL:
        """The address of a request that may be made.

        Raises:
            ToolError: It is none, or its host is not allowed.
        """
        if not self.entries:
            raise ToolError(texts.HTTP_OFF)
        found = read_url(url)
        host = found.raw_host.decode("ascii").lower().rstrip(".")
        if not any(self._is(entry, host, found) for entry in self.entries):
            raise ToolError(texts.HOST_NOT_ALLOWED.format(host))
        return found

    @staticmethod
    def _is(entry: str, host: str, url: httpx2.URL) -> bool:
        name, port = _split(entry.strip().lower())
        if (url.port or _PORTS[url.scheme]) != (port or _PORTS[url.scheme]):
            return False
        return host.endswith(name[1:]) and len(host) >= len(name) if name.startswith("*.") else host == name


def read_url(url: str) -> httpx2.URL:
    """An absolute address of HTTP.

    Raises:
        ToolError: It is none.
    """
    try:
        found = httpx2.URL(url.strip() if len(url) <= LONGEST_URL else "")
    except (httpx2.InvalidURL, UnicodeError):
        raise ToolError(texts.BAD_URL) from None
    if found.scheme not in _PORTS or not found.host:
        raise ToolError(texts.BAD_URL)
    if found.userinfo:
        raise ToolError(texts.URL_USER)
    return found


def _split(entry: str) -> tuple[str, int | None]:
    name, _, port = entry.rpartition(":")
    if name and port.isdecimal() and (":" not in name or name.endswith("]")):
        return _bare(name), int(port)
    return _bare(entry), None


def _bare(name: str) -> str:
    return name.removeprefix("[").removesuffix("]").rstrip(".")
