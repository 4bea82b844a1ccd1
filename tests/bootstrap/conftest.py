"""Settings over the tests' database and a folder of the test's own; what a start leaves behind in the process is undone."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
import pytest
import structlog
import trio

from smarthealth.actors import Strategy, open_system
from smarthealth.bootstrap.tree import start_tree
from smarthealth.bootstrap.world import World
from smarthealth.server.hypercorn import Bind, open_listeners
from smarthealth.server.shared_metrics import SharedMetrics
from smarthealth.settings import Environment, Settings, load_settings

MakeSettings = Callable[..., Settings]
Interrupt = Callable[[], Awaitable[None]]


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    """Settings of an environment that holds the given variables and a data folder of the test's own, nothing else."""

    def make(**variables: str) -> Settings:
        own = {"SMARTHEALTH_DATA": str(tmp_path / "data"), "SMARTHEALTH_PORT": "0"}
        return load_settings(Environment(process=own | variables, file={}))

    return make


@pytest.fixture
def settings(make_settings: MakeSettings, dsn: str) -> Settings:
    """Settings over the tests' database; passwords cost nothing to speak of."""
    made = make_settings(DATABASE_URL=dsn)
    return attrs.evolve(made, server=attrs.evolve(made.server, shutdown_grace=1.0))


@pytest.fixture
def interrupt() -> Interrupt:
    """Sends SIGTERM to this process as soon as it is waited for."""

    async def send() -> None:
        with trio.fail_after(20):
            while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # noqa: ASYNC110 # nothing tells of a handler
                await trio.sleep(0.005)
        os.kill(os.getpid(), signal.SIGTERM)

    return send


@asynccontextmanager
async def open_tree(settings: Settings, shared: SharedMetrics | None = None) -> AsyncIterator[tuple[World, str]]:
    """A running tree, and its address; with `shared`, one of several processes."""
    addresses: list[str] = []
    with open_listeners([Bind(name="records", address="127.0.0.1:0")], settings.server.limits()) as listeners:
        async with open_system("test", strategy=Strategy.REST_FOR_ONE) as system:
            yield await start_tree(settings, system, listeners, addresses.extend, shared), addresses[0]


@attrs.frozen
class Page:
    """What one HTTP request was answered with."""

    status: int
    body: bytes


async def get(address: str, path: str) -> Page:
    """Ask a server for one page."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    stream = await trio.open_tcp_stream(host, int(port))
    async with stream:
        await stream.send_all(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join([data async for data in stream])
    head, _, body = answer.partition(b"\r\n\r\n")
    return Page(status=int(head.split()[1]), body=body)


@pytest.fixture(name="get")
def _get() -> Callable[[str, str], Awaitable[Page]]:
    """Asks a server for one page."""
    return get
