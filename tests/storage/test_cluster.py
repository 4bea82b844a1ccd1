from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from smarthealth.storage import cluster as cluster_module
from smarthealth.storage.cluster import Cluster, Postmaster
from smarthealth.storage.errors import EmbeddedServerError


@pytest.fixture
def cluster(data_folder: Path) -> Iterator[Cluster]:
    """A cluster whose server does not run."""
    cluster = Cluster(data_folder / "postgres", {"fsync": "off"})
    yield cluster
    cluster.stop()


def answers(postmaster: Postmaster) -> bool:
    """Whether the server serves."""
    with psycopg.connect(postmaster.dsn) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def write_programs(folder: Path, **scripts: str) -> Path:
    """A folder of programs written in shell, beside the real ones' names."""
    programs = folder / "install" / "bin"
    programs.mkdir(parents=True)
    for name, script in {"postgres": "exit 0", "initdb": "exit 0", **scripts}.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    return programs


class TestStarting:
    def test_a_running_server_is_found_again(self, cluster: Cluster) -> None:
        """Starting twice gives the same server."""
        first = cluster.start()
        assert answers(first)
        assert Cluster(cluster.folder, {}).start() == first

    def test_a_long_path_gets_a_short_socket(self, data_folder: Path) -> None:
        """A path too long for a socket's name, or with a comma, gets a private folder elsewhere, gone after the stop."""
        for name in ("x" * 120, "a, b"):
            moved = data_folder / name
            shutil.move(data_folder / "postgres", moved)
            cluster = Cluster(moved, {})
            postmaster = cluster.start()
            assert answers(postmaster)
            where = postmaster.socket_folder
            assert where is not None
            assert where.parent != moved
            cluster.stop()
            assert not where.exists()
            shutil.move(moved, data_folder / "postgres")

    def test_a_folder_that_others_can_enter_is_not_used(self, data_folder: Path) -> None:
        """A folder for the socket that somebody else may have made is refused."""
        moved = data_folder / "with, comma"
        shutil.move(data_folder / "postgres", moved)
        cluster = Cluster(moved, {})
        planted = cluster.start().socket_folder
        assert planted is not None
        cluster.stop()
        planted.mkdir()
        planted.chmod(0o777)
        try:
            with pytest.raises(EmbeddedServerError, match="nobody but the server's account"):
                cluster.start()
        finally:
            planted.rmdir()

    def test_a_lost_socket_is_made_again(self, cluster: Cluster) -> None:
        """A server whose socket was deleted is started anew."""
        first = cluster.start()
        (cluster.folder / "socket" / ".s.PGSQL.5432").unlink()
        again = cluster.start()
        assert again.pid != first.pid
        assert answers(again)

    @pytest.mark.parametrize("content", ["{stranger}\n", "", "nonsense\n", "999999999\n"])
    def test_a_stale_file_is_not_believed(self, content: str, cluster: Cluster) -> None:
        """A `postmaster.pid` of a dead server does not hinder, whoever has its number now."""
        file = cluster.data / "postmaster.pid"
        file.write_text(content.format(stranger=os.getpid()))
        os.chown(file, cluster.data.stat().st_uid, cluster.data.stat().st_gid)
        assert cluster.find() is None
        assert answers(cluster.start())

    def test_another_version_is_refused(self, cluster: Cluster) -> None:
        """A cluster of another major version is left alone."""
        (cluster.data / "PG_VERSION").write_text("16\n")
        with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 16"):
            cluster.start()

    def test_a_long_log_is_put_aside(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """A log past its size is renamed at the next start."""
        monkeypatch.setattr(cluster_module, "_LOG_KEPT", 10)
        cluster.start()
        assert cluster.log.with_suffix(".log.1").exists()

    def test_the_log_holds_no_values(self, cluster: Cluster) -> None:
        """Neither a statement nor a value that it carried gets into the log."""
        with psycopg.connect(cluster.start().dsn, autocommit=True) as connection:
            connection.execute("create table t (x text primary key)")
            for _ in range(2):
                try:
                    connection.execute("insert into t values (%s)", ["Laura Morales"])
                except psycopg.errors.UniqueViolation:
                    continue
        assert "duplicate key" in cluster.log.read_text()
        assert "Laura" not in cluster.log.read_text()
        assert "insert" not in cluster.log.read_text()

    def test_it_does_not_wait_for_ever(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that is not ready within the limit is given up, with what its log said last."""
        monkeypatch.setattr(cluster_module, "START_LIMIT", 0)
        cluster.log.unlink()
        with pytest.raises(EmbeddedServerError, match="it left no log"):
            cluster.start()

    def test_a_full_disk_is_named(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """When there is no room, that is the reason given, since the log cannot tell."""
        monkeypatch.setattr(cluster_module, "START_LIMIT", 0)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
        with pytest.raises(EmbeddedServerError, match="is full"):
            cluster.start()

    def test_a_shell_that_fails(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """If no process can be made, the system's words are passed on."""
        monkeypatch.setattr(cluster, "_run", lambda *_, **__: subprocess.CompletedProcess([], 2, "", "cannot fork"))
        with pytest.raises(EmbeddedServerError, match="cannot fork"):
            cluster.start()


class TestPrograms:
    def test_remains_of_a_killed_server_are_waited_for(self, cluster: Cluster, short_folder: Path) -> None:
        """While children of a killed server hold its memory the start is tried again."""
        once = f'[ -e {cluster.folder}/tried ] || [ "$1" = --version ]'
        complain = "echo 'FATAL: pre-existing shared memory block is still in use'"
        programs = write_programs(
            short_folder,
            postgres=f'{once} && exec {cluster._programs}/postgres "$@"\ntouch {cluster.folder}/tried; {complain}; exit 1',
        )
        assert answers(Cluster(cluster.folder, {}, programs).start())

    def test_initdb_that_fails(self, short_folder: Path) -> None:
        """What `initdb` complained of is passed on, and no half cluster stays."""
        programs = write_programs(short_folder, initdb="mkdir cluster.unfinished; echo 'No space left' >&2; exit 1")
        folder = short_folder / "postgres"
        folder.mkdir()
        with pytest.raises(EmbeddedServerError, match="No space left"):
            Cluster(folder, {}, programs).start()
        assert list(folder.iterdir()) == []

    def test_initdb_that_hangs(self, short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A program that does not end is given up."""
        monkeypatch.setattr(cluster_module, "_CREATE_LIMIT", 0.05)
        programs = write_programs(short_folder, initdb="exec sleep 60")
        (short_folder / "postgres").mkdir()
        with pytest.raises(EmbeddedServerError, match="initdb takes longer"):
            Cluster(short_folder / "postgres", {}, programs).start()

    def test_a_server_that_says_nothing(self, cluster: Cluster, short_folder: Path) -> None:
        """A server that ends without a word is an error all the same."""
        with pytest.raises(EmbeddedServerError, match="it said nothing"):
            Cluster(cluster.folder, {}, write_programs(short_folder)).start()

    @pytest.mark.parametrize("found", [None, SimpleNamespace(submodule_search_locations=["/nowhere"])])
    def test_a_platform_without_the_wheel(self, found: object, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the embedded server's programs the error tells of the other way."""
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
        with pytest.raises(EmbeddedServerError, match="set DATABASE_URL"):
            Cluster(Path("/nowhere"), {})


class TestStopping:
    def test_without_a_server(self, cluster: Cluster) -> None:
        """Stopping what does not run does nothing."""
        cluster.stop()

    def test_a_server_that_does_not_listen(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that does not stop within the limits is an error."""
        postmaster = cluster.start()
        os.kill(postmaster.pid, signal.SIGSTOP)
        with monkeypatch.context() as patch:
            patch.setattr(cluster_module, "STOP_LIMIT", 0.05)
            with pytest.raises(EmbeddedServerError, match="did not stop"):
                cluster.stop()
        os.kill(postmaster.pid, signal.SIGCONT)


class TestFinding:
    def test_a_server_that_is_starting(self, cluster: Cluster) -> None:
        """A server whose file is not complete yet is alive and not ready."""
        with subprocess.Popen(["sleep", "60"], cwd=cluster.data) as sleeper:
            (cluster.data / "postmaster.pid").write_text(f"{sleeper.pid}\n{cluster.data}\n")
            assert cluster.find() == Postmaster(pid=sleeper.pid, socket_folder=None, ready=False)
            sleeper.kill()
        (cluster.data / "postmaster.pid").unlink()

    def test_by_ps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where there is no /proc a server is known by its arguments."""
        monkeypatch.setattr(
            subprocess,
            "run",
            lambda *_, **__: subprocess.CompletedProcess([], 0, "postgres -D /data/cluster -c x\n", ""),
        )
        assert cluster_module._works_in_by_ps(1, Path("/data/cluster"))
        assert not cluster_module._works_in_by_ps(1, Path("/other/cluster"))

    def test_another_users_process_exists(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A process that we may not signal exists."""

        def refuse(pid: int, number: int) -> None:
            raise PermissionError

        monkeypatch.setattr(os, "kill", refuse)
        assert cluster_module._exists(1)
