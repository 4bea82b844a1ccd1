"""Writes the model anew from its examples: `python -m smarthealth.apps.support.routing [FILE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from .training import write

write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "model.npz")
