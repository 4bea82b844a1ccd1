"""Listening sockets: bound once, by whoever outlives the server's restarts, and shared with worker processes."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import attrs
from hypercorn.utils import repr_socket_addr

from .config import ShellConfig
from .limits import ShellLimits


@attrs.frozen(kw_only=True)
class Bind:
    """Where to listen, and for what."""

    name: str
    """What is served there; reaches the application as `scope["state"]["listener"]`."""
    address: str
    """`HOST:PORT`, port 0 for any free one, or `fd://N` for a socket that a parent process has bound."""


@attrs.frozen(kw_only=True)
class Listener:
    """A bound and listening socket."""

    name: str
    socket: socket.socket

    @property
    def address(self) -> str:
        """`HOST:PORT` as bound."""
        return repr_socket_addr(self.socket.family, self.socket.getsockname())

    @property
    def port(self) -> int:
        """The port as bound."""
        return int(self.socket.getsockname()[1])


@contextmanager
def open_listeners(binds: Iterable[Bind], limits: ShellLimits) -> Iterator[tuple[Listener, ...]]:
    """Bind and listen; the sockets are closed at the end.

    Raises:
        OSError: An address is taken, or not of this machine.
    """
    named = tuple(binds)
    config = ShellConfig(limits)
    config.bind = [bind.address for bind in named]
    sockets = config.create_sockets().insecure_sockets
    listeners = tuple(Listener(name=bind.name, socket=bound) for bind, bound in zip(named, sockets, strict=True))
    try:
        for listener in listeners:
            listener.socket.listen(config.backlog)
        yield listeners
    finally:
        for listener in listeners:
            listener.socket.close()
