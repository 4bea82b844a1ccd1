"""A peer that may need another interpreter: it does its work in a process of its own, round by round, when told to.

The process is started once; each round is a line to it and a line back, so that it takes its turn among the others and waits,
idle, while they have theirs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from .measure import Work

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """For processes that import this package."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}


class Peer:
    """The process of a peer; a context manager that ends it."""

    def __init__(self, python: str, module: str) -> None:
        self._process = subprocess.Popen(
            [python, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
        )

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()  # closes its input, which is how it learns that it may go

    def work(self, row: str) -> Work:
        """Its work on a row."""

        def run(count: int) -> float:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps([row, count]) + "\n")
            self._process.stdin.flush()
            reply = self._process.stdout.readline()
            if not reply:
                raise RuntimeError(f"the peer's process ended during {row!r}")
            return float(reply)

        return run


def serve(works: Mapping[str, Work]) -> None:
    """The peer's side: do what the lines say until there are no more."""
    for line in sys.stdin:
        row, count = json.loads(line)
        print(works[row](count), flush=True)
