"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import smarthealth

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "smarthealth").rglob("*.py"))
PACKAGES = ["smarthealth", *(m.name for m in pkgutil.walk_packages(smarthealth.__path__, "smarthealth.") if m.ispkg)]
TOP_LEVEL = {"pyproject.toml", "README.md", "smarthealth", "tests", "loadtest", "docs"}


def module_name(path: Path) -> str:
    """Dotted name of a source file."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_module_imports_its_own_package_root(path: Path) -> None:
    """Inside a package, names are imported from the module that defines them."""
    if path.name == "__init__.py":
        return
    package = module_name(path).rpartition(".")[0]
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module is None:
            siblings = {child.stem for child in (ROOT / path).parent.iterdir()}
            assert {alias.name for alias in node.names} <= siblings
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert node.module != package or package == "smarthealth"


@pytest.mark.parametrize("name", PACKAGES)
def test_package_exports_exactly_its_all(name: str) -> None:
    """`__all__` holds every public name that the package's root imports; ruff keeps it sorted."""
    package = importlib.import_module(name)
    public = getattr(package, "__all__", ())
    imported = {
        key for key, value in vars(package).items() if not key.startswith("_") and not isinstance(value, ModuleType)
    }
    assert imported - {"annotations"} == set(public)


def test_runtime_loads_only_trio_attrs_and_the_standard_library() -> None:
    """Importing `smarthealth.actors` loads no other third-party package than trio and attrs alone do."""
    script = "import sys; import {}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    run = [
        set(
            subprocess.run(
                [sys.executable, "-c", script.format(what)], capture_output=True, text=True, check=True
            ).stdout.split()
        )
        for what in ("trio, attrs, attr", "smarthealth.actors")
    ]
    assert run[1] - run[0] - set(sys.stdlib_module_names) == {"smarthealth"}


def test_top_level_has_the_agreed_shape() -> None:
    """Nothing but the six agreed names and dot files stands at the top of the repository."""
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split(
        "\n"
    )
    assert {Path(name).parts[0] for name in tracked if name and not name.startswith(".")} <= TOP_LEVEL


def test_no_module_is_longer_than_the_budget() -> None:
    """No module passes 600 lines and no function 80."""
    for path in MODULES:
        text = (ROOT / path).read_text()
        assert text.count("\n") <= 600, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or node.lineno) - node.lineno < 80, f"{path}:{node.lineno} {node.name}"
