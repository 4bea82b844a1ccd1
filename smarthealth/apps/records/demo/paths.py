"""Where the demo patients' records lie."""

from __future__ import annotations

from pathlib import Path


def demo_paths() -> tuple[Path, ...]:
    """The FHIR bundles of the demo patients, in the order in which to import them: Laura Morales is the first patient."""
    return tuple(sorted(Path(__file__).parent.glob("*.json")))
