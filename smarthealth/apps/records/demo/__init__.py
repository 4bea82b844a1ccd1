"""Records of four invented patients, as FHIR R4 bundles, for the demo and for trying things out."""

from __future__ import annotations

from .paths import demo_paths

__all__ = ["demo_paths"]
