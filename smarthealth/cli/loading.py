"""Loading modules by the thousand, without a look for garbage in between.

Loading the server makes some hundred thousand objects, all of which stay. The collector looks through all of them again and
again while they come (a fifth of the time to load, measured), and later whenever it makes a full round, which holds up every
conversation. So it rests while loading, and what was loaded is taken out of its sight.
"""

from __future__ import annotations

import gc
from importlib import import_module


def load(*modules: str) -> None:
    """Load what a long-lived process needs, before it is imported by name."""
    gc.disable()
    try:
        for module in modules:
            import_module(module)
    finally:
        gc.freeze()
        gc.enable()
