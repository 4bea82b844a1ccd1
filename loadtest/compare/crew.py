"""The worker processes of a server: what each is given, what it uses, and which connections it holds."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs

from .servers import NotReady, Process, children_of, connections_of, cpu_of
from .shares import Group, Usage, pin

SATURATED: Final = 0.9
"""Share of the periods in which a worker has to be stopped at its limit, or share of its core that it has to use."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@attrs.frozen(kw_only=True)
class Seen:
    """What the system told of the workers while a load point counted; one value for each worker."""

    short: tuple[float, ...]
    """Share of the periods in which it was stopped at its limit; empty with a core each."""
    used: tuple[float, ...]
    """Share of a core."""
    connections: tuple[int, ...]
    """Open at the end."""
    idle: float
    """Cores of the machine that nobody used."""

    def saturated(self) -> bool:
        """Whether every worker had more to do than it could."""
        return min(self.short or self.used) >= SATURATED

    def fullest(self) -> float:
        """Connections of the worker that has most, by those of an even spread."""
        return max(self.connections) * len(self.connections) / sum(self.connections)


class Crew:
    """The worker processes of a server that is up, each with a share of its own; watches them.

    Args:
        process: The server.
        workers: As many as it was told to have.

    Raises:
        NotReady: It has another number of them.
    """

    def __init__(self, process: Process, workers: int) -> None:
        self._port = process.port
        self._pids = children_of(process.pid) if workers > 1 else [process.pid]
        if len(self._pids) != workers:
            raise NotReady(f"{len(self._pids)} processes for {workers} workers")
        self._groups: Sequence[Group] = ()
        self._looks: list[_Look] = []

    def limit(self, groups: Sequence[Group]) -> None:
        """A group for each."""
        self._groups = groups[: len(self._pids)]
        for pid, group in zip(self._pids, self._groups, strict=True):
            group.take(pid)

    def spread_over(self, cores: Sequence[int]) -> None:
        """A core for each."""
        for pid, core in zip(self._pids, cores, strict=False):
            pin(pid, core)

    def look(self) -> None:
        """Note how things are."""
        self._looks.append(
            _Look(
                time=time.perf_counter(),
                usages=tuple(group.usage() for group in self._groups),
                cpu=tuple(cpu_of(pid) for pid in self._pids),
                idle=_idle(),
                connections=tuple(connections_of(pid, self._port) for pid in self._pids),
            )
        )

    def seen(self) -> Seen:
        """What was between the last two looks."""
        before, after = self._looks[-2:]
        elapsed = after.time - before.time
        return Seen(
            short=tuple(late.short_since(early) for early, late in zip(before.usages, after.usages, strict=True)),
            used=tuple((late - early) / elapsed for early, late in zip(before.cpu, after.cpu, strict=True)),
            connections=after.connections,
            idle=(after.idle - before.idle) / elapsed,
        )


@attrs.frozen(kw_only=True)
class _Look:
    time: float
    usages: tuple[Usage, ...]
    cpu: tuple[float, ...]
    idle: float
    connections: tuple[int, ...]


def _idle() -> float:
    """Seconds that the machine's cores have spent idle."""
    return int(Path("/proc/stat").read_text().split(None, 5)[4]) / _TICKS
