"""The secret that signs tokens when none is given: made once, and kept where only its owner can read it."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from .errors import ConfigurationError

FILE_NAME = "secret.key"
SHORTEST = 32
"""Bytes: RFC 7518, section 3.2, asks for as many as HS256's hash has."""
RANDOM_BYTES = 48
PRIVATE = 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_or_make_secret(data: Path) -> str:
    """The secret kept in the data folder, made if there is none yet.

    Two processes that start at once end up with the same one: a new secret appears under its name whole or not at all.

    Raises:
        ConfigurationError: What is kept there is no secret.
    """
    path = data / FILE_NAME
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        _make(path)
    if path.stat().st_mode & OTHERS:
        path.chmod(PRIVATE)
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    check_secret(secret, str(path))
    return secret


def check_secret(secret: str, source: str) -> None:
    """Refuse a secret that can be guessed.

    Raises:
        ConfigurationError: It is too short.
    """
    if len(secret.encode()) < SHORTEST:
        raise ConfigurationError(
            f"{source} must hold a secret of {SHORTEST} bytes or more; "
            'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )


def _make(path: Path) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(RANDOM_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
            os.link(scratch, path)
    finally:
        scratch.unlink()
