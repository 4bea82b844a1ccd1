"""`smarthealth demo`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from smarthealth.bootstrap.accounts import DEMO_EMAIL
from smarthealth.testing.script import Refusal

if TYPE_CHECKING:
    from tests.cli.conftest import OpenModel, Run

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _short_goodbye(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SMARTHEALTH_SHUTDOWN_GRACE", "1")


def test_one_question_is_answered(run: Run) -> None:
    """With --once, it asks through a real WebSocket, shows the stream with its sources, and exits 0."""
    ran = run("demo", "--once", "--port", 0)
    assert ran.code == 0, ran.errors
    lines = ran.output.splitlines()
    assert lines[0] == "starting PostgreSQL, LanceDB and the server…"
    assert re.fullmatch(r"ws://127\.0\.0\.1:\d+/ws/chat · CD:30995750", lines[1])
    assert "> ¿Cómo ha evolucionado la hemoglobina glicosilada?" in lines
    assert "6.6 %" in ran.output
    assert re.search(r"^\[1\] +\d{4}-\d\d-\d\d +observation ", ran.output, re.MULTILINE)
    assert "smarthealth-offline · confidence 0." in ran.output
    assert "ready" not in ran.output


@pytest.mark.usefixtures("interrupted")
def test_it_serves_on_and_says_where(run: Run) -> None:
    """Without --once it says where the pages are and how to sign in, serves until a signal, and exits 0."""
    ran = run("demo", "--port", 0)
    assert ran.code == 0, ran.errors
    assert re.search(rf"^console +http://localhost:\d+/ +sign in as {DEMO_EMAIL}$", ran.output, re.MULTILINE)
    assert re.search(r"^password +\S{8,}$", ran.output, re.MULTILINE)
    assert re.search(r"^observer +http://localhost:\d+/observer", ran.output, re.MULTILINE)
    assert ran.output.endswith("stopping…\n")


@pytest.mark.usefixtures("interrupted")
def test_a_password_that_is_not_known_is_not_said(run: Run) -> None:
    """Where somebody made the demo user by hand, no password is shown."""
    run("users", "add", DEMO_EMAIL, "--name", "Me", "--role", "admin")
    ran = run("demo", "--port", 0)
    assert ran.code == 0, ran.errors
    assert "console " in ran.output
    assert "password " not in ran.output


def test_no_answer_is_exit_code_1(run: Run, open_model: OpenModel) -> None:
    """Where the question fails, the error is shown and the exit code is 1."""
    with open_model(Refusal(status=401)):
        ran = run("demo", "--once", "--port", 0)
    assert ran.code == 1
    assert "LLM_ERROR: " in ran.output
