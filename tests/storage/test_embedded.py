from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog
import structlog.testing
import trio

from smarthealth.storage import embedded
from smarthealth.storage.cluster import Cluster, Postmaster
from smarthealth.storage.embedded import keep_embedded_running, start_embedded, start_embedded_sync
from smarthealth.storage.errors import EmbeddedServerError
from smarthealth.storage.pool import open_pool

HOLD = """
import sys, time
from pathlib import Path
from smarthealth.storage.embedded import start_embedded_sync
with start_embedded_sync(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(60)
"""


def server_of(data: Path) -> Postmaster | None:
    """The server that works in a data folder, if one does."""
    return Cluster(data / "postgres", {}).find()


async def ask(dsn: str, sql: Any) -> list[Any]:
    """Rows from a new connection."""
    async with open_pool(dsn) as pool:
        return await pool.fetch(sql)


async def test_from_nothing(short_folder: Path) -> None:
    """In an empty folder a server is made, which only its account can reach, and it is stopped on leaving."""
    data = short_folder / "new" / "data"
    async with start_embedded(data) as dsn:
        assert await ask(dsn, "select current_setting('listen_addresses'), current_setting('TimeZone')") == [
            ("", "UTC")
        ]
        assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700
        assert server_of(data) is not None
    assert server_of(data) is None


async def test_what_was_written_is_kept(data_folder: Path) -> None:
    """The next run finds what the last one wrote."""
    async with start_embedded(data_folder) as dsn, open_pool(dsn) as pool:
        await pool.execute("create table kept as select 1 as x")
    with start_embedded_sync(data_folder) as dsn:
        assert await ask(dsn, "select x from kept") == [(1,)]


async def test_the_last_one_stops_it(data_folder: Path) -> None:
    """Two programs share a folder's server, and whoever leaves last stops it."""
    async with start_embedded(data_folder) as first:
        async with start_embedded(data_folder) as second:
            assert second == first
        assert await ask(first, "select 1") == [(1,)]
    assert server_of(data_folder) is None


async def test_a_killed_program_leaves_a_server_that_is_found_again(data_folder: Path) -> None:
    """After `kill -9` of its only user the server runs on; the next user takes it over, and stops it on leaving."""
    async with trio.open_nursery() as nursery:
        command = [sys.executable, "-c", HOLD, str(data_folder)]
        program: trio.Process = await nursery.start(
            partial(trio.run_process, command, stdout=subprocess.PIPE, check=False)
        )
        assert program.stdout is not None
        assert await program.stdout.receive_some(5) == b"ready"
        before = server_of(data_folder)
        program.kill()
    assert before is not None
    async with start_embedded(data_folder) as dsn:
        assert server_of(data_folder) == before
        assert await ask(dsn, "select 1") == [(1,)]
    assert server_of(data_folder) is None


async def test_a_killed_server_is_started_again(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server is killed it comes back where it was, at a later attempt on a busy machine, and the same pool goes on with it."""
    monkeypatch.setattr(embedded, "WATCH_INTERVAL", 0.01)
    log_output = structlog.testing.LogCapture()
    monkeypatch.setattr(embedded, "_log", structlog.wrap_logger(None, processors=[log_output]))

    async with (
        start_embedded(data_folder) as dsn,
        open_pool(dsn) as pool,
        trio.open_nursery() as nursery,
    ):
        await pool.execute("create table kept as select 1 as x")
        killed = server_of(data_folder)
        assert killed is not None
        os.kill(killed.pid, signal.SIGKILL)
        events = log_output.entries
        nursery.start_soon(keep_embedded_running, data_folder)
        with trio.fail_after(30):
            while not events or events[-1]["event"] != "embedded_postgres_restarted":  # noqa: ASYNC110 # a log has no event to wait for
                await trio.sleep(0.01)
        assert {event["event"] for event in events[:-1]} <= {"embedded_postgres_not_restarted"}
        assert await pool.fetch("select x from kept") == [(1,)]
        nursery.cancel_scope.cancel()
    assert server_of(data_folder) is None


async def test_a_server_that_cannot_be_started_again_is_tried_until_it_can(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a file of the cluster, or all of it, is missing each try is logged; then the server is back with its data."""
    monkeypatch.setattr(embedded, "WATCH_INTERVAL", 0.01)
    monkeypatch.setattr(embedded, "LONGEST_PAUSE", 0.05)
    log_output = structlog.testing.LogCapture()
    monkeypatch.setattr(embedded, "_log", structlog.wrap_logger(None, processors=[log_output]))
    cluster = data_folder / "postgres/cluster"
    hidden = data_folder / "postgres/hidden"

    async def until_logged(event: str) -> None:
        log_output.entries.clear()
        with trio.fail_after(30):
            while event not in [entry["event"] for entry in log_output.entries]:  # noqa: ASYNC110 # as above
                await trio.sleep(0.01)

    async with start_embedded(data_folder) as dsn, open_pool(dsn) as pool, trio.open_nursery() as nursery:
        await pool.execute("create table kept as select 1 as x")
        nursery.start_soon(keep_embedded_running, data_folder)
        for missing in (cluster / "global/pg_control", cluster):
            running = server_of(data_folder)
            assert running is not None
            missing.rename(hidden)
            os.kill(running.pid, signal.SIGKILL)
            await until_logged("embedded_postgres_not_restarted")
            hidden.rename(missing)
            await until_logged("embedded_postgres_restarted")
        assert await pool.fetch("select x from kept") == [(1,)]
        nursery.cancel_scope.cancel()


async def test_a_server_that_does_not_start_is_nobodys(data_folder: Path) -> None:
    """A start that fails says why, and the folder can be used after it."""
    with pytest.raises(EmbeddedServerError, match="no_such_setting"):
        async with start_embedded(data_folder, settings={"no_such_setting": "1"}):
            pass
    async with start_embedded(data_folder, settings={"work_mem": "5MB"}) as dsn:
        assert await ask(dsn, "show work_mem") == [("5MB",)]


async def test_a_start_that_takes_too_long_elsewhere_is_not_awaited_for_ever(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the right to start the server one waits, up to a limit."""
    monkeypatch.setattr(embedded, "_LOCK_LIMIT", 0.05)
    (short_folder / "postgres").mkdir()
    with (
        embedded._changing(Cluster(short_folder / "postgres", {})),
        pytest.raises(EmbeddedServerError, match="another"),
    ):
        async with start_embedded(short_folder):
            pass


@pytest.mark.parametrize(
    ("path", "reason"), [("file/data", "a part of the path is a file"), ("x" * 300, "the path is too long")]
)
def test_an_unusable_folder_is_explained(path: str, reason: str, short_folder: Path) -> None:
    """What the system refuses is said in words."""
    (short_folder / "file").write_text("")
    with pytest.raises(EmbeddedServerError, match=reason), start_embedded_sync(short_folder / path):
        pass


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "Input/output error"), (None, "None")]
)
def test_what_the_system_refuses_is_explained(number: int | None, reason: str) -> None:
    """Refusals have words of ours where we know some, else the system's."""
    with pytest.raises(EmbeddedServerError, match=f"/data: {reason}"), embedded._explained(Path("/data")):
        raise OSError(number, os.strerror(number)) if number else OSError
