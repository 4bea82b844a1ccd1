"""A conversation's directory on a real disk."""

from __future__ import annotations

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
