"""Connects only to addresses that are public, checked on the very address that is connected to.

A name that was looked up to be checked, and is looked up again to be connected to, may have changed in between (DNS rebinding).
So the name is resolved once, here, and the connection goes to what was checked; Host and the name in TLS stay the name's, since
the HTTP library above knows of nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import attrs
import httpcore2
import trio

from .addresses import is_public

MOST_ADDRESSES: Final = 4
"""Of one name that are tried."""
PER_ADDRESS: Final = 5.0
"""Seconds for a connection to one of them, when there are more."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name, for a port; `OSError` when there are none."""


class AddressRefusedError(Exception):
    """A name leads to no address that is allowed."""


class NameUnknownError(Exception):
    """A name has no address."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """As the system knows it.

    Raises:
        OSError: It has none.
    """
    found = await trio.socket.getaddrinfo(host, port, type=trio.socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@attrs.frozen
class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """The network of an HTTP client.

    Args:
        resolve: Looks names up.
        is_allowed: Whether an address may be connected to.
    """

    resolve: Resolve = resolve
    is_allowed: Callable[[str], bool] = is_public
    _inner: httpcore2.AsyncNetworkBackend = attrs.field(factory=httpcore2.TrioBackend, init=False)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 # the library's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first of a name's addresses that answers.

        Raises:
            AddressRefusedError: None of them is allowed.
            NameUnknownError: There are none.
            ConnectError: None answers.
        """
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError):
            raise NameUnknownError(host) from None
        allowed = [address for address in found if self.is_allowed(address)][:MOST_ADDRESSES]
        if not allowed:
            raise AddressRefusedError(host)
        for address in allowed[:-1]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout=PER_ADDRESS, local_address=local_address, socket_options=socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(
            allowed[-1], port, timeout=timeout, local_address=local_address, socket_options=socket_options
        )
