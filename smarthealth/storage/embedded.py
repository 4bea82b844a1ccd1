"""PostgreSQL without an installation: a server of our own in the data folder, kept between runs.

Theory of operation. The server lives in `<data>/postgres`, as a process of its own. Every program that uses it holds a
shared lock on the file `in-use` there; the kernel lets go of it however the program ends. Whoever comes takes the lock
`changing` for the time it takes to look whether the server runs, and starts it if it does not. Whoever leaves takes it too,
and stops the server if nobody else holds `in-use`. So two programs may share a folder, and after `kill -9` the server, which
goes on running, is found again at the next start.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, NoReturn

import structlog
import trio

from .cluster import START_LIMIT, STOP_LIMIT, Cluster
from .errors import EmbeddedServerError

WATCH_INTERVAL: Final = 0.5
"""Seconds between two looks at whether the server lives."""
LONGEST_PAUSE: Final = 5.0
"""Seconds between two tries to start a server that does not start."""

_FOLDER: Final = "postgres"
_LOCK_INTERVAL: Final = 0.02
_LOCK_LIMIT: Final = START_LIMIT + STOP_LIMIT
_OWNER_ONLY: Final = 0o700
_NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})

_REASONS: Final = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "this account may not write there",
    errno.EPERM: "this account may not write there",
    errno.EROFS: "it can only be read",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EEXIST: "it is not a folder",
    errno.ENAMETOOLONG: "the path is too long",
}

_log = structlog.get_logger()


@asynccontextmanager
async def start_embedded(data: Path, *, settings: Mapping[str, str] = _NO_SETTINGS) -> AsyncIterator[str]:
    """Use the embedded server of a data folder, starting it if it does not run.

    Args:
        data: The data folder; the server keeps to the folder `postgres` in it.
        settings: Further settings of the server, by name; a server that runs already keeps those it has.

    Returns:
        An async context manager of the connection string.

    Raises:
        EmbeddedServerError: The server does not start; says why, for people.

    Resource handling:
        The server is stopped on leaving, unless another program uses it.
    """
    use = await trio.to_thread.run_sync(partial(_Use, data, settings))
    try:
        yield use.dsn
    finally:
        with trio.move_on_after(_LOCK_LIMIT + STOP_LIMIT, shield=True):
            await trio.to_thread.run_sync(use.end, abandon_on_cancel=True)


@contextmanager
def start_embedded_sync(data: Path, *, settings: Mapping[str, str] = _NO_SETTINGS) -> Iterator[str]:
    """As `start_embedded`, for programs that do not run Trio yet; blocks."""
    use = _Use(data, settings)
    try:
        yield use.dsn
    finally:
        use.end()


async def keep_embedded_running(data: Path, *, settings: Mapping[str, str] = _NO_SETTINGS) -> NoReturn:
    """Start the embedded server again whenever it died; runs beside `start_embedded`, as a service, and never returns.

    While it does not start (the disk is full, a file of it is gone) that is logged and tried again, ever more slowly: callers
    get `StorageUnavailable` meanwhile, and nobody has to restart this program afterwards.
    """
    cluster = Cluster(data / _FOLDER, settings)
    pause = WATCH_INTERVAL
    while True:
        await trio.sleep(pause)
        try:
            restarted = await trio.to_thread.run_sync(_revive, cluster)
        except EmbeddedServerError as error:
            pause = min(2 * pause, LONGEST_PAUSE)
            _log.error("embedded_postgres_not_restarted", reason=str(error), retry_after=pause)
        else:
            pause = WATCH_INTERVAL
            if restarted:
                _log.warning("embedded_postgres_restarted")


def _revive(cluster: Cluster) -> bool:
    """Start the server if it does not run; whether that was needed."""
    if cluster.find() is not None:
        return False
    with _explained(cluster.folder):
        if not cluster.data.exists():  # a new, empty cluster would look like a database that lost everything
            raise EmbeddedServerError(f"{cluster.data} is gone")
    _start(cluster)
    return True


class _Use:
    """One program's use of the server."""

    def __init__(self, data: Path, settings: Mapping[str, str]) -> None:
        self._cluster = Cluster(data / _FOLDER, settings)
        with _explained(self._cluster.folder):
            self._cluster.folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            self._cluster.folder.chmod(_OWNER_ONLY)
            self._in_use = _open(self._cluster.folder / "in-use")
        try:
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            self.dsn = _start(self._cluster)
        except BaseException:
            os.close(self._in_use)
            raise

    def end(self) -> None:
        """Stop the server if nobody else uses it."""
        try:
            with _changing(self._cluster):
                if _try_lock(self._in_use):
                    self._cluster.stop()
        finally:
            os.close(self._in_use)


def _start(cluster: Cluster) -> str:
    with _explained(cluster.folder), _changing(cluster):
        return cluster.start().dsn


@contextmanager
def _changing(cluster: Cluster) -> Iterator[None]:
    """Hold the right to start or stop the server."""
    lock = _open(cluster.folder / "changing")
    try:
        deadline = time.monotonic() + _LOCK_LIMIT
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"another program has been starting the server for {_LOCK_LIMIT:g} s")
            time.sleep(_LOCK_INTERVAL)
        yield
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try_lock(file: int) -> bool:
    """Lock a file for ourselves alone, or turn our shared lock of it into that, if nobody else holds one."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say in words what the system refuses."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror)
        raise EmbeddedServerError(f"the embedded database cannot use {folder}: {reason}") from error
