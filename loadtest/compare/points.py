"""Load points: what is asked of a server, and what came of it.

Clients and provider run on cores that the server does not use. The server's processor time is read from the system, for its
process and all its threads and children; delivered tokens are counted in the text, however they were merged into frames.
"""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Final

import attrs
import msgspec

from .servers import Process
from .simulator import WORD, Plan
from .socket import WebSocket

WARM_UP: Final = 3.0
"""Seconds of load before anything is counted."""
PING_EVERY: Final = 0.1
"""Seconds between the pings of a connection that does nothing else."""
AT_ONCE: Final = 64
"""Handshakes under way at once."""
SHORTEST: Final = 0.2
"""Seconds over which answers that take no time begin."""
LONGEST_TURN: Final = 90.0
"""Seconds after which a stream counts as dead."""

_PATH: Final = "/ws/chat?token={token}"
_WORD: Final = WORD.encode()
_QUESTION: Final = "¿Cómo ha evolucionado la hemoglobina glicosilada?"


def question() -> bytes:
    """A question in a session of its own, as it goes over the wire."""
    query = {
        "type": "query",
        "session_id": str(uuid.uuid4()),
        "document_type_id": 8,
        "document_number": "30995750",
        "question": _QUESTION,
    }
    return msgspec.json.encode(query)


class LoadFailed(Exception):
    """A server answered with an error, or not at all; says with which."""


@attrs.frozen(kw_only=True)
class Spread:
    """Seconds: a distribution in three numbers."""

    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of what was measured; not a number where nothing was."""
        if not values:
            return cls(p50=math.nan, p99=math.nan, most=math.nan)
        ordered = sorted(values)
        return cls(
            p50=ordered[len(ordered) // 2],
            p99=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
            most=ordered[-1],
        )


@attrs.frozen(kw_only=True)
class Streams:
    """So many answers at once, over and over."""

    streams: int
    tokens_per_second: float
    """Delivered, by all streams together."""
    cpu_per_token: float
    """Seconds of the server's processor; the work around the tokens of a turn is part of it."""
    cpu_share: float
    """Of one core."""
    first_token: Spread
    """Seconds beyond the model's own."""
    gap: Spread
    """Seconds between two deliveries of one answer."""
    ping: Spread
    """Seconds to the answer of a ping, on a connection of its own."""
    turns: int
    failures: int
    seconds: float
    """How long it was counted."""
    pace_kept: float = 1.0
    """Share of the tokens that would have come from a server that adds no time; 1 where the model knows no pace."""

    def cpu_per_token_alone(self, turn: float) -> float:
        """Seconds of the server's processor for a token, without its share of the turns, which take so many each."""
        return self.cpu_per_token - turn * self.turns / (self.tokens_per_second * self.seconds)


class _Tally:
    """What the clients of a load point saw while it counted."""

    def __init__(self) -> None:
        self.counting = False
        self.tokens = 0
        self.turns = 0
        self.failures = 0
        self.first: list[float] = []
        self.gaps: list[float] = []
        self.pings: list[float] = []


class _Asker:
    """Asks one question after the other on a connection of its own."""

    def __init__(self, tally: _Tally, plan: Plan, token: str) -> None:
        self._tally = tally
        self._plan = plan
        self._path = _PATH.format(token=token)
        self._turn_over = asyncio.Event()
        self._asked = 0.0
        self._latest: float | None = None

    async def run(self, process: Process, delay: float) -> None:
        """Ask until cancelled."""
        await asyncio.sleep(delay)
        socket = await WebSocket.connect("127.0.0.1", process.port, self._path, self._heard)
        frame = question()
        try:
            while True:
                self._turn_over.clear()
                self._latest, self._asked = None, time.perf_counter()
                socket.send(frame)
                async with asyncio.timeout(LONGEST_TURN):
                    await self._turn_over.wait()
        except TimeoutError:
            self._tally.failures += 1
        finally:
            socket.close()

    def _heard(self, message: bytes) -> None:
        kind = message[9:13]  # `{"type":"` stands first in what both servers write
        if kind == b"toke":
            self._token(message)
        elif kind == b"comp":
            self._tally.turns += self._tally.counting
            self._turn_over.set()
        elif kind == b"erro":
            self._tally.failures += 1
            self._turn_over.set()

    def _token(self, message: bytes) -> None:
        now, tally = time.perf_counter(), self._tally
        if tally.counting:
            tally.tokens += message.count(_WORD)
            if self._latest is None:
                tally.first.append(now - self._asked - self._plan.first_token)
            else:
                tally.gaps.append(now - self._latest)
        self._latest = now


class _Pinger:
    """Pings now and then."""

    def __init__(self, tally: _Tally, token: str) -> None:
        self._tally = tally
        self._path = _PATH.format(token=token)
        self._answered = asyncio.Event()

    async def run(self, process: Process) -> None:
        """Ping until cancelled."""
        socket = await WebSocket.connect("127.0.0.1", process.port, self._path, self._heard)
        try:
            while True:
                self._answered.clear()
                began = time.perf_counter()
                socket.send(b'{"type":"ping"}')
                await self._answered.wait()
                if self._tally.counting:
                    self._tally.pings.append(time.perf_counter() - began)
                await asyncio.sleep(PING_EVERY)
        finally:
            socket.close()

    def _heard(self, message: bytes) -> None:
        if b"pong" in message[:20]:
            self._answered.set()


def _look_away() -> None:
    """Whoever measures without asking what else there is to see."""


async def measure_streams(
    process: Process, plan: Plan, token: str, streams: int, seconds: float, look: Callable[[], None] = _look_away
) -> Streams:
    """Keep so many answers under way, and see how they come.

    Args:
        process: The server.
        plan: How the model answers.
        token: A user's.
        streams: Answers at once.
        seconds: How long to count, after the warm-up.
        look: Called when counting begins, and when it has ended.

    Raises:
        LoadFailed: Nothing was delivered.
    """
    tally = _Tally()
    length = max(plan.seconds, SHORTEST)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_Pinger(tally, token).run(process))]
        for number in range(streams):
            delay = length * number / streams  # or turns would begin in bursts, which is another measurement
            tasks.append(group.create_task(_Asker(tally, plan, token).run(process, delay)))
        await asyncio.sleep(length + WARM_UP)
        look()
        cpu, began = process.cpu(), time.perf_counter()
        tally.counting = True
        await asyncio.sleep(seconds)
        tally.counting = False
        cpu, elapsed = process.cpu() - cpu, time.perf_counter() - began
        look()
        for task in tasks:
            task.cancel()
    if not tally.tokens:
        raise LoadFailed(f"no token in {elapsed:.0f} s of {streams} streams, {tally.failures} failures")
    return Streams(
        streams=streams,
        tokens_per_second=tally.tokens / elapsed,
        cpu_per_token=cpu / tally.tokens,
        cpu_share=cpu / elapsed,
        first_token=Spread.of(tally.first),
        gap=Spread.of(tally.gaps),
        ping=Spread.of(tally.pings),
        turns=tally.turns,
        failures=tally.failures,
        seconds=elapsed,
        pace_kept=tally.tokens / elapsed / (streams * plan.tokens / plan.seconds) if plan.pace else 1.0,
    )


@attrs.frozen(kw_only=True)
class Connections:
    """So many connections that say nothing."""

    connections: int
    per_second: float
    """Opened, greeting included."""
    cpu_each: float
    """Seconds of the server's processor to open one."""
    memory_each: float
    """Bytes of the server's memory for one that is idle."""
    cpu_idle: float
    """Share of a core that all of them cost while idle."""


class _Greeting:
    """The first message of a connection."""

    def __init__(self) -> None:
        self.came = asyncio.Event()

    def heard(self, message: bytes) -> None:
        """Anything that comes."""
        self.came.set()


async def measure_connections(
    process: Process,
    token: str,
    count: int,
    idle: float = 3.0,
    look: Callable[[], None] = _look_away,
    at_once: int = AT_ONCE,
) -> Connections:
    """Open so many connections, leave them idle for some seconds, and close them.

    Args:
        process: The server.
        token: A user's.
        count: Connections.
        idle: Seconds.
        look: Called before the first is opened, and when all are.
        at_once: Handshakes under way at once.
    """
    path = _PATH.format(token=token)
    waiting = iter(range(count))
    sockets: list[WebSocket] = []

    async def open_some() -> None:
        for _ in waiting:
            greeting = _Greeting()
            sockets.append(await WebSocket.connect("127.0.0.1", process.port, path, greeting.heard))
            await greeting.came.wait()

    look()
    memory, cpu, began = process.memory(), process.cpu(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(open_some())
    elapsed, spent = time.perf_counter() - began, process.cpu() - cpu
    look()
    await asyncio.sleep(0.5)
    grown, resting = process.memory() - memory, process.cpu()
    await asyncio.sleep(idle)
    resting = process.cpu() - resting
    lost = sum(socket.closed for socket in sockets)
    for socket in sockets:
        socket.close()
    await asyncio.sleep(1)
    if lost:
        raise LoadFailed(f"{lost} of {count} idle connections were lost")
    return Connections(
        connections=count,
        per_second=count / elapsed,
        cpu_each=spent / count,
        memory_each=grown / count,
        cpu_idle=resting / idle,
    )
