import re
import subprocess
import sys
from pathlib import Path

ROOM = Path(__file__).parents[2] / "docs" / "how-to"
PAGE = ROOM / "test-with-the-scripted-model.md"
EXAMPLE = ROOM / "examples" / "test_scripted_model.py"


def test_the_example_runs() -> None:
    """What the page shows passes as it stands, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", str(EXAMPLE)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "5 passed" in run.stdout


def test_the_page_shows_the_example() -> None:
    """Every piece of code on the page is in the example, word for word."""
    code = EXAMPLE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    assert all(block in code for block in blocks)
