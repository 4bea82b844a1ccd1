"""`smarthealth ask`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
import trio

from smarthealth.bootstrap.accounts import DEMO_EMAIL
from smarthealth.storage.pool import open_pool
from smarthealth.storage.users import Users

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Event, OpenServer, Run

LAURA = ("--document", "CD:30995750")
SECRET = "0123456789abcdef0123456789abcdef"


async def add_demo_user(dsn: str) -> None:
    """The demo user, without a password."""
    async with open_pool(dsn, size=1) as pool:
        await Users(pool).add(email=DEMO_EMAIL, full_name="Demo", role="clinician", password_hash="")


def test_one_question_is_asked_and_drawn(run: Run, open_server: OpenServer, turn: list[Event]) -> None:
    """The answer streams to the terminal with its sources, and the exit code is 0."""
    with open_server(events=turn) as server:
        ran = run("ask", "¿último valor?", *LAURA, "--url", server.url, "--token", "t0ken")
    assert (ran.code, ran.errors) == (0, "")
    assert "Fue [6.6] % [1].\n" in ran.output
    assert server.tokens == ["Bearer t0ken"]
    assert [query["question"] for query in server.queries] == ["¿último valor?"]


def test_no_answer_is_exit_code_1(run: Run, open_server: OpenServer) -> None:
    """A turn that ends in an error shows it, and the exit code is 1."""
    error = {"type": "error", "error": {"code": "PATIENT_NOT_FOUND", "message": "No existe."}}
    with open_server(events=[error]) as server:
        ran = run("ask", "¿?", *LAURA, "--url", server.url, "--token", "t")
    assert (ran.code, ran.output, ran.errors) == (1, "PATIENT_NOT_FOUND: No existe.\n", "")


@pytest.mark.parametrize("token", [(), ("--token", "t")])
def test_nothing_listening_is_one_sentence(run: Run, token: tuple[str, ...], tmp_path: Path) -> None:
    """Without a server there is one sentence and exit code 1, and no database is made for it."""
    ran = run("ask", "¿?", *LAURA, "--url", "ws://127.0.0.1:1/ws/chat", *token)
    assert (ran.code, ran.output) == (1, "")
    assert ran.errors.startswith("smarthealth: no smarthealth server at ws://127.0.0.1:1/ws/chat: ")
    assert ran.errors.count("\n") == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("document", ["30995750", "XX:1", "CD:"])
def test_a_malformed_document_is_a_wrong_argument(run: Run, document: str) -> None:
    """What is no document is exit code 2, with what one looks like."""
    ran = run("ask", "¿?", "--document", document, "--token", "t")
    assert (ran.code, ran.output) == (2, "")
    assert "TYPE:NUMBER" in ran.errors


def test_on_this_machine_the_demo_user_asks(
    run: Run, open_server: OpenServer, turn: list[Event], database: str, environment: pytest.MonkeyPatch
) -> None:
    """Without a token, and with the server on this machine, a token of the demo user is made."""
    trio.run(add_demo_user, database)
    environment.setenv("SECRET_KEY", SECRET)
    with open_server(events=turn) as server:
        assert run("ask", "¿?", *LAURA, "--url", server.url).code == 0
    claims = jwt.decode(
        server.tokens[0].removeprefix("Bearer "), SECRET, algorithms=["HS256"], options={"verify_aud": False}
    )
    assert claims["email"] == DEMO_EMAIL


def test_without_the_demo_user_there_is_no_token(run: Run, open_server: OpenServer, database: str) -> None:
    """Where nobody ran the demo, the sentence says who is missing."""
    with open_server() as server:
        ran = run("ask", "¿?", *LAURA, "--url", server.url)
    assert ran.code == 1
    assert DEMO_EMAIL in ran.errors


def test_elsewhere_a_token_is_asked_for(run: Run, environment: pytest.MonkeyPatch) -> None:
    """For a server on another machine a token must be given, by option or variable."""
    elsewhere = (*LAURA, "--url", "wss://records.invalid/ws/chat")
    ran = run("ask", "¿?", *elsewhere)
    assert (ran.code, ran.errors) == (1, "smarthealth: give a token with --token or SMARTHEALTH_TOKEN\n")
    environment.setenv("SMARTHEALTH_TOKEN", "t")
    assert "no smarthealth server at wss://records.invalid" in run("ask", "¿?", *elsewhere).errors
