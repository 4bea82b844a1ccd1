"""A serving process from its start to its end."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio

from smarthealth.actors import ActorFailed
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.serving import open_ports, open_server, run_worker, serve
from smarthealth.server.errors import ConfigurationError
from smarthealth.server.logs import configure_logs
from smarthealth.server.workers import Worker
from smarthealth.settings import Settings
from smarthealth.storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from tests.bootstrap.conftest import Interrupt, MakeSettings, Page

ASKED = 'smarthealth_http_requests_total{method="GET",route="/api/document-types",status="200"}'


async def test_it_serves_until_it_is_told_to_stop(
    settings: Settings, interrupt: Interrupt, get: Callable[[str, str], Awaitable[Page]]
) -> None:
    """It says its addresses when it accepts and hears signals, serves there, drains at SIGTERM, and returns."""
    addresses: list[str] = []
    accepting = trio.Event()

    def on_ready(found: Sequence[str]) -> None:
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        addresses.extend(found)
        accepting.set()

    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve, settings, {}, on_ready)
            await accepting.wait()
            assert (await get(addresses[0], "/")).status == 200
            await interrupt()
    with pytest.raises(OSError, match="attempts to connect"):
        await get(addresses[0], "/")


async def test_what_keeps_it_from_starting_is_the_cause(make_settings: MakeSettings) -> None:
    """A part that does not start ends the start, with its failure as the cause and one line in the log."""
    log = io.StringIO()
    configure_logs("ERROR", log)
    settings = make_settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    with open_ports(settings) as listeners, pytest.raises(ActorFailed) as failed:
        async with open_server(settings, listeners, lambda _: None):
            pytest.fail("it started")
    assert isinstance(failed.value.__cause__, StorageUnavailable)
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert (line["event"], line["path"], line["error"]) == ("actor_failed", "smarthealth/storage", "StorageUnavailable")


def test_ports_are_opened_as_asked(make_settings: MakeSettings) -> None:
    """The main port and one for each application asked for are open inside the block and closed after it."""
    with open_ports(make_settings(SMARTHEALTH_LISTEN="records=127.0.0.1:0")) as listeners:
        addresses = [("127.0.0.1", listener.port) for listener in listeners]
        assert len(addresses) == 2
        for address in addresses:
            socket.create_connection(address).close()
    for address in addresses:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"SMARTHEALTH_LISTEN": "nosuch=127.0.0.1:0"}, "no application 'nosuch' to listen for; there are records"),
        ({"SMARTHEALTH_LISTEN": "records"}, "not of the form APP=HOST:PORT"),
        ({"SMARTHEALTH_HOST": "192.0.2.1"}, "cannot listen on 192.0.2.1:0: Cannot assign requested address"),
    ],
)
def test_ports_that_cannot_be_opened_are_said_so(
    make_settings: MakeSettings, variables: dict[str, str], reason: str
) -> None:
    """An unknown application, a malformed address, or one of another machine ends the start with the reason."""
    with pytest.raises(StartError, match=reason), open_ports(make_settings(**variables)):
        pytest.fail("it opened")


def test_a_taken_port_is_said_so(make_settings: MakeSettings) -> None:
    """A port that somebody else has ends the start with the reason and a way out."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(StartError, match="Address already in use; choose another with --port"),
        open_ports(make_settings(SMARTHEALTH_PORT=str(taken.getsockname()[1]))),
    ):
        pytest.fail("it opened")


@pytest.mark.parametrize(
    "variables",
    [{"SECRET_KEY": "short"}, {"ALLOWED_ORIGINS": "nonsense"}, {"SMARTHEALTH_TLS_CERT": "/nowhere"}],
    ids=str,
)
def test_keys_and_origins_are_looked_at_before_anything_starts(
    make_settings: MakeSettings, variables: dict[str, str]
) -> None:
    """What cannot be used ends the start before the database is opened."""
    with pytest.raises(ConfigurationError), open_ports(make_settings(**variables)):
        pytest.fail("it opened")


async def test_several_processes_share_the_port(
    make_settings: MakeSettings,
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
    interrupt: Interrupt,
    get: Callable[[str, str], Awaitable[Page]],
) -> None:
    """With several workers, all accept before the addresses are said, `/metrics` is of all, and SIGTERM stops them all."""
    overrides = {"SMARTHEALTH_WORKERS": "2", "SMARTHEALTH_PORT": "0"}
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SMARTHEALTH_SHUTDOWN_GRACE", "1")
    settings = make_settings(DATABASE_URL=dsn, SMARTHEALTH_WORKERS="2")
    monkeypatch.setenv("SMARTHEALTH_DATA", str(settings.general.data))
    said: list[str] = []
    accepting = trio.Event()

    def on_ready(found: Sequence[str]) -> None:
        said.extend(found)
        accepting.set()

    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve, settings, overrides, on_ready)
            await accepting.wait()
            for _ in range(8):  # answered by whichever accepts
                assert (await get(said[0], "/api/document-types")).status == 200
            page = ""
            while f"{ASKED} 8.0" not in page:  # what the other counted is seen within a second
                page = (await get(said[0], "/metrics")).body.decode()
                await trio.sleep(0.1)
            assert page.count(ASKED) == 1
            await interrupt()
    assert [address.startswith("http://127.0.0.1:") for address in said] == [True]


async def test_workers_that_cannot_start_end_the_start(make_settings: MakeSettings, dsn: str) -> None:
    """A worker that fails before it is ready is not started for ever: the start ends with the reason."""
    settings = make_settings(DATABASE_URL=dsn, SMARTHEALTH_WORKERS="2")
    with trio.fail_after(60), pytest.raises(StartError, match="ended with 1 before it was ready"):
        await serve(settings, {"SMARTHEALTH_PORT": "none"}, lambda _: pytest.fail("it started"))


def test_a_worker_serves_until_its_parent_is_gone(
    make_settings: MakeSettings, dsn: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker accepts on its parent's socket, says that it does, and drains when the parent has vanished."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    hears, says = os.pipe()
    lifeline, held = os.pipe()
    told: list[bytes] = []

    def be_parent() -> None:
        told.append(os.read(hears, 100))
        os.close(held)

    with open_ports(make_settings()) as listeners:
        sockets = tuple((listener.name, os.dup(listener.socket.fileno())) for listener in listeners)
        arguments = {"SMARTHEALTH_DATA": str(make_settings().general.data), "SMARTHEALTH_SHUTDOWN_GRACE": "1"}
        worker = Worker(
            number=1, sockets=sockets, lifeline=lifeline, ready=says, shared=str(tmp_path), arguments=arguments
        )
        parent = threading.Thread(target=be_parent)
        parent.start()
        run_worker(worker)
        parent.join()
    os.close(hears)
    assert told == [b"ready\n"]
    assert (tmp_path / "1").exists()  # its numbers, for the others
