"""The secret in the data folder."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from smarthealth.server.errors import ConfigurationError
from smarthealth.server.signing_secret import FILE_NAME, check_secret, load_or_make_secret


def test_secret_is_made_once_and_private(tmp_path: Path) -> None:
    """The first start makes it, later ones find it, and only its owner may read it."""
    folder = tmp_path / "data"
    secret = load_or_make_secret(folder)
    assert len(secret) >= 32
    assert load_or_make_secret(folder) == secret
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    """However many make it at the same time, there is one."""
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(load_or_make_secret, [tmp_path] * 16))) == 1


def test_secret_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    """Permissions that were widened are narrowed again."""
    load_or_make_secret(tmp_path)
    (tmp_path / FILE_NAME).chmod(0o644)
    load_or_make_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_damaged_secret_is_refused(tmp_path: Path) -> None:
    """A file that holds no secret any more stops the start, and is not overwritten."""
    (tmp_path / FILE_NAME).write_bytes(b"\xff short")
    with pytest.raises(ConfigurationError, match=FILE_NAME):
        load_or_make_secret(tmp_path)


def test_short_secret_is_refused_without_repeating_it() -> None:
    """31 bytes are too few, 32 are enough, and bytes count, not characters."""
    with pytest.raises(ConfigurationError) as refused:
        check_secret("tu_clave_secreta", "SECRET_KEY")
    assert "tu_clave" not in str(refused.value)
    with pytest.raises(ConfigurationError):
        check_secret("x" * 31, "SECRET_KEY")
    check_secret("x" * 32, "SECRET_KEY")
    check_secret("ñ" * 16, "SECRET_KEY")
