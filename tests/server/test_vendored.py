"""The scripts of others that this package serves."""

from __future__ import annotations

import hashlib
import re

import pytest

from smarthealth.server.static import FOLDER

VENDOR = FOLDER / "vendor"
ROWS = re.findall(r"^\| (\S+) \| (\S+) \| ([0-9a-f]{64}) \|$", (VENDOR / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("name", "package", "digest"), ROWS)
def test_vendored_file_is_the_published_one(name: str, package: str, digest: str) -> None:
    """A vendored file is byte for byte what its list says, with a licence beside it."""
    path = VENDOR / name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert (path.parent / "LICENSE").is_file()
    assert "@" in package


def test_every_vendored_script_is_listed() -> None:
    """Nothing is vendored on the sly."""
    listed = {VENDOR / name for name, _, _ in ROWS}
    assert {path for path in VENDOR.rglob("*") if path.suffix in {".js", ".css"}} == listed
