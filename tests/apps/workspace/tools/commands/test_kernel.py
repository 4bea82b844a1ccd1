from __future__ import annotations

import errno
import os
import platform
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from smarthealth.apps.workspace.tools.commands import kernel as module
from smarthealth.apps.workspace.tools.commands.kernel import Kernel


class EndedError(Exception):
    """Stands for the end of a process."""


@pytest.fixture
def kernel() -> Kernel:
    """The real one: what is asked of it here is harmless, or refused."""
    return Kernel()


def test_what_the_kernel_refuses_raises(kernel: Kernel, tmp_path: Path) -> None:
    """Each call tells its failure as `OSError`, with the kernel's number."""
    nowhere = str(tmp_path / "nowhere")
    calls: list[tuple[Callable[[], None], set[int]]] = [
        (lambda: kernel.mount("none", nowhere, "tmpfs", 0), {errno.ENOENT, errno.EPERM}),
        (lambda: kernel.seal(nowhere, module.SEAL_NOSUID), {errno.ENOENT, errno.EPERM}),
        (lambda: kernel.seal(str(tmp_path), module.SEAL_NOSUID, below=False), {errno.EINVAL, errno.EPERM}),
        (lambda: kernel.unshare(1), {errno.EINVAL}),
        (lambda: kernel.kill(2**22 - 1), {errno.ESRCH}),
    ]
    for call, numbers in calls:
        with pytest.raises(OSError, match=r"\[Errno") as caught:
            call()
        assert caught.value.errno in numbers
    kernel.unshare(0)


def test_the_root_is_changed_to_a_mount_alone(kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is no mount cannot be the root; a mount can, and the old root is let go of."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=r"\[Errno"):
        kernel.change_root(str(tmp_path))
    called: list[int] = []
    monkeypatch.setattr(kernel, "_call", lambda number, *arguments: called.append(number))
    monkeypatch.setattr(os, "chdir", lambda path: None)
    with pytest.raises(OSError, match=r"\[Errno"):  # the folder is no mount here, either
        kernel.change_root(str(tmp_path))
    assert called == [module._PIVOT_ROOT[platform.machine()]]
    monkeypatch.setattr(kernel, "_check", lambda result: None)
    kernel.change_root(str(tmp_path))


def test_a_machine_whose_numbers_are_not_known_is_refused(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call by number is made only where the number is known; a keyring that is not to be had is none to leave."""
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    kernel.forget_keys()
    with pytest.raises(OSError, match="not known"):
        module._number({"x86_64": 1})


def test_processes_are_waited_for(kernel: Kernel) -> None:
    """A child's end is told by its code, or by the signal; others who end are taken in."""
    other = subprocess.Popen(["true"])
    child = kernel.fork()
    if child == 0:
        os._exit(7)  # pragma: no cover - the child is not measured
    assert kernel.wait(child) == 7
    child = kernel.fork()
    if child == 0:
        signal.pause()  # pragma: no cover
    kernel.kill(child)
    assert kernel.wait(child) == -signal.SIGKILL
    other.wait()


def test_the_end_of_a_pipe_and_of_a_child_are_told_apart(kernel: Kernel) -> None:
    """Whichever comes first is told."""
    reading, writing = os.pipe()
    with subprocess.Popen(["true"]) as ended:
        assert not kernel.wait_released(reading, ended.pid)
    with subprocess.Popen(["sleep", "60"]) as lasting:
        os.close(writing)
        assert kernel.wait_released(reading, lasting.pid)
        lasting.kill()
    os.close(reading)


def test_limits_are_set_and_never_raised(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is lower already stays."""
    set_: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "getrlimit", lambda number: (5, 5 if number == resource.RLIMIT_CPU else -1))
    monkeypatch.setattr(resource, "setrlimit", lambda number, limits: set_.update({number: limits}))
    kernel.limit({"RLIMIT_CPU": 10, "RLIMIT_NOFILE": 64})
    assert set_ == {resource.RLIMIT_CPU: (5, 5), resource.RLIMIT_NOFILE: (64, 64)}


def test_what_a_process_does_to_itself_is_done(kernel: Kernel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is another account, without input, later than others, and ends by its alarm."""
    done: list[object] = []
    for name in ("setgroups", "setresgid", "setresuid", "nice", "dup2", "setsid", "umask", "_exit", "execve"):
        monkeypatch.setattr(os, name, lambda *arguments, name=name: done.append((name, *arguments)))
    monkeypatch.setattr(signal, "alarm", lambda seconds: done.append(("alarm", seconds)))
    handlers: dict[int, object] = {}
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.update({number: handler}))
    monkeypatch.setattr(kernel, "_control", lambda option, value: done.append(("prctl", option, value)))
    monkeypatch.setattr(kernel, "write", lambda path, text: done.append((path, text)))
    kernel.become(59_088)
    kernel.stand_back()
    kernel.read_nothing()
    kernel.die_with_parent()
    kernel.forbid_privileges()
    kernel.alarm(9)
    handlers[signal.SIGALRM](signal.SIGALRM, None)  # type: ignore[operator] # it is the handler just set
    kernel.execute("/bin/true", ["true"], {"A": "b"})
    kernel.exit(3)
    names = [entry[0] for entry in done if isinstance(entry, tuple)]
    assert names[:3] == ["setgroups", "setresgid", "setresuid"]
    assert ("alarm", 9) in done
    assert ("execve", "/bin/true", ["true"], {"A": "b"}) in done
    assert ("_exit", 3) in done
    assert handlers[signal.SIGPIPE] is signal.SIG_DFL
    assert ("prctl", 38, 1) in done


def test_small_files_are_written(kernel: Kernel, tmp_path: Path) -> None:
    """As the maps of a namespace are."""
    kernel.write(str(tmp_path / "f"), "deny")
    assert (tmp_path / "f").read_text() == "deny"


def test_privileges_are_forbidden_for_good() -> None:
    """The real call, in a process that is thrown away."""
    program = (
        "import sys; sys.path.append(sys.argv[1]); from commands.kernel import Kernel; k = Kernel();"
        "k.forbid_privileges(); print([l for l in open('/proc/self/status') if 'NoNewPrivs' in l])"
    )
    folder = Path(module.__file__).parent.parent
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, folder], capture_output=True, check=True, text=True
    )
    assert "NoNewPrivs:\\t1" in told.stdout


def test_a_call_to_the_process_itself_is_made(kernel: Kernel) -> None:
    """An option that there is not is refused by the kernel."""

    def refuse() -> NoReturn:
        kernel._control(2**20, 0)
        raise AssertionError

    with pytest.raises(OSError, match=r"\[Errno 22\]"):
        refuse()
