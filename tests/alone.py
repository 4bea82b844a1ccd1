"""Run each test module alone and ask full branch coverage of the module it mirrors: `python tests/alone.py [PATH…]`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"


def mirrored(test: Path) -> Path | None:
    """The module that a test module covers, None where it mirrors none (end-to-end and house tests)."""
    relative = test.relative_to(TESTS)
    module = ROOT / "smarthealth" / relative.parent / test.name.removeprefix("test_")
    return module if module.is_file() else None


def shortfall(test: Path, module: Path) -> str | None:
    """Run one test module under coverage; what is wrong with it, None when all is well."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {"COVERAGE_FILE": str(Path(scratch) / "coverage")}
        coverage = [sys.executable, "-m", "coverage"]
        run = subprocess.run(
            [*coverage, "run", "--branch", "-m", "pytest", "-q", "-x", "--no-header", str(test)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            check=False,
        )
        if run.returncode != 0:
            return run.stdout[-2000:] + run.stderr[-500:]
        report = subprocess.run(
            [*coverage, "report", f"--include={module}", "--show-missing", "--fail-under=100", "--precision=1"],
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            check=False,
        )
    return None if report.returncode == 0 else report.stdout.splitlines()[-3]


def main(arguments: list[str]) -> int:
    """Check every test module below the given paths (all by default); the number of those that fall short."""
    roots = [Path(argument).resolve() for argument in arguments] or [TESTS]
    found = [test for root in roots for test in ([root] if root.is_file() else sorted(root.rglob("test_*.py")))]
    pairs = [(test, module) for test in found if (module := mirrored(test)) is not None]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        complaints = list(workers.map(lambda pair: shortfall(*pair), pairs))
    short = [(test, complaint) for (test, _), complaint in zip(pairs, complaints, strict=True) if complaint]
    for test, complaint in short:
        sys.stdout.write(f"{test.relative_to(ROOT)}: {complaint}\n")
    sys.stdout.write(f"{len(pairs) - len(short)} of {len(pairs)} test modules cover their own module alone\n")
    return len(short)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
