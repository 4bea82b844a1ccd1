"""Shares of processors, on whatever control groups this machine has."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loadtest.compare.shares import Controller, Unavailable, Usage, open_groups, pin

FIRST = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0\n"
MEMBERSHIP = Path("/proc/self/cgroup")


@contextmanager
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """A process that always has something to do."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_controller_is_found_in_either_version(tmp_path: Path) -> None:
    """By the options of a mount in version 1, by what the group of all offers in version 2; in nothing else."""
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io\n")
    second = f"cgroup2 {tmp_path} cgroup2 rw,nsdelegate 0 0\n"
    assert Controller.of_mounts(FIRST) == Controller(root=Path("/sys/fs/cgroup/cpu,cpuacct"), version=1)
    assert Controller.of_mounts(second) == Controller(root=tmp_path, version=2)
    (tmp_path / "cgroup.controllers").write_text("memory\n")
    for mounts in (second, "cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0\n", "cgroup2 /none cgroup2 rw 0 0\n", ""):
        with pytest.raises(Unavailable, match="no cpu controller"):
            Controller.of_mounts(mounts)


def test_a_limit_is_written_as_each_version_has_it() -> None:
    """A share of each period of ten milliseconds, at least what the kernel allows; none for all else."""
    first, second = (Controller(root=Path("/groups"), version=version) for version in (1, 2))
    assert first.limits(0.35) == {"cpu.shares": "10240", "cpu.cfs_period_us": "10000", "cpu.cfs_quota_us": "3500"}
    assert second.limits(0.35) == {"cpu.weight": "1000", "cpu.max": "3500 10000"}
    assert second.limits(0.01)["cpu.max"] == "1000 10000"
    assert (first.limits(None), second.limits(None)) == ({"cpu.shares": "10240"}, {"cpu.weight": "1000"})


def test_a_process_goes_back_to_where_it_was() -> None:
    """Its group is told by the controller's line in version 1, by the one without a controller in version 2."""
    first, second = (Controller(root=Path("/groups"), version=version) for version in (1, 2))
    told = "4:memory:/a\n3:cpu,cpuacct:/b/c\n0::/d\n"
    assert (first.home(told), second.home(told)) == (Path("/groups/b/c"), Path("/groups/d"))
    assert first.home("0::/d\n") == Path("/groups")


def test_what_was_short_is_a_share_of_the_periods_since() -> None:
    """Of those that ran; of none, nothing."""
    before = Usage(periods=100, throttled=90)
    assert Usage(periods=200, throttled=185).short_since(before) == 0.95
    assert before.short_since(before) == 0.0


def test_a_group_has_its_share_and_is_gone_at_the_end() -> None:
    """A process that would take a core is stopped at its share of it; groups are removed, and this process is back."""
    home = MEMBERSHIP.read_text()
    try:
        with open_groups(2, 0.2) as groups, busy() as process:
            assert MEMBERSHIP.read_text() != home
            before = groups[0].usage()
            groups[0].take(process.pid)
            deadline = time.monotonic() + 20
            while not groups[0].usage().short_since(before):
                assert time.monotonic() < deadline
                time.sleep(0.05)
    except Unavailable as error:
        pytest.skip(str(error))
    assert len(groups) == 2
    assert not any(group.path.exists() for group in groups)
    assert MEMBERSHIP.read_text() == home


def test_groups_are_gone_after_a_failure_too() -> None:
    """Ctrl-C included."""
    made: list[Path] = []

    def interrupted() -> None:
        with open_groups(1, 0.2) as groups:
            made.extend(group.path for group in groups)
            raise KeyboardInterrupt

    home = MEMBERSHIP.read_text()
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    except Unavailable as error:
        pytest.skip(str(error))
    assert not made[0].exists()
    assert MEMBERSHIP.read_text() == home


def test_a_pinned_process_stays_on_its_core() -> None:
    """With all its threads."""
    core = max(os.sched_getaffinity(0))
    with busy() as process:
        pin(process.pid, core)
        assert os.sched_getaffinity(process.pid) == {core}
