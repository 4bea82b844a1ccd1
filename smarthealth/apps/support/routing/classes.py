"""What a message can be for."""

from __future__ import annotations

from typing import Final, Literal

Label = Literal["specs", "maintenance", "troubleshooting", "human", "none", "mixed"]
CLASSES: Final[tuple[Label, ...]] = ("specs", "maintenance", "troubleshooting", "human", "none")
"""In the order of the model's outputs."""
MIXED: Final[Label] = "mixed"
"""Of several; not a class of the model, which judges the parts."""
