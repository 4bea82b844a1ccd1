"""Hypercorn's configuration as the shell needs it, and its sockets."""

from __future__ import annotations

import logging
import socket
from typing import Any

import structlog
from hypercorn.config import Config, Sockets
from hypercorn.logging import Logger

from .limits import ShellLimits

log = structlog.get_logger(__name__)  # without a name, each event looks for it among the frames of its caller
LISTEN_QUEUE = 2048
"""Connections that the kernel completes before they are accepted."""
INHERITED = "fd://"
"""How an address names a descriptor that a parent process has bound."""
HTTP_QUEUE = 4
"""Parts of a request's body, of at most 64 KiB each, between the socket and the application."""


class AccessLog(Logger):
    """Hypercorn's messages as events; requests without their query, which may carry a token."""

    def __init__(self, config: Config) -> None:
        self.access_logger = None
        self.error_logger = logging.getLogger("hypercorn.error")

    async def access(self, request: Any, response: Any, request_time: float) -> None:
        """Log one request, or handshake, that was answered."""
        client = request["client"]
        log.info(
            "request_answered",
            method=request.get("method", "GET"),
            path=request["path"],
            kind=request["type"],
            status=response["status"] if response else None,
            address=client[0] if client else None,
            seconds=round(request_time, 4),
        )


class ShellConfig(Config):
    """Hypercorn's configuration with the shell's limits."""

    accesslog = None
    errorlog = None
    logger_class = AccessLog
    include_server_header = False
    alpn_protocols = ["http/1.1"]  # noqa: RUF012  # Hypercorn's own attribute; HTTP/2 is switched off, see decision 0060
    backlog = LISTEN_QUEUE
    max_app_queue_size = HTTP_QUEUE

    def __init__(self, limits: ShellLimits) -> None:
        super().__init__()
        self.limits = limits
        self.h11_max_incomplete_size = limits.max_header_size
        self.keep_alive_timeout = limits.keep_alive_timeout
        self.ssl_handshake_timeout = limits.tls_handshake_timeout
        self.websocket_max_message_size = limits.max_message_size

    def create_sockets(self) -> Sockets:
        """Bind, with options that accepted sockets inherit from the listening one; TLS is the listener's affair."""
        bound: list[socket.socket] = []
        try:
            for address in self.bind:
                bound.append(_bind(address, self.limits))  # noqa: PERF401  # what is bound must be closed on a failure
        except BaseException:
            for each in bound:
                each.close()
            raise
        return Sockets([], bound, [])


def _bind(address: str, limits: ShellLimits) -> socket.socket:
    """A bound socket; Hypercorn's own way leaves it open when binding fails."""
    if address.startswith(INHERITED):
        bound = socket.socket(fileno=int(address.removeprefix(INHERITED)))
        bound.setblocking(False)
        return bound
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        prepare(bound, limits)
        bound.bind((host, int(port)))
    except BaseException:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def prepare(listening: socket.socket, limits: ShellLimits) -> None:
    """Set what every accepted connection inherits.

    TCP_USER_TIMEOUT lets the kernel itself end a peer that acknowledges nothing, or keeps its window shut, even while this
    process sends nothing more. Bounded buffers keep a stalled peer from holding megabytes of kernel memory.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(limits.send_timeout * 1000))
    if limits.send_buffer:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.send_buffer)
    if limits.receive_buffer:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, limits.receive_buffer)
