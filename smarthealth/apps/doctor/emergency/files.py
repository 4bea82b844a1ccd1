"""The data files of the package."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


def data_folder() -> Traversable:
    """The folder that holds them."""
    return files("smarthealth.apps.doctor.emergency") / "data"


def read_toml(*names: str) -> dict[str, Any]:
    """Read one TOML file, named by its path below the data folder."""
    return tomllib.loads(data_folder().joinpath(*names).read_text(encoding="utf-8"))
