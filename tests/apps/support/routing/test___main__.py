"""The command that writes the model."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from smarthealth.apps.support.routing import training


@pytest.mark.parametrize("named", [True, False])
def test_the_model_is_written_where_it_is_wanted(named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a file that is named, else in place of the shipped one."""
    written: list[Path] = []
    monkeypatch.setattr(training, "write", written.append)
    wanted = tmp_path / "model.npz"
    monkeypatch.setattr(sys, "argv", ["routing", *([str(wanted)] if named else [])])
    runpy.run_module("smarthealth.apps.support.routing", run_name="__main__")
    shipped = Path(training.__file__).parent / "model.npz"
    assert written == [wanted if named else shipped]
