"""A disk that fills up under a running server, and is emptied again."""

from __future__ import annotations

import contextlib
import errno
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import trio

if TYPE_CHECKING:
    from tests.endtoend.conftest import CopyData, Eventually, Launch, Server

ROOM = 40 * 1024 * 1024
"""Bytes beside what the data folder takes: a segment of PostgreSQL's log, the index's next versions."""
QUESTION = "¿Qué alergias tiene?"


@pytest.fixture
def small_disk(copy_data: CopyData, scratch: Path) -> Iterator[Path]:
    """A filled data folder on a file system of its own that has little room left."""
    source = copy_data()
    disk = scratch / uuid.uuid4().hex
    disk.mkdir()
    size = sum(file.stat().st_blocks * 512 for file in source.rglob("*")) + ROOM
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(disk)]
    try:
        subprocess.run(mounting, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this account may not mount a file system")
    try:
        subprocess.run(["cp", "-a", source, disk / "data"], check=True)
        yield disk / "data"
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC  # noqa: PT017  # any other error is not what was to be made
    return ballast


def use_up_log(server: Server) -> None:
    """Write until PostgreSQL has no room for its log left in the files that it has already."""
    with contextlib.suppress(psycopg.Error), server.database() as database:
        while True:
            database.execute("select pg_logical_emit_message(true, 'filler', 'x')")
            database.execute("select pg_switch_wal()")


async def test_a_full_disk_is_survived(launch: Launch, small_disk: Path, eventually: Eventually) -> None:
    """While it is full each query gets one answer or one PROCESSING_ERROR; with room again all works, without a restart."""
    server = launch(data=small_disk)
    async with server.chat() as chat:
        assert (await chat.ask(QUESTION))[-1]["type"] == "complete"
        ballast = fill(small_disk.parent)
        use_up_log(server)
        for _ in range(10):
            assert (await chat.ask(QUESTION))[-1]["error"]["code"] == "PROCESSING_ERROR"
            await trio.sleep(0.2)  # for it to try to come back meanwhile
        await chat.ping()
        ballast.unlink()
        with trio.fail_after(30):
            while (last := (await chat.ask(QUESTION))[-1])["type"] != "complete":
                assert last["error"]["code"] == "PROCESSING_ERROR"
                await trio.sleep(0.2)
    await eventually(lambda: server.request("/health").status == 200)
    assert server.stop() == 0
