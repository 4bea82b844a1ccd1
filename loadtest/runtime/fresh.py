"""What is measured in fresh interpreters, one for each figure: memory of what is parked, and time to import."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from .measure import Row, Way, Work
from .parked import STATM
from .peer import environment

OURS = "smarthealth.actors"
NEEDED = "trio, attrs"
PARKED_LIMIT = 6_000.0
"""Bytes."""
IMPORT_AIM = 1.3
MILLISECONDS = 1e3
FEW_THREADS = 500
IMPORTING = "import time; begun = time.process_time(); import {}; print(time.process_time() - begun)"


def _run(python: str, *arguments: str, **settings: str) -> float:
    ran = subprocess.run(
        [python, *arguments], stdout=subprocess.PIPE, encoding="utf-8", env=environment() | settings, check=True
    )
    return float(ran.stdout)


def _parked(python: str, module: str) -> Work:
    return lambda count: _run(python, "-m", "loadtest.runtime.parked", module, str(count))


def fresh_rows(triotp_python: str | None, folder: str) -> list[Row]:
    """Both rows; memory only where the operating system tells of it in the way of Linux.

    Args:
        triotp_python: An interpreter that has triotp.
        folder: Where compiled modules are kept, which the first round compiles for all alike, as an installation does.
    """
    rows = [_memory(triotp_python)] if STATM.exists() else []
    return [*rows, _imports(triotp_python, folder)]


def _memory(triotp_python: str | None) -> Row:
    ways = [
        Way(OURS, _parked(sys.executable, "ours")),
        Way("Trio task and channel", _parked(sys.executable, "bare_trio")),
        Way("asyncio task and queue", _parked(sys.executable, "bare_asyncio")),
    ]
    if triotp_python is not None:
        ways.append(Way("triotp", _parked(triotp_python, "with_triotp")))
    if importlib.util.find_spec("pykka") is not None:
        ways.append(Way("pykka", _parked(sys.executable, "with_pykka"), FEW_THREADS))
    return Row(
        name="parked actor", count=10_000, most_rounds=5, ways=tuple(ways), unit="bytes", scale=1.0, limit=PARKED_LIMIT
    )


def _imports(triotp_python: str | None, folder: str) -> Row:
    def way(what: str, python: str = sys.executable) -> Way:
        settings = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        return Way(f"import {what}", lambda _count: _run(python, "-c", IMPORTING.format(what), **settings))

    ways = [way(OURS), way(NEEDED), way("asyncio")]
    if triotp_python is not None:
        ways.append(way("triotp.node", triotp_python))
    if importlib.util.find_spec("pykka") is not None:
        ways.append(way("pykka"))
    aims = {f"import {NEEDED}": IMPORT_AIM}
    return Row(name="import", count=1, ways=tuple(ways), unit="ms", scale=MILLISECONDS, aims=aims)
