"""What importing the kit brings with it."""

from __future__ import annotations

import subprocess
import sys


def loaded(statement: str) -> set[str]:
    """Top-level modules that are loaded after a statement in a fresh interpreter."""
    script = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_kit_needs_what_the_runtime_needs() -> None:
    """Trio with its testing tools, attrs and the standard library; no test runner."""
    bare = loaded("import trio.testing, attrs, attr")
    assert loaded("import smarthealth.actors.testing") - bare - set(sys.stdlib_module_names) == {"smarthealth"}


def test_the_runtime_does_not_load_the_kit() -> None:
    """Programs that run do not pay for those that test."""
    script = "import sys, smarthealth.actors; print('smarthealth.actors.testing' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
