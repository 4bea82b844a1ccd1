"""The account that the embedded server runs as.

PostgreSQL refuses to run as root. When we are root, it runs as the owner of the cluster if there is one already, else as the
account `pgserver`, made when missing, else as `nobody`. That account must be able to walk to the cluster and to the server's
programs: the folders above them get the one permission it takes (`o+x`: walking through, not looking in), and no more.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
from pathlib import Path
from typing import Final

import attrs

from .errors import EmbeddedServerError

_ACCOUNT: Final = "pgserver"
_LAST_RESORT: Final = "nobody"
_WALK: Final = stat.S_IXOTH
_READ: Final = stat.S_IRGRP | stat.S_IROTH
_READ_AND_RUN: Final = _READ | stat.S_IXGRP | stat.S_IXOTH


@attrs.frozen(kw_only=True)
class Account:
    """A user of this machine, as programs are started with it."""

    uid: int
    gid: int


def find_account(cluster: Path) -> Account | None:
    """The account to run the server of this cluster as; None for our own, which is not root's."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(uid=cluster.stat().st_uid, gid=cluster.stat().st_gid)
    return _named(_ACCOUNT) or _made(_ACCOUNT) or _named(_LAST_RESORT)


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _made(name: str) -> Account | None:
    with contextlib.suppress(OSError):  # not every system has the program
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", name], capture_output=True, check=False
        )
    return _named(name)


def give(path: Path, account: Account | None) -> None:
    """Make an account the owner of a file or folder; None leaves it ours."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def prepare_for(account: Account | None, folder: Path, programs: Path) -> None:
    """Let an account have a folder, and run the programs of another; None needs nothing.

    Raises:
        EmbeddedServerError: The account cannot run the programs.
    """
    if account is None:
        return
    _open_way_to(folder)
    _make_runnable(programs, account)
    give(folder, account)


def _open_way_to(path: Path) -> None:
    """Let everybody walk through the folders above a path."""
    for folder in path.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & _WALK:
            folder.chmod(mode | _WALK)


def _make_runnable(programs: Path, account: Account) -> None:
    """Root may have installed the programs and their libraries under a strict umask."""
    _open_way_to(programs)
    if _runs(programs, account):
        return
    installation = programs.parent
    for path in (installation, *installation.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (_READ_AND_RUN if mode & stat.S_IXUSR else _READ))
    if not _runs(programs, account):
        raise EmbeddedServerError(f"the account {account.uid} cannot run the programs in {programs}; set DATABASE_URL")


def _runs(programs: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [programs / "postgres", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0
