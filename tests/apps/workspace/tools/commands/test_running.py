from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
import trio

from smarthealth.apps.workspace.tools.commands import running
from smarthealth.apps.workspace.tools.commands.launcher import Order
from smarthealth.apps.workspace.tools.commands.order import COMMAND_UID, make_order
from smarthealth.apps.workspace.tools.commands.result import Ended, NotIsolatedError, NotStartedError
from smarthealth.apps.workspace.tools.commands.running import run_order
from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings

OrderOf = Callable[[int], Order]
SETTINGS = attrs.evolve(WorkspaceToolSettings(), commands=True, command_time=10.0, command_processes=16)


async def go_on() -> bool:
    """Let it."""
    return True


@pytest.fixture
def owned(root: Path) -> Path:
    """The files, in the hands of the account that commands have."""
    if os.geteuid() == 0:
        os.chown(root, COMMAND_UID, COMMAND_UID)
    return root


def shell(folder: Path, script: str, **changes: object) -> OrderOf:
    """An order for the shell."""
    settings = attrs.evolve(SETTINGS, **changes)  # type: ignore[arg-type] # by the tests below

    def order_of(status: int) -> Order:
        return make_order(("/bin/sh", "sh", "-c", script), folder, status, settings, [])

    return order_of


async def run(folder: Path, script: str, **changes: object) -> Ended:
    """Run a script."""
    return await run_order(shell(folder, script, **changes), output=100_000, watch=go_on)


async def stays(path: Path) -> bool:
    """Whether nobody writes to a file any more."""
    before = os.stat(path).st_size
    await trio.sleep(0.2)  # the time in which a process that lives would have written
    return before > 0 and os.stat(path).st_size == before


BEAT = "(setsid sh -c 'while :; do echo x >> beat; sleep 0.01; done' > /dev/null 2>&1 &) ; sleep 0.2"


async def test_a_commands_end_is_told(owned: Path, isolated: None) -> None:
    """Both streams, the code, and the signal that ended it."""
    ended = await run(owned, "echo out; echo err >&2; exit 3")
    assert (ended.stdout, ended.stderr, ended.exit_code, ended.stopped) == (b"out\n", b"err\n", 3, None)
    assert (await run(owned, "kill -9 $$")).exit_code == -signal.SIGKILL


ESCAPES = {
    "other files of this machine": "cat /etc/shadow /etc/hostname {secret}",
    "the other conversations": "ls {base}",
    "the server's processes": "ls /proc/1/",
    "the server's memory": "cat /proc/self/mem /dev/mem",
    "a network": "exec 3<>/dev/tcp/127.0.0.1/22 || python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", {port}), 1)'",
    "another address": 'python3 -c \'import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b"x", ("192.0.2.1", 53))\'',
    "writing to programs": "echo x > /usr/bin/evil",
    "writing to the root": "echo x > /evil",
    "running what it wrote": "cp /bin/true mine; chmod +x mine; ./mine",
    "running from the scratch folder": "cp /bin/true /tmp/mine; chmod +x /tmp/mine; /tmp/mine",
    "making a device": "mknod disk b 254 0",
    "mounting": "mount -t tmpfs none /tmp",
    "another account": "python3 -c 'import os; os.setuid(0)'",
    "a second name for what is outside": "ln /usr/bin/env mine",
    "killing the first process": "kill -9 1 && sleep 0.1 && kill -9 1",
    "signals to the server": "kill -9 {pid}",
    "leaving through the root": "cd /../../..; cat .{secret}",
    "tracing the first process": "python3 -c 'import ctypes; exit(1 if ctypes.CDLL(None).ptrace(16, 1, 0, 0) < 0 else 0)'",
}


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=list(ESCAPES))
async def test_a_command_does_not_get_out(owned: Path, secret: Path, isolated: None, escape: str) -> None:
    """Each way out that is known ends in a refusal."""
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listeners[0]:
        port = listeners[0].socket.getsockname()[1]
        places = {"secret": str(secret), "base": str(owned.parent.parent), "port": str(port), "pid": str(os.getpid())}
        for name, value in places.items():
            escape = escape.replace(f"{{{name}}}", value)
        ended = await run(owned, escape)
    if "kill -9 1 " in escape:  # a signal to the first process is accepted, and does nothing
        assert ended.exit_code is not None
        return
    assert ended.exit_code != 0
    assert b"secret" not in ended.stdout


async def test_nothing_is_inherited(owned: Path, isolated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither variables nor open files of the server reach a command."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    opened = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(opened, True)
    ended = await run(owned, f"env; cat <&{opened}; id -u; pwd; umask; ulimit -c")
    os.close(opened)
    assert b"secret" not in ended.stdout
    assert b"from __future__" not in ended.stdout
    assert b"/workspace" in ended.stdout


async def test_limits_hold(owned: Path, isolated: None) -> None:
    """Memory, processes, time of the processor and the length of a file each end where they must."""
    memory = await run(owned, "python3 -c 'bytearray(10**9)'")
    assert memory.exit_code != 0
    many = await run(owned, "i=0; while [ $i -lt 40 ]; do sleep 5 & i=$((i+1)); done")
    assert (many.exit_code, b"Cannot fork" in many.stderr) == (2, True)
    long = await run(owned, "head -c 1000000 /dev/zero > long", file_bytes=5_000)
    assert long.exit_code != 0
    assert (owned / "long").stat().st_size == 5_000
    busy = await run(owned, "while :; do :; done", command_cpu=1)
    assert busy.exit_code == -signal.SIGKILL


async def test_what_outlives_the_command_ends_with_it(owned: Path, isolated: None) -> None:
    """A daemon that forked twice and made a session of its own is gone when the command is."""
    assert (await run(owned, BEAT)).exit_code == 0
    assert await stays(owned / "beat")


async def test_time_ends_all_of_it(owned: Path, isolated: None) -> None:
    """A command that takes too long is stopped with all its children."""
    ended = await run(owned, f"echo began; {BEAT}; sleep 60", command_time=0.6)
    assert (ended.stopped, ended.exit_code, ended.stdout) == ("time", None, b"began\n")
    assert await stays(owned / "beat")


async def test_cancelling_ends_all_of_it(owned: Path, isolated: None) -> None:
    """When the cancelled call is over, so is every process of it."""
    with trio.move_on_after(0.6) as scope:
        await run(owned, f"{BEAT}; sleep 60")
    assert scope.cancelled_caught
    assert await stays(owned / "beat")


async def test_too_much_output_ends_it(owned: Path, isolated: None) -> None:
    """Both streams together have a bound, and what they gave up to it is told."""
    ended = await run_order(shell(owned, "yes"), output=5_000, watch=go_on)
    assert (ended.stopped, len(ended.stdout), ended.exit_code) == ("output", 5_000, None)


async def test_who_watches_may_end_it(owned: Path, isolated: None) -> None:
    """The watch is asked at once and then again, until it says no."""
    answers = [True, False]

    async def watch() -> bool:
        return answers.pop(0)

    ended = await run_order(shell(owned, "sleep 60"), output=5_000, watch=watch)
    assert (ended.stopped, answers) == ("quota", [])


async def test_the_end_of_the_server_ends_it(owned: Path, isolated: None) -> None:
    """A server that was killed leaves no command behind."""
    script = f"{BEAT}; sleep 60"
    program = (
        "import sys, trio; from pathlib import Path\n"
        "from tests.apps.workspace.tools.commands.test_running import run\n"
        "trio.run(run, Path(sys.argv[1]), sys.argv[2])\n"
    )
    server = await trio.lowlevel.open_process(
        [sys.executable, "-c", program, str(owned), script], cwd=Path(__file__).parents[5]
    )
    with trio.fail_after(20):
        while not await trio.Path(owned / "beat").exists():  # noqa: ASYNC110 # of another process
            await trio.sleep(0.02)
    server.kill()
    await server.wait()
    with trio.fail_after(5):
        while not await stays(owned / "beat"):
            pass


async def test_without_isolation_nothing_runs(owned: Path) -> None:
    """A launcher that cannot build what it must, or does not come to report, is a refusal."""

    def broken(status: int) -> Order:
        return dataclasses.replace(shell(owned, "touch evil")(status), folder="/no/such/folder")

    with pytest.raises(NotIsolatedError):
        await run_order(broken, output=1_000, watch=go_on)
    assert os.listdir(owned) == []


async def test_a_program_that_is_not_there_is_not_started(owned: Path, isolated: None) -> None:
    """That is told apart from its failing."""

    def missing(status: int) -> Order:
        return dataclasses.replace(shell(owned, "")(status), program="/usr/bin/no-such-program")

    with pytest.raises(NotStartedError):
        await run_order(missing, output=1_000, watch=go_on)


async def test_a_launcher_that_does_not_end_is_killed(
    owned: Path, isolated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patience with it is bounded."""
    monkeypatch.setattr(running, "END_LIMIT", 0.05)
    monkeypatch.setattr(running, "_PROGRAM", "import time; time.sleep(60)")
    ended = await run(owned, "true", command_time=0.1)
    assert ended.stopped == "time"


def test_a_status_that_somebody_still_could_write_is_none() -> None:
    """An open end without words does not hold anybody up."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    assert running._read_status(reading) == {}
    os.write(writing, b'{"exit": 1}\n')
    assert running._read_status(reading) == {"exit": 1}
    os.close(writing)
    os.close(reading)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_without_root_it_is_the_same(tmp_path: Path, isolated: None) -> None:
    """In a namespace of users of its own, an account without privileges isolates commands, too."""
    python = next((path for path in (sys.executable, "/usr/bin/python3") if _may_run(path)), None)
    if python is None:
        pytest.skip("no interpreter that others may run")
    place = Path("/tmp") / f"smarthealth-launcher-{os.getpid()}"
    _copy_launcher(place)
    try:
        told = subprocess.run(
            [python, "-I", "-S", str(place / "try.py"), str(place)],
            user=12_345,
            group=12_345,
            extra_groups=[],
            capture_output=True,
            check=False,
            text=True,
        )
    finally:
        subprocess.run(["rm", "-rf", str(place)], check=True)
    assert '"exit": 0' in told.stdout, told.stderr
    assert "uid=1000(agente)" in told.stdout
    assert "No such file" in told.stderr


def _may_run(python: str) -> bool:
    probe = "import sys; assert sys.version_info >= (3, 11)"
    try:
        return subprocess.run([python, "-I", "-S", "-c", probe], user=12_345, capture_output=True).returncode == 0
    except OSError:
        return False


def _copy_launcher(place: Path) -> None:
    source = Path(running.__file__).parent
    (place / "commands").mkdir(parents=True)
    place.chmod(0o755)
    for name in ("__init__.py", "kernel.py", "launcher.py"):
        (place / "commands" / name).write_bytes((source / name).read_bytes())
    (place / "files").mkdir()
    os.chown(place / "files", 12_345, 12_345)
    (place / "try.py").write_text(
        "import os, sys, json\n"
        "sys.path.append(sys.argv[1])\n"
        "from commands.kernel import Kernel\n"
        "from commands.launcher import main\n"
        "hold, _ = os.pipe(); os.dup2(hold, 0)\n"
        "status = os.dup(1)\n"
        "main(json.dumps({'program': '/bin/sh', 'arguments': ['sh', '-c', 'id; echo x > mine; cat mine; ls /proc/1; true'],\n"
        "    'environment': {'PATH': '/usr/bin:/bin'}, 'folder': sys.argv[1] + '/files', 'status': status, 'uid': None,\n"
        "    'limits': {}, 'time': 5.0, 'scratch_bytes': 100000}), Kernel())\n"
    )
