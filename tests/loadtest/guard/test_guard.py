"""What a token, a turn and a connection cost may not grow unnoticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loadtest.guard.comparing import VERSION, load

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(load() is None, reason=f"no figures are kept for Python {VERSION}")
def test_costs_are_as_they_were() -> None:
    """Instructions, steps of tasks and bytes, which no noise changes, are within the tolerance of what is kept."""
    done = subprocess.run(
        [sys.executable, "-m", "loadtest.guard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"python -m loadtest.guard\n{done.stdout}{done.stderr}"
