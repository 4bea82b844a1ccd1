from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from smarthealth.storage import account as account_module
from smarthealth.storage.account import Account, find_account, give, prepare_for
from smarthealth.storage.errors import EmbeddedServerError

OURS = Account(uid=os.getuid(), gid=os.getgid())


def mode(path: Path) -> int:
    """A path's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


class TestChoosing:
    @pytest.fixture(autouse=True)
    def _root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)

    def accounts(self, monkeypatch: pytest.MonkeyPatch, **known: int) -> None:
        """Let these accounts exist."""
        monkeypatch.setattr(pwd, "getpwnam", lambda name: SimpleNamespace(pw_uid=known[name], pw_gid=known[name] + 1))

    def test_who_is_not_root_needs_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An ordinary user runs the server."""
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert find_account(Path("/nowhere")) is None

    def test_a_clusters_owner_runs_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Root lets a cluster's owner run its server."""
        monkeypatch.setattr(Path, "exists", lambda self: True)
        monkeypatch.setattr(Path, "stat", lambda self: SimpleNamespace(st_uid=7, st_gid=8))
        assert find_account(Path("/cluster")) == Account(uid=7, gid=8)

    def test_the_usual_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """For a new cluster root takes the account made for it."""
        self.accounts(monkeypatch, pgserver=5)
        assert find_account(Path("/nowhere")) == Account(uid=5, gid=6)

    def test_the_usual_account_is_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """If that account is missing, it is made."""
        self.accounts(monkeypatch, nobody=9)
        commands: list[list[str]] = []

        def useradd(command: list[str], **_: object) -> None:
            commands.append(command)
            self.accounts(monkeypatch, pgserver=5)

        monkeypatch.setattr(subprocess, "run", useradd)
        assert find_account(Path("/nowhere")) == Account(uid=5, gid=6)
        assert commands[0][0] == "useradd"

    def test_nobody_is_the_last_resort(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where accounts cannot be made, `nobody` runs the server."""
        self.accounts(monkeypatch, nobody=9)

        def missing(*_: object, **__: object) -> None:
            raise FileNotFoundError

        monkeypatch.setattr(subprocess, "run", missing)
        assert find_account(Path("/nowhere")) == Account(uid=9, gid=10)


class TestPreparing:
    @pytest.fixture
    def programs(self, short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A folder with a program called postgres, which `runs_as` decides about."""
        programs = short_folder / "install" / "bin"
        programs.mkdir(parents=True)
        (programs / "postgres").write_text("#!/bin/sh\n")
        (programs / "postgres").chmod(0o700)
        (programs.parent / "library").write_text("")
        (programs.parent / "library").chmod(0o600)
        return programs

    def runs_as(self, monkeypatch: pytest.MonkeyPatch, *answers: int | Exception) -> None:
        """Let running a program as another user end in these, one after the other."""
        remaining = list(answers)

        def run(*_: object, **__: object) -> Any:
            answer = remaining.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return SimpleNamespace(returncode=answer)

        monkeypatch.setattr(subprocess, "run", run)

    def test_nothing_for_ourselves(self, short_folder: Path) -> None:
        """Without another account nothing is changed."""
        folder = short_folder / "data"
        folder.mkdir(mode=0o700)
        prepare_for(None, folder, Path("/nowhere"))
        give(folder, None)
        assert mode(short_folder) == 0o700

    def test_the_way_is_opened_and_no_more(self, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Folders above may be walked through by everybody, and looked into by nobody new."""
        self.runs_as(monkeypatch, 0)
        folder = programs.parent.parent / "data"
        folder.mkdir(mode=0o700)
        prepare_for(OURS, folder, programs)
        assert mode(programs.parent.parent) == 0o701
        assert mode(folder) == 0o700
        assert mode(programs / "postgres") == 0o700

    def test_programs_under_a_strict_umask_are_opened(self, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Programs that the account cannot run are made readable, and executable where they are for their owner."""
        self.runs_as(monkeypatch, PermissionError(), 0)
        prepare_for(OURS, programs.parent, programs)
        assert mode(programs / "postgres") == 0o755
        assert mode(programs.parent / "library") == 0o644

    def test_programs_that_cannot_be_run(self, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """If that does not help, the error tells of the other way."""
        self.runs_as(monkeypatch, 127, 127)
        with pytest.raises(EmbeddedServerError, match="set DATABASE_URL"):
            prepare_for(OURS, programs.parent, programs)

    def test_other_folders_are_left_alone(self, programs: Path) -> None:
        """Only folders that lack the permission get it."""
        before = mode(Path("/tmp"))
        account_module._open_way_to(programs)
        assert mode(Path("/tmp")) == before
