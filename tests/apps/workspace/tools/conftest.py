"""A conversation's directory on a real disk."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

import attrs
import pytest

from smarthealth.apps.workspace.tools.files import Files
from smarthealth.apps.workspace.tools.folder import Folder
from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Where the files are."""
    return Folder(tmp_path / "workspace", "conv_123")


@pytest.fixture
def root(folder: Folder) -> Path:
    """The directory of the conversation, made."""
    with folder.changing():
        return folder.path


@pytest.fixture
def settings() -> WorkspaceToolSettings:
    """Small quotas."""
    return attrs.evolve(WorkspaceToolSettings(), quota_bytes=10_000, quota_files=20, file_bytes=5_000)


@pytest.fixture
def files(folder: Folder, settings: WorkspaceToolSettings) -> Files:
    """What can be done with them."""
    return Files(folder, settings)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside that nobody must reach."""
    path = tmp_path / "secret.txt"
    path.write_text("the secret")
    return path


@cache
def _can_isolate() -> bool:
    unshare = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "--pid",
        "--net",
        "--fork",
        "mount",
        "-t",
        "tmpfs",
        "x",
        "/mnt",
    ]
    if os.geteuid() == 0:
        unshare[1:3] = []
    try:
        return subprocess.run(unshare, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def isolated() -> None:
    """Skips where the machine does not let commands be isolated; there they are refused, which other tests hold."""
    if not _can_isolate():
        pytest.skip("namespaces are not to be had here")
