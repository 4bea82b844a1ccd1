"""Listening sockets."""

from __future__ import annotations

import socket

import pytest

from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.server.hypercorn.listeners import Bind, open_listeners


def test_listeners_are_bound_named_and_closed() -> None:
    """Every address gets a listening socket with its name, closed at the end."""
    binds = [Bind(name="main", address="127.0.0.1:0"), Bind(name="taxi", address="[::1]:0")]
    with open_listeners(binds, ShellLimits()) as listeners:
        assert [listener.name for listener in listeners] == ["main", "taxi"]
        assert listeners[0].address == f"127.0.0.1:{listeners[0].port}"
        assert listeners[1].address == f"[::1]:{listeners[1].port}"
        socket.create_connection(("127.0.0.1", listeners[0].port)).close()
    assert all(listener.socket.fileno() == -1 for listener in listeners)


def test_taken_address_closes_what_was_bound_before() -> None:
    """A failure leaves no socket behind."""
    with open_listeners([Bind(name="a", address="127.0.0.1:0")], ShellLimits()) as (first,):
        binds = [Bind(name="b", address="127.0.0.1:0"), Bind(name="c", address=first.address)]
        with pytest.raises(OSError, match="in use"), open_listeners(binds, ShellLimits()):
            raise AssertionError


def test_socket_of_a_parent_is_taken_over() -> None:
    """A worker listens on the descriptor that its parent bound."""
    with open_listeners([Bind(name="a", address="127.0.0.1:0")], ShellLimits()) as (parent,):
        shared = parent.socket.dup()
        shared.set_inheritable(True)
        with open_listeners([Bind(name="a", address=f"fd://{shared.detach()}")], ShellLimits()) as (child,):
            assert child.port == parent.port
