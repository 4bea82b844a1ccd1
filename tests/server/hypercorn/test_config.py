"""Hypercorn's configuration, and what accepted sockets inherit."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import structlog

from smarthealth.server.hypercorn.config import ShellConfig, prepare
from smarthealth.server.hypercorn.limits import ShellLimits


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A listening socket of the configuration's making."""
    configuration = ShellConfig(ShellLimits(send_timeout=7.5, send_buffer=32768, receive_buffer=16384))
    configuration.bind = ["127.0.0.1:0"]
    (bound,) = configuration.create_sockets().insecure_sockets
    with bound:
        bound.listen()
        yield bound


def test_accepted_sockets_inherit_the_kernels_time_limit_and_buffers(listening: socket.socket) -> None:
    """A stalled peer is ended by the kernel too, and holds little of its memory."""
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7500
        assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 65536
        assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == 32768


def test_buffers_may_be_left_to_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A size of 0 asks for nothing, nor is a system without the time limit asked for it."""
    monkeypatch.delattr(socket, "TCP_USER_TIMEOUT")
    with socket.socket() as one, socket.socket() as other:
        prepare(one, ShellLimits(send_buffer=0, receive_buffer=0))
        assert one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == other.getsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF
        )


def test_bound_sockets_are_closed_when_one_address_is_taken(listening: socket.socket) -> None:
    """A failure leaves nothing bound, nor does an address that makes no sense."""
    configuration = ShellConfig(ShellLimits())
    for bad in (f"127.0.0.1:{listening.getsockname()[1]}", "127.0.0.1:no"):
        configuration.bind = ["[::1]:0", bad]
        with pytest.raises((OSError, ValueError)):
            configuration.create_sockets()


def test_descriptor_of_a_parent_is_taken_as_it_is(listening: socket.socket) -> None:
    """A socket that a parent process has bound is not bound again."""
    configuration = ShellConfig(ShellLimits())
    configuration.bind = [f"fd://{listening.dup().detach()}"]
    (taken,) = configuration.create_sockets().insecure_sockets
    with taken:
        assert taken.getsockname() == listening.getsockname()


def test_http_2_is_not_offered() -> None:
    """Neither TLS nor anything else offers HTTP/2."""
    assert ShellConfig(ShellLimits()).alpn_protocols == ["http/1.1"]


async def test_access_log_has_the_path_without_its_query() -> None:
    """A token in the query is in no log line; a request that got no response is logged as such."""
    access = ShellConfig(ShellLimits()).log.access
    scope = {"type": "websocket", "path": "/ws/chat", "query_string": b"token=secret", "client": ("192.0.2.1", 99)}
    with structlog.testing.capture_logs() as lines:
        await access(scope, {"status": 101, "headers": []}, 0.25)  # type: ignore[arg-type]  # as much of a scope as matters
        await access(scope | {"client": None, "method": "POST"}, None, 0.25)  # type: ignore[arg-type]  # likewise
    assert "secret" not in repr(lines)
    shown = [[line[key] for key in ("method", "path", "status", "address")] for line in lines]
    assert shown == [["GET", "/ws/chat", 101, "192.0.2.1"], ["POST", "/ws/chat", None, None]]
