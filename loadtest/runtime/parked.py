"""Memory of what is parked: `python -m loadtest.runtime.parked MODULE COUNT` prints bytes, in a process of its own.

What counts is what the operating system gave the process, so that nothing is forgotten: objects, frames, threads.
"""

from __future__ import annotations

import gc
import importlib
import resource
import sys
from pathlib import Path

STATM = Path("/proc/self/statm")


def resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * resource.getpagesize()


def main(module: str, count: int) -> None:
    """Park a few, so that everything is loaded and made that will be shared, then so many."""
    park = importlib.import_module(f"{__package__}.{module}").park
    park(10, gc.collect)
    before = resident()
    park(count, lambda: print(resident() - before))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
