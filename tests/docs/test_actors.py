"""Pages about the actors show what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs/tutorial/actors.md").read_text(encoding="utf-8")
PROGRAM = ROOT / "docs/how-to/examples/actors_worker_pool.py"
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST_LINES = 40
"""That say something; blank ones are free."""


def without_blank_lines(text: str) -> list[str]:
    """Lines that say something."""
    return [line for line in text.splitlines() if line.strip()]


def test_the_tutorials_steps_make_up_its_program() -> None:
    """Put under each other, the blocks of the tutorial are the file that it names."""
    blocks = "".join(code for language, code in FENCED.findall(TUTORIAL) if language == "python")
    assert without_blank_lines(blocks) == without_blank_lines(PROGRAM.read_text(encoding="utf-8"))
    assert len(without_blank_lines(blocks)) <= MOST_LINES


def test_the_tutorials_program_prints_what_is_shown() -> None:
    """All lines shown are printed and no others; those of tasks that run at once in any order."""
    (shown,) = [code for language, code in FENCED.findall(TUTORIAL) if "python pool.py" in code]
    ran = subprocess.run([sys.executable, PROGRAM], capture_output=True, encoding="utf-8", check=True, timeout=60)
    expected, printed = shown.splitlines()[1:], ran.stdout.splitlines()
    assert sorted(printed[:4]) == sorted(expected[:4])
    assert printed[4:] == expected[4:]


def test_the_reference_is_what_the_code_says() -> None:
    """Every public name stands there with its signature, bounds and errors, as in the source."""
    reference = ROOT / "tests/docs/actors_reference.py"
    ran = subprocess.run([sys.executable, reference, "--check"], capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
