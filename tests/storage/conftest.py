"""What the tests of storage share: a wire to the database that can be cut and frozen, and folders for embedded servers."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smarthealth.storage.embedded import start_embedded_sync
from smarthealth.storage.postgres import Connection
from smarthealth.storage.waiting import Turnstile


class Wire:
    """Forwards connections to the database, until it is told to hold back or to hang up."""

    def __init__(self, dsn: str, nursery: trio.Nursery) -> None:
        self._upstream = conninfo_to_dict(dsn)
        self._nursery = nursery
        self._open = trio.Event()
        self._open.set()
        self._listening = trio.CancelScope()
        self._listeners: list[trio.SocketListener] = []
        self._streams: list[trio.SocketStream] = []
        self._left: int | None = None
        self.dsn = ""

    async def serve(self) -> None:
        """Listen on a port of its own; `dsn` then leads through the wire."""
        self._listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        port = self._listeners[0].socket.getsockname()[1]
        self.dsn = make_conninfo("", **{**self._upstream, "host": "127.0.0.1", "port": port, "sslmode": "disable"})
        self._nursery.start_soon(self._listen)

    async def _listen(self) -> None:
        with self._listening:
            await trio.serve_listeners(self._forward, self._listeners, handler_nursery=self._nursery)

    async def refuse(self) -> None:
        """Take no further connections; those that are there stay."""
        self._listening.cancel()
        await trio.testing.wait_all_tasks_blocked()

    def freeze(self) -> None:
        """Hold everything back, in both directions, that of new connections too."""
        self._open = trio.Event()

    def thaw(self) -> None:
        """Let go of what was held back."""
        self._open.set()

    async def cut(self) -> None:
        """Hang up on everybody."""
        for stream in self._streams:
            await trio.aclose_forcefully(stream)
        self._streams.clear()

    def cut_after(self, size: int) -> None:
        """Hang up on everybody once this many bytes more have passed."""
        self._left = size

    async def _forward(self, client: trio.SocketStream) -> None:
        host, port = str(self._upstream["host"]), int(self._upstream.get("port") or 5432)
        server: trio.SocketStream
        if host.startswith("/"):
            server = await trio.open_unix_socket(f"{host}/.s.PGSQL.{port}")
        else:
            server = await trio.open_tcp_stream(host, port)
        self._streams += [client, server]
        async with server, trio.open_nursery() as nursery:
            nursery.start_soon(self._pump, client, server)
            nursery.start_soon(self._pump, server, client)

    async def _pump(self, source: trio.SocketStream, sink: trio.SocketStream) -> None:
        try:
            async for data in source:
                await self._open.wait()
                await sink.send_all(data)
                await self._count(len(data))
            await sink.send_eof()
        except (trio.ClosedResourceError, trio.BrokenResourceError):
            pass

    async def _count(self, size: int) -> None:
        if self._left is not None:
            self._left -= size
            if self._left < 0:
                self._left = None
                await self.cut()


@pytest.fixture
async def wire(dsn: str, nursery: trio.Nursery) -> Wire:
    """A wire to a empty, migrated database."""
    wire = Wire(dsn, nursery)
    await wire.serve()
    return wire


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[Connection[Any]]:
    """A connection in autocommit mode to an empty database with a table `t`."""
    connection: Connection[Any] = await Connection.connect(dsn, autocommit=True)
    await connection.execute("create table t (x int primary key, y text)")
    yield connection
    connection.abandon()


@pytest.fixture
def turnstile() -> Turnstile:
    """A turnstile that nobody else passes."""
    return Turnstile()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket, which no other run of the tests tidies away."""
    with tempfile.TemporaryDirectory(prefix="sh-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def _cluster_template() -> Iterator[Path]:
    """A data folder whose embedded server was used and stopped."""
    with tempfile.TemporaryDirectory(prefix="sh-", dir="/tmp") as folder:
        with start_embedded_sync(Path(folder)):
            pass
        yield Path(folder) / "postgres"


@pytest.fixture
def data_folder(_cluster_template: Path, short_folder: Path) -> Path:
    """A data folder with a cluster in it, which saves the time of making one."""
    subprocess.run(["cp", "-a", _cluster_template, short_folder / "postgres"], check=True)
    return short_folder
