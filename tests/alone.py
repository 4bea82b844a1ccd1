"""Run each test module alone and ask full branch coverage of the module it mirrors: `python tests/alone.py [PATH…]`.

Starting an interpreter and importing what others wrote takes longer than most test modules do, and is the same for all. So
that is done once, here; then every test module runs in a fork of this process, as many at a time as there are processors.
Nothing of `smarthealth` is imported before the fork: what runs at import is measured too, and no test module finds what
another one left. Only the module in question is measured (see `probes`), so that the others are as fast as ever.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.probes import Probes
else:
    from probes import Probes  # a script finds its neighbours by their bare names

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"

# Not the packages that start threads at import, which a fork would lack: lancedb, numpy, pyarrow.
WARM = (
    "argon2",
    "cattrs.preconf.json",
    "hypercorn.trio.tcp_server",
    "hypothesis.strategies",
    "jwt",
    "openai",
    "openai.types.chat",
    "prometheus_client",
    "psycopg",
    "quart_trio",
    "rich.progress",
    "structlog.testing",
    "trio.testing",
    "trio_websocket",
    "typer.testing",
)
FOLDER = "SMARTHEALTH_TEST_FOLDER"
"""Variable that names the folder of the database of all; the tests' own fixtures know it."""
QUIET = ("-q", "-x", "--no-header", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A test module that is being run."""

    test: Path
    output: IO[bytes]
    started: float


def say(text: str) -> None:
    """Print a line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def mirrored(test: Path) -> Path | None:
    """The module that a test module covers, None where it mirrors none (end-to-end and house tests)."""
    relative = test.relative_to(TESTS)
    module = ROOT / "smarthealth" / relative.parent / test.name.removeprefix("test_")
    return module if module.is_file() else None


def covers(test: Path, module: Path) -> bool:
    """Run one test module with probes in the module it mirrors, in this process; print what is wrong with it."""
    probes = Probes(module, ".".join(module.relative_to(ROOT).with_suffix("").parts))
    # pytest shuts the folder that all its runs share to everybody else whenever one begins: an embedded database, which
    # runs under another account, would lose its files in the middle
    own_folder = Path(os.environ[FOLDER], str(os.getpid()))
    with probes.planted():
        code = pytest.main([*QUIET, f"--basetemp={own_folder}", str(test)])
    if code != pytest.ExitCode.OK:
        return False
    if not probes.imported:
        say("never imports its module")
        return False
    if probes.missing:
        say(f"{module.relative_to(ROOT)}: missing {', '.join(probes.missing)}")
    return not probes.missing


@contextlib.contextmanager
def shared_folder() -> Iterator[str]:
    """A folder for the database of all, removed by the process that made it and by none of its forks."""
    owner, folder = os.getpid(), tempfile.mkdtemp(prefix="smarthealth-")
    try:
        yield folder
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder)


def warm_up() -> None:
    """Import what is not ours, the plugins of pytest in the way that it imports them itself."""
    with tempfile.TemporaryDirectory() as nothing, contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*QUIET, "--noconftest", "--collect-only", f"--rootdir={nothing}", nothing])
    for name in WARM:
        importlib.import_module(name)
    gc.freeze()  # the forks' collections, which pytest asks for, need not walk through all that is here


def fork(test: Path, module: Path) -> tuple[int, Run]:
    """Start a process that runs one test module; its id and where its output goes."""
    output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `finish`
    run = Run(test=test, output=output, started=time.monotonic())
    pid = os.fork()
    if pid == 0:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
        sys.exit(not covers(test, module))  # by the way every program ends, so that what must be cleaned up is
    return pid, run


def finish(runs: dict[int, Run]) -> tuple[Run, str | None]:
    """Wait until one of them has ended; what it says when not all is well."""
    pid, status = os.wait()
    run = runs.pop(pid)
    with run.output as output:
        output.seek(0)
        complaint = output.read().decode(errors="replace")
    return run, (complaint[-3000:] or "ended without a word") if status else None


def run_all(pairs: Iterable[tuple[Path, Path]], *, at_once: int) -> list[tuple[Path, Path]]:
    """Run them, a few at a time, and print who falls short; those."""
    waiting = list(pairs)
    modules = dict(waiting)
    runs: dict[int, Run] = {}
    times: list[tuple[float, str]] = []
    short: list[tuple[Path, Path]] = []
    while waiting or runs:
        while waiting and len(runs) < at_once:
            pid, run = fork(*waiting.pop())
            runs[pid] = run
        run, complaint = finish(runs)
        name = str(run.test.relative_to(ROOT))
        times.append((time.monotonic() - run.started, name))
        if complaint:
            short.append((run.test, modules[run.test]))
            say(f"{name}: {complaint}")
    say("longest: " + ", ".join(f"{name} {seconds:.1f} s" for seconds, name in sorted(times)[-5:]))
    return short


def main(arguments: list[str]) -> int:
    """Check every test module below the given paths (all by default); the number of those that fall short."""
    roots = [Path(argument).resolve() for argument in arguments] or [TESTS]
    found = [test for root in roots for test in ([root] if root.is_file() else sorted(root.rglob("test_*.py")))]
    pairs = [(test, module) for test in found if (module := mirrored(test)) is not None]
    warm_up()
    with shared_folder() as folder:
        os.environ[FOLDER] = folder
        short = run_all(pairs, at_once=os.cpu_count() or 1)
        if short:
            # what another process's load brought about does not come again without it; what is missing does
            say(f"once more, one by one: {len(short)}")
            short = run_all(short, at_once=1)
    say(f"{len(pairs) - len(short)} of {len(pairs)} test modules cover their own module alone")
    return len(short)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
