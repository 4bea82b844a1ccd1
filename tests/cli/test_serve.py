"""`smarthealth serve`."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smarthealth.cli.serve import overrides_of, say_ready

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.mark.usefixtures("database", "interrupted")
def test_it_says_where_it_serves_and_exits_0_at_sigterm(
    run: Run, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    """Standard output is `ready` and the addresses, one for each application asked for; logs are JSON lines elsewhere."""
    environment.setenv("SMARTHEALTH_SHUTDOWN_GRACE", "1")
    ran = run("serve", "--port", 0, "--listen", "records=127.0.0.1:0", "--data", tmp_path / "other")
    assert ran.code == 0
    assert re.fullmatch(r"ready( http://127\.0\.0\.1:\d+){2}\n", ran.output)
    assert {"server_ready", "server_draining"} <= {json.loads(line)["event"] for line in ran.errors.splitlines()}
    assert (tmp_path / "other").is_dir()


def test_a_taken_port_is_one_sentence(run: Run) -> None:
    """Where somebody else listens, it says so and exits 1 without starting anything."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("serve", "--port", taken.getsockname()[1])
    assert (ran.code, ran.output) == (1, "")
    assert "choose another with --port" in ran.errors
    assert ran.errors.count("\n") == 1


def test_an_unreachable_database_is_one_sentence(run: Run, environment: pytest.MonkeyPatch) -> None:
    """Where the database cannot be reached, the last line on standard error says so in words, and it exits 1."""
    environment.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x")
    ran = run("serve", "--port", 0)
    assert (ran.code, ran.output) == (1, "")
    *logs, sentence = ran.errors.splitlines()
    assert [json.loads(line)["event"] for line in logs] == ["actor_failed"]
    assert re.match("smarthealth: .*refused", sentence)


def test_an_unknown_application_is_one_sentence(run: Run) -> None:
    """Listening for an application that is not there names those that are."""
    ran = run("serve", "--listen", "trains=127.0.0.1:0")
    assert (ran.code, ran.output) == (1, "")
    assert "there is no application 'trains' to listen for; there are " in ran.errors


def test_options_are_settings() -> None:
    """Each option given stands for the variable of the same meaning, and one that is not given for nothing."""
    assert overrides_of(SMARTHEALTH_PORT=0, SMARTHEALTH_HOST=None, SMARTHEALTH_DATA=Path("d")) == {
        "SMARTHEALTH_PORT": "0",
        "SMARTHEALTH_DATA": "d",
    }


def test_ready_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever waits for the server reads one line."""
    say_ready(["http://a:1", "http://b:2"])
    assert capsys.readouterr().out == "ready http://a:1 http://b:2\n"
