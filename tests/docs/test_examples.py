"""What the documentation shows as code is code, and runs."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = sorted((ROOT / "docs").rglob("examples/*.py"))
PROGRAMS = [path for path in EXAMPLES if not path.name.startswith("test_")]
TESTS = [path for path in EXAMPLES if path.name.startswith("test_")]
TIME_LIMIT = 60.0
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@attrs.frozen
class Block:
    """Code shown on a page."""

    page: Path
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks() -> list[Block]:
    """Every block of Python on every page."""
    return [
        Block(page, text.count("\n", 0, match.start()) + 2, match[1])
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for match in BLOCK.finditer(text)
    ]


BLOCKS = blocks()


def name(path: Path) -> str:
    """A path as a test's name."""
    return str(path.relative_to(ROOT))


def run(*arguments: object, where: Path) -> None:
    """Run Python and see it succeed."""
    ran = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=where,
        timeout=TIME_LIMIT,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_every_example_runs(path: Path, tmp_path: Path) -> None:
    """An example is a program that runs to its end, from any folder, and leaves nothing there."""
    run("-W", "error::SyntaxWarning", path, where=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_example_of_a_test_passes(path: Path) -> None:
    """An example of a test passes under pytest."""
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", path, where=ROOT)


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_every_example_is_shown(path: Path) -> None:
    """An example that no page refers to would be read by nobody."""
    assert any(f"examples/{path.name})" in page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_block_compiles(block: Block) -> None:
    """Code on a page is Python, where `await` and `async with` may stand outside of a function for short."""
    compile(block.code, str(block), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


WHOLE = [
    block for block in BLOCKS if block.code.startswith(("import ", "from ")) and "async def main" not in block.code
]


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_every_block_with_its_imports_runs(block: Block, tmp_path: Path) -> None:
    """A block that begins with its imports is a whole program."""
    run("-c", block.code, where=tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_doctest_passes(page: Path) -> None:
    """What a page shows as typed into an interpreter gives what the page says."""
    assert doctest.testfile(str(page), module_relative=False, encoding="utf-8").failed == 0
