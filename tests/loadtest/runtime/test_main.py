"""The command as it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
OURS = "smarthealth.actors"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it."""
    return subprocess.run(
        [sys.executable, "-m", "loadtest.runtime", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize(("name", "unit"), [("tell", "µs"), ("parked", "bytes"), ("import", "ms")])
def test_json_holds_every_figure_and_the_machine(name: str, unit: str) -> None:
    """Programs get the machine, and of each row all ways with median and spread."""
    told = json.loads(run("--quick", "--json", "--only", name).stdout)
    assert told["machine"]["trio"].startswith("0.35")
    (row,) = told["rows"]
    assert (row["unit"], OURS in row["results"][0]["name"]) == (unit, True)
    for result in row["results"]:
        assert 0 < result["cost"]["least"] <= result["cost"]["median"] <= result["cost"]["most"]
        assert 0 < result["ratio"]["least"] <= result["ratio"]["median"] <= result["ratio"]["most"]


def test_people_get_lines_with_aims() -> None:
    """Where something is aimed at, the line says whether it holds, and so does the exit code."""
    ran = run("--quick", "--only", "tell")
    (aimed,) = [line for line in ran.stdout.splitlines() if "aim" in line and "asyncio.Queue" in line]
    assert ran.returncode == (0 if aimed.endswith("holds") else 1)
    assert "triotp is not measured" in ran.stdout
