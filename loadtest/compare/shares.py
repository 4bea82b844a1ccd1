"""A fixed share of the processors for single processes, so that several can be compared on a machine of few cores.

On Linux a group of processes has a bandwidth: so many microseconds of processor time in each period, and nothing beyond, however
idle the cores are (the `cpu` controller of control groups, `cpu.cfs_quota_us` in version 1 and `cpu.max` in version 2). A
process in a group of its own is a processor of that size to its own threads. The kernel counts the periods in which the group
was stopped at its limit: a process that is stopped in nearly all of them is saturated, and has had its share whole, whatever
else the machine did. So that it has, these groups weigh more than what else runs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import attrs

PERIOD_US: Final = 10_000
"""Microseconds: short beside what users notice, long beside a turn of an event loop."""
HEAVIER: Final = 10
"""Times the weight of other groups, which counts where cores are short."""
LEAST_US: Final = 1_000
"""Microseconds: the kernel gives no less."""
EMPTIED_WITHIN: Final = 10.0
"""Seconds that a group's last process may take to be gone."""
_MOUNTS: Final = Path("/proc/self/mounts")
_MEMBERSHIP: Final = Path("/proc/self/cgroup")


class Unavailable(Exception):
    """This machine, or this account, cannot give shares of processors; says what is missing."""


@attrs.frozen(kw_only=True)
class Usage:
    """What the kernel has counted of a group so far."""

    periods: int
    """In which anything ran."""
    throttled: int
    """Of these, those in which it was stopped at its limit."""

    def short_since(self, before: Usage) -> float:
        """Share of the periods since then in which it was stopped; 0 when nothing ran."""
        periods = self.periods - before.periods
        return (self.throttled - before.throttled) / periods if periods else 0.0


@attrs.frozen(kw_only=True)
class Controller:
    """Where groups are made."""

    root: Path
    version: int

    @classmethod
    def of_mounts(cls, mounts: str) -> Controller:
        """The `cpu` controller among the mounted file systems.

        Raises:
            Unavailable: There is none.
        """
        for line in mounts.splitlines():
            _, place, kind, options, *_ = line.split()
            root = Path(place)
            if kind == "cgroup" and "cpu" in options.split(","):
                return cls(root=root, version=1)
            if kind == "cgroup2" and "cpu" in _words(root / "cgroup.controllers"):
                return cls(root=root, version=2)
        raise Unavailable("no cpu controller of control groups is mounted")

    def limits(self, share: float | None) -> Mapping[str, str]:
        """What is written to which files of a group that may have this share of a core, or as much as there is."""
        first = self.version == 1
        files = {"cpu.shares": str(HEAVIER * 1024)} if first else {"cpu.weight": str(HEAVIER * 100)}
        if share is not None:
            quota = max(LEAST_US, round(share * PERIOD_US))
            files |= (
                {"cpu.cfs_period_us": str(PERIOD_US), "cpu.cfs_quota_us": str(quota)}
                if first
                else {"cpu.max": f"{quota} {PERIOD_US}"}
            )
        return files

    def home(self, membership: str) -> Path:
        """The group of a process of which `/proc/PID/cgroup` says this."""
        for line in membership.splitlines():
            _, controllers, path = line.split(":", 2)
            if "cpu" in controllers.split(",") if self.version == 1 else not controllers:
                return self.root / path.lstrip("/")
        return self.root


@attrs.frozen(kw_only=True)
class Group:
    """A group of processes."""

    path: Path

    def take(self, pid: int) -> None:
        """Have this process in the group from now on, all its threads and the children that it will have included."""
        (self.path / "cgroup.procs").write_text(str(pid))

    def usage(self) -> Usage:
        """So far."""
        counts = dict(line.split() for line in (self.path / "cpu.stat").read_text().splitlines())
        return Usage(periods=int(counts["nr_periods"]), throttled=int(counts["nr_throttled"]))


@contextmanager
def open_groups(count: int, share: float) -> Iterator[tuple[Group, ...]]:
    """Make so many groups, each of which may have this share of a core, and remove them at the end.

    This process, and what it starts meanwhile, is in another without a limit. Whatever is in a group has to end before.

    Raises:
        Unavailable: There is no controller, or this account may not use it.
    """
    with ExitStack() as stack:
        controller = Controller.of_mounts(_MOUNTS.read_text())
        try:
            enabled = controller.root / "cgroup.subtree_control"
            if controller.version == 2 and "cpu" not in _words(enabled):
                enabled.write_text("+cpu")
                stack.callback(enabled.write_text, "-cpu")
            groups = tuple(
                stack.enter_context(_group(controller, f"loadtest-{os.getpid()}-{number}", share))
                for number in range(1, count + 1)
            )
            stack.enter_context(_within(controller, f"loadtest-{os.getpid()}-rest"))
        except OSError as error:
            raise Unavailable(f"no group can be made in {controller.root}: {error.strerror}") from None
        yield groups


@contextmanager
def _within(controller: Controller, name: str) -> Iterator[None]:
    """This process is in a group without a limit, and back where it was at the end."""
    home = Group(path=controller.home(_MEMBERSHIP.read_text()))
    with _group(controller, name, None) as group:
        try:
            group.take(os.getpid())
            yield
        finally:
            home.take(os.getpid())


@contextmanager
def _group(controller: Controller, name: str, share: float | None) -> Iterator[Group]:
    path = controller.root / name
    path.mkdir()
    try:
        for file, text in controller.limits(share).items():
            (path / file).write_text(text)
        yield Group(path=path)
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    """The kernel removes none that has a process, and one that has ended is there until it has been waited for."""
    deadline = time.monotonic() + EMPTIED_WITHIN
    while True:
        try:
            path.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def pin(pid: int, core: int) -> None:
    """Let a process, all the threads that it has and will have, run on this core alone."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
