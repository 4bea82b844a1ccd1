"""What a token, a turn and a connection cost, in units that no noise can change: `python -m loadtest.guard [--update]`.

A real server does fixed work, one thing at a time, for a provider and clients in this process. Counted are instructions of
byte code and steps of tasks, by token, turn and connection, and the bytes that an idle connection holds. The result is
compared with `baseline.json`, which holds figures for one version of Python; `--update` writes it anew. A figure that is
worse by more than its tolerance fails, and one that is better by as much asks for an update, so that the gain is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs

from .comparing import BASELINE, VERSION, compare, load, save
from .driving import PATIENCE, Client, Provider

PROGRAM: Final = Path(sys.executable).with_name("smarthealth")
METERED: Final = Path(__file__).with_name("metered.py")
DEMO: Final = ("demo@smarthealth.local", 8, "30995750")
QUESTION: Final = "¿Cómo ha evolucionado la hemoglobina glicosilada?"
SETTLED: Final = 0.005
"""Seconds between two things, in which the server comes to rest; longer than what the outbox joins."""
WARM_UP: Final = 20
TOKENS: Final = 200
TURNS: Final = 10
RESTING: Final = 2.0
"""Seconds in which a server at rest does no more than `AT_REST`."""
LATE: Final = 10.0
"""Seconds in which it has begun what it puts off at its start, and may rest before."""
AT_REST: Final = {"instructions": 50_000, "steps": 50, "bytes": 50_000}
CONNECTIONS: Final = 100


@attrs.frozen
class Metered:
    """A server whose meter is on."""

    process: subprocess.Popen[str]
    port: int
    token: str

    def read(self) -> dict[str, int]:
        """The meter's readings, the server being at rest."""
        time.sleep(10 * SETTLED)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        readings: dict[str, int] = json.loads(self.process.stdout.readline())
        return readings

    def rest(self) -> None:
        """Wait until it does nothing of its own accord: it goes on loading after its start."""
        time.sleep(LATE)
        before = self.read()
        while True:
            time.sleep(RESTING)
            now = self.read()
            if all(now[name] - before[name] < AT_REST[name] for name in now):
                return
            before = now

    def connect(self) -> Client:
        """A client that is connected."""
        return Client(self.port, self.token)


@contextmanager
def running(meter: str, data: Path, provider: Provider) -> Iterator[Metered]:
    """Run a server until the block ends."""
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "HOME", "TMPDIR")},
        "PYTHONHASHSEED": "0",
        "SMARTHEALTH_DATA": str(data),
        "OPENAI_BASE_URL": provider.url,
        "SMARTHEALTH_CONNECTIONS_PER_USER": "1000",
        "SMARTHEALTH_QUERIES_PER_MINUTE": "100000",
        "SMARTHEALTH_QUERY_BURST": "1000",
        "LLM_TIMEOUT": str(PATIENCE),
        "VECTOR_SEARCH_TIMEOUT": str(PATIENCE),
        "TOTAL_REQUEST_TIMEOUT": str(2 * PATIENCE),
    }
    made = subprocess.run(
        [PROGRAM, "token", DEMO[0], "--ttl", "86400"], env=environment, capture_output=True, text=True, check=True
    )
    with (data.parent / f"{meter}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(METERED), meter],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready"), (data.parent / f"{meter}.log").read_text()[-4000:]
        process.send_signal(signal.SIGUSR1)
        yield Metered(process, int(ready.split()[1].rstrip("/").rpartition(":")[2]), made.stdout.split()[-1])
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def measure() -> dict[str, float]:
    """All figures, by name."""
    with tempfile.TemporaryDirectory(prefix="smarthealth-guard-") as folder:
        data = Path(folder) / "data"
        subprocess.run(
            [PROGRAM, "demo", "--once", "--port", "0"],
            env={**os.environ, "SMARTHEALTH_DATA": str(data)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        provider = Provider()
        try:
            with running("instructions", data, provider) as server:
                figures = {**measure_answers(server, provider), **measure_connecting(server)}
            with running("memory", data, provider) as server:
                figures |= measure_idling(server)
        finally:
            provider.close()
    return figures


def measure_answers(server: Metered, provider: Provider) -> dict[str, float]:
    """What a token costs, and what a turn costs but for its tokens."""
    with server.connect() as client:
        for _ in range(3):
            _turn(client, provider, WARM_UP)
        server.rest()
        begun = server.read()
        for _ in range(TURNS):
            _turn(client, provider, 1)
        middle = server.read()
        _turn(client, provider, 1 + TOKENS)
        ended = server.read()
    turn = _per(TURNS, begun, middle)
    long_turn = _per(1, middle, ended)
    token = {name: (long_turn[name] - turn[name]) / TOKENS for name in turn}
    return {**_named("token", token), **_named("turn", turn)}


def _turn(client: Client, provider: Provider, tokens: int) -> None:
    time.sleep(SETTLED)
    session = str(uuid.uuid4())
    client.send(type="query", session_id=session, document_type_id=DEMO[1], document_number=DEMO[2], question=QUESTION)
    answer = provider.begin()
    for number in range(tokens):
        time.sleep(SETTLED)
        answer.say(f"palabra{number:04} ")
        client.receive_until("token")
    time.sleep(SETTLED)
    answer.end()
    client.receive_until("complete")


def measure_connecting(server: Metered) -> dict[str, float]:
    """What it costs to open a connection, and to close it."""

    def visit(times: int) -> None:
        for _ in range(times):
            with server.connect() as client:
                client.send(type="ping")
                client.receive_until("pong")
            time.sleep(SETTLED)

    visit(WARM_UP)
    begun = server.read()
    visit(CONNECTIONS)
    return _named("connection", _per(CONNECTIONS, begun, server.read()))


def measure_idling(server: Metered) -> dict[str, float]:
    """What a connection holds that has nothing to do."""
    clients = [server.connect() for _ in range(WARM_UP)]
    server.rest()
    begun = server.read()
    clients += [server.connect() for _ in range(CONNECTIONS)]
    held = _per(CONNECTIONS, begun, server.read())
    for client in clients:
        client.__exit__()
    return _named("idle connection", held)


def _per(count: int, begun: Mapping[str, int], ended: Mapping[str, int]) -> dict[str, float]:
    return {name: (ended[name] - begun[name]) / count for name in begun}


def _named(of: str, figures: Mapping[str, float]) -> dict[str, float]:
    return {f"{name} of a {of}" if of[0] != "i" else f"{name} of an {of}": value for name, value in figures.items()}


def main(arguments: list[str] | None = None) -> int:
    """Measure, and compare or update; 0 when all is as it was."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.guard", description=__doc__)
    parser.add_argument("--update", action="store_true", help=f"write {BASELINE.name} for this version of Python")
    update: bool = parser.parse_args(arguments).update
    figures = measure()
    if update:
        save(figures)
        print(f"{BASELINE.name} now holds the figures of Python {VERSION}")
    known: dict[str, Any] | None = load()
    if known is None:
        print(f"{BASELINE.name} holds no figures of Python {VERSION}")
        known = {}
    findings = compare(figures, known)
    for finding in findings:
        print(finding)
    return 1 if any(finding.fails for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
