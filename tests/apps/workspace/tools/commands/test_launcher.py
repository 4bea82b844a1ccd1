from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

from smarthealth.apps.workspace.tools.commands import kernel as linux
from smarthealth.apps.workspace.tools.commands import launcher
from smarthealth.apps.workspace.tools.commands.kernel import Kernel
from smarthealth.apps.workspace.tools.commands.launcher import Order, build, main


class ExitError(Exception):
    """A process ended."""


class ScriptedKernel(Kernel):
    """Does nothing, and writes down what it was asked; forks as it is told to."""

    def __init__(self, forks: Sequence[int] = (), refuses: str = "", released: bool = False) -> None:
        self.forks = list(forks)
        self.refuses = refuses
        self.released = released
        self.asked: list[tuple[Any, ...]] = []

    def _ask(self, name: str, *arguments: Any) -> None:
        self.asked.append((name, *arguments))
        if name == self.refuses:
            raise OSError(1, "refused")

    def unshare(self, flags: int) -> None:
        """Leave."""
        self._ask("unshare", flags)

    def mount(self, source: str, target: str, kind: str, flags: int, options: str = "") -> None:
        """Mount."""
        self._ask("mount", source, target, kind, flags, options)

    def seal(self, target: str, attributes: int, *, below: bool = True) -> None:
        """Seal."""
        self._ask("seal", target, attributes, below)

    def change_root(self, root: str) -> None:
        """Change it."""
        self._ask("change_root", root)

    def die_with_parent(self) -> None:
        """Promise to."""
        self._ask("die_with_parent")

    def forbid_privileges(self) -> None:
        """Forbid."""
        self._ask("forbid_privileges")

    def forget_keys(self) -> None:
        """Forget."""
        self._ask("forget_keys")

    def become(self, uid: int) -> None:
        """Become."""
        self._ask("become", uid)

    def fork(self) -> int:
        """As told."""
        self._ask("fork")
        return self.forks.pop(0)

    def wait(self, pid: int) -> int:
        """Ended well."""
        self._ask("wait", pid)
        return 0

    def wait_released(self, descriptor: int, pid: int) -> bool:
        """As told."""
        self._ask("wait_released", descriptor, pid)
        return self.released

    def kill(self, pid: int) -> None:
        """Kill."""
        self._ask("kill", pid)

    def alarm(self, seconds: int) -> None:
        """Set it."""
        self._ask("alarm", seconds)

    def limit(self, limits: Mapping[str, int]) -> None:
        """Limit."""
        self._ask("limit", limits)

    def stand_back(self) -> None:
        """Do."""
        self._ask("stand_back")

    def write(self, path: str, text: str) -> None:
        """Write."""
        self._ask("write", path, text)

    def read_nothing(self) -> None:
        """Read nothing."""
        self._ask("read_nothing")

    def execute(self, program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
        """Become another."""
        self._ask("execute", program, arguments, environment)
        raise ExitError

    def exit(self, code: int) -> NoReturn:
        """End."""
        self._ask("exit", code)
        raise ExitError

    @property
    def names(self) -> list[str]:
        """What was asked, in order."""
        return [entry[0] for entry in self.asked]


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """For the status."""
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for the root, with a machine beside it."""
    machine = tmp_path / "machine"
    (machine / "usr" / "bin").mkdir(parents=True)
    (machine / "bin").symlink_to("usr/bin")
    (machine / "cache").write_text("x")
    os.mkfifo(machine / "pipe")
    (tmp_path / "stage").mkdir()
    monkeypatch.setattr(
        launcher, "VISIBLE", tuple(str(machine / name) for name in ("usr", "bin", "cache", "pipe", "no"))
    )
    monkeypatch.setattr(launcher, "STAGE", str(tmp_path / "stage"))
    monkeypatch.setattr(build, "__defaults__", (str(tmp_path / "stage"),))
    monkeypatch.setattr(launcher, "WORKSPACE", "/workspace")
    return tmp_path / "stage"


def order_for(tmp_path: Path, status: int, **changes: Any) -> Order:
    """An order over a folder."""
    (tmp_path / "files").mkdir(exist_ok=True)
    values: dict[str, Any] = {
        "program": "/bin/ls",
        "arguments": ["ls"],
        "environment": {"A": "b"},
        "folder": str(tmp_path / "files"),
        "status": status,
        "uid": 59_088,
        "limits": {"RLIMIT_CPU": 1},
        "time": 5.0,
        "scratch_bytes": 1_000,
    }
    return Order(**values | changes)


def clear(stage: Path) -> None:
    """Make the place empty again, as a new mount would."""
    shutil.rmtree(stage)
    stage.mkdir()


def run(order: Order, kernel: ScriptedKernel, reading: int) -> dict[str, Any]:
    """Run it until it ends; what it reported."""
    with pytest.raises(ExitError):
        main(json.dumps({name: getattr(order, name) for name in Order.__dataclass_fields__}), kernel)
    os.set_blocking(reading, False)
    try:
        lines = os.read(reading, 4096).splitlines()
    except BlockingIOError:
        lines = []
    return {name: value for line in lines for name, value in json.loads(line).items()}


def test_the_launcher_waits_for_the_first_process(tmp_path: Path, pipe: tuple[int, int]) -> None:
    """It ends when all is over, and kills it when the server has let go."""
    kernel = ScriptedKernel(forks=[17])
    assert run(order_for(tmp_path, pipe[1]), kernel, pipe[0]) == {}
    assert kernel.names == ["forget_keys", "unshare", "fork", "wait_released", "wait", "exit"]
    assert kernel.asked[1][1] & linux.NEW_USER == 0


def test_without_the_server_everything_is_killed(tmp_path: Path, pipe: tuple[int, int]) -> None:
    """The end of the pipe is the end of the command; without root, users are left, too."""
    kernel = ScriptedKernel(forks=[17], released=True)
    run(order_for(tmp_path, pipe[1], uid=None), kernel, pipe[0])
    assert ("kill", 17) in kernel.asked
    assert kernel.asked[1][1] & linux.NEW_USER
    uid_map = next(entry for entry in kernel.asked if entry[:2] == ("write", "/proc/self/uid_map"))
    assert uid_map[2] == f"1000 {os.getuid()} 1"


def test_the_first_process_builds_runs_and_reports(tmp_path: Path, stage: Path, pipe: tuple[int, int]) -> None:
    """It promises to die with its parent before it builds anything, and tells how the command ended."""
    kernel = ScriptedKernel(forks=[0, 2])
    assert run(order_for(tmp_path, pipe[1]), kernel, pipe[0]) == {"exit": 0}
    assert kernel.names[3:6] == ["stand_back", "die_with_parent", "alarm"]
    assert kernel.names[-4:] == ["change_root", "fork", "wait", "exit"]
    os.close(pipe[1])


def test_the_command_gives_up_everything_before_it_runs(
    tmp_path: Path, stage: Path, pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits first, then the account, then privileges, then the program."""
    monkeypatch.setattr(os, "chdir", lambda path: None)
    for uid, dropped in ((59_088, ["become"]), (None, [])):
        kernel = ScriptedKernel(forks=[0, 0])
        assert run(order_for(tmp_path, pipe[1], uid=uid), kernel, pipe[0]) == {}
        last = kernel.names[kernel.names.index("read_nothing") :]
        assert last == ["read_nothing", "limit", *dropped, "forbid_privileges", "execute"]
        clear(stage)
    os.close(pipe[1])


def test_a_refused_step_ends_it_before_the_command_runs(
    tmp_path: Path, stage: Path, pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no lesser isolation: whatever is refused, nothing runs."""
    monkeypatch.setattr(os, "chdir", lambda path: None)
    for refused, said in (
        ("unshare", "failed"),
        ("mount", "failed"),
        ("die_with_parent", "failed"),
        ("limit", "not_started"),
        ("forbid_privileges", "not_started"),
    ):
        kernel = ScriptedKernel(forks=[0, 0], refuses=refused)
        assert list(run(order_for(tmp_path, pipe[1]), kernel, pipe[0])) == [said]
        assert "execute" not in kernel.names
        clear(stage)
    os.close(pipe[1])


def test_the_root_is_built_from_nothing(tmp_path: Path, stage: Path) -> None:
    """Programs are read-only, links are links, what is no file is left out, the files cannot be run, secrets are covered."""
    kernel = ScriptedKernel()
    usr = f"{tmp_path}/machine/usr"
    build(order_for(tmp_path, 1, masked=[f"{usr}/src"], uid=None), kernel)
    mounts = {entry[2].removeprefix(str(stage)): entry for entry in kernel.asked if entry[0] == "mount"}
    assert mounts["/"][4] & linux.PRIVATE
    sealed = {entry[1].removeprefix(str(stage)): entry[2] for entry in kernel.asked if entry[0] == "seal"}
    assert sealed[usr] & linux.SEAL_READ_ONLY
    assert sealed[""] & linux.SEAL_READ_ONLY
    assert sealed["/workspace"] & linux.SEAL_NOEXEC
    assert mounts["/tmp"][4] & linux.NOEXEC
    assert mounts[f"{usr}/src"][3] == "tmpfs"
    assert kernel.names[-1] == "change_root"
    inner = Path(f"{stage}{tmp_path}/machine")
    assert (inner / "bin").is_symlink()
    assert sorted(path.name for path in inner.iterdir()) == ["bin", "cache", "usr"]
    assert (stage / "etc" / "passwd").read_text() == "agente:x:1000:1000::/workspace:/bin/sh\n"
    assert sorted(path.name for path in (stage / "dev").iterdir()) == ["null", "random", "urandom", "zero"]
    assert not (stage / "proc").exists()
