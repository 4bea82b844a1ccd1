"""The worker processes of a server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loadtest.compare.crew import Crew, Seen
from loadtest.compare.servers import NotReady, Process, children_of, connections_of

SLEEPS = "import time; time.sleep(60)"
HAS_TWO = f"""
import subprocess, sys, time
crew = [subprocess.Popen([sys.executable, "-c", {SLEEPS!r}]) for _ in range(2)]
print("ready", flush=True)
try:
    sys.stdin.read()
finally:
    for each in crew:
        each.kill()
"""


@contextmanager
def running(program: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when its input does."""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as popen:
        assert popen.stdout is not None
        popen.stdout.readline()
        yield popen


def test_the_crew_is_the_server_itself_or_its_children() -> None:
    """Another number than was asked for is an error; what they use and hold is told of each."""
    with running(HAS_TWO) as popen:
        process = Process(popen=popen, port=1)
        crew = Crew(process, 2)
        crew.look()
        crew.look()
        told = crew.seen()
        assert (len(told.used), told.connections, told.short) == (2, (0, 0), ())
        with pytest.raises(NotReady, match="2 processes for 3 workers"):
            Crew(process, 3)
        assert len(Crew(process, 1)._pids) == 1
        assert len(children_of(popen.pid)) == 2


def test_connections_are_counted_by_who_holds_them() -> None:
    """Those to the port, at the server's end alone, while they are open."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert connections_of(os.getpid(), port) == 0
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = listener.accept()
            assert connections_of(os.getpid(), port) == 1
            accepted.close()
        assert connections_of(os.getpid(), port) == 0


def test_saturated_is_who_is_stopped_at_the_limit_or_fills_a_core() -> None:
    """Every worker of them."""
    limited = Seen(short=(0.99, 0.95), used=(0.35, 0.34), connections=(60, 40), idle=0.5)
    assert limited.saturated()
    assert limited.fullest() == 1.2
    assert not Seen(short=(0.99, 0.4), used=(0.35, 0.3), connections=(1, 1), idle=0.5).saturated()
    assert Seen(short=(), used=(0.97, 0.95), connections=(1, 1), idle=2.0).saturated()
    assert not Seen(short=(), used=(0.97, 0.4), connections=(1, 1), idle=2.0).saturated()
