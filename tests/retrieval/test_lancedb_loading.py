"""Loading LanceDB."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smarthealth.retrieval.lancedb_loading import defer_root, load_lancedb

PACKAGE = "deferred_package"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package with a root that says when it runs, and a submodule."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text("ran = True\n")
    (folder / "part.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield PACKAGE
    for name in (PACKAGE, f"{PACKAGE}.part"):
        sys.modules.pop(name, None)


def test_it_is_lancedb() -> None:
    """What is loaded is the module itself, once and again."""
    assert load_lancedb() is load_lancedb() is sys.modules["lancedb"]


def test_functions_of_the_rest_client_are_not_built() -> None:
    """A local index does without the REST client's API modules."""
    script = (
        "import sys; from smarthealth.retrieval.lancedb_loading import load_lancedb; load_lancedb();"
        "print('lance_namespace_urllib3_client.api' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_submodules_load_without_the_root(package: str) -> None:
    """A submodule of a deferred package loads as always, and the root does not run for it."""
    defer_root(package)
    assert importlib.import_module(f"{package}.part").value == 1
    assert "ran" not in vars(sys.modules[package])


def test_the_root_runs_for_who_asks(package: str) -> None:
    """The first name asked of a deferred package runs its root; what it lacks is still lacking."""
    defer_root(package)
    root = importlib.import_module(package)
    assert not hasattr(root, "__wrapped__")
    assert root.ran
    assert not hasattr(root, "nothing")


def test_a_package_that_is_loaded_stays(package: str) -> None:
    """A program that has loaded the package keeps it."""
    loaded = importlib.import_module(package)
    defer_root(package)
    assert sys.modules[package] is loaded


def test_a_package_that_is_not_installed_is_left_alone() -> None:
    """What is not there is not put in place."""
    defer_root("no_such_package")
    assert "no_such_package" not in sys.modules
