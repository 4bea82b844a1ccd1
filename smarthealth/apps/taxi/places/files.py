"""The data files about places."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any


def read_toml(name: str) -> dict[str, Any]:
    """A file of this package's data, parsed."""
    return tomllib.loads(_read(name))


def read_rows(name: str) -> list[list[str]]:
    """The lines of a tab-separated file of this package's data, without comments."""
    lines = (line for line in _read(name).splitlines() if line.strip() and not line.startswith("#"))
    return [[cell.strip() for cell in line.split("\t")] for line in lines]


def _read(name: str) -> str:
    return (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
