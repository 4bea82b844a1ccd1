"""`smarthealth chat`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smarthealth.cli.chat import socket_url

if TYPE_CHECKING:
    from tests.cli.conftest import Event, OpenServer, Run

LAURA = ("--document", "CD:30995750")
DOCTOR: list[dict[str, object]] = [
    {"type": "status", "status": "checking_emergency", "details": {}},
    {"type": "token", "content": "Rest and "},
    {"type": "token", "content": "drink [water]."},
    {"type": "stream_end", "metadata": {}},
]


@pytest.mark.parametrize("last", ["\n", ""])
def test_a_chat_is_one_session(run: Run, open_server: OpenServer, turn: list[Event], last: str) -> None:
    """Questions go out one after the other in one session, until an empty line or the end of the input."""
    with open_server(events=turn) as server:
        ran = run("chat", "records", *LAURA, "--url", server.url, "--token", "t", typed=f"one\n two \n{last}")
    assert ran.code == 0
    assert ran.output.count("Fue [6.6]") == 2
    assert [query["question"] for query in server.queries] == ["one", "two"]
    assert len({query["session_id"] for query in server.queries}) == 1


def test_a_chat_goes_on_after_an_error(run: Run, open_server: OpenServer) -> None:
    """A question that fails does not end the chat."""
    error = {"type": "error", "error": {"code": "LLM_TIMEOUT", "message": "Tarde."}}
    with open_server(events=[error]) as server:
        ran = run("chat", "records", *LAURA, "--url", server.url, "--token", "t", typed="one\ntwo\n")
    assert (ran.code, ran.output.count("LLM_TIMEOUT: Tarde.")) == (0, 2)


@pytest.mark.parametrize("document", [(), ("--document", "30995750")])
def test_records_are_of_a_patient(run: Run, document: tuple[str, ...]) -> None:
    """Without a document, or with a malformed one, the arguments are wrong."""
    ran = run("chat", "records", *document, "--token", "t")
    assert (ran.code, ran.output) == (2, "")
    assert "TYPE:NUMBER" in ran.errors


def test_the_doctor_is_talked_to_without_a_token(run: Run, open_server: OpenServer) -> None:
    """Lines go out in one session, what streams is one line, and markup in it is text."""
    with open_server(events=DOCTOR) as server:
        ran = run("chat", "doctor", "--url", server.url, typed="I cough\nand now?\n")
    assert (ran.code, ran.errors) == (0, "")
    assert ran.output.count("checking emergency\nRest and drink [water].\n") == 2
    assert [query["message"] for query in server.queries] == ["I cough", "and now?"]
    assert len({query["session_id"] for query in server.queries}) == 1
    assert server.tokens == [""]


def test_a_conversation_is_gone_on_with(run: Run, open_server: OpenServer) -> None:
    """Its id may be given, and a token too."""
    with open_server(events=[{"type": "complete"}]) as server:
        ran = run("chat", "support", "--url", server.url, "--token", "t", "--session", "s1", typed="hello\n")
    assert ran.code == 0
    assert server.queries == [{"type": "message", "message": "hello", "session_id": "s1", "partial": False}]
    assert server.tokens == ["Bearer t"]


@pytest.mark.parametrize(("word", "approved"), [("yes", True), ("Sí", True), ("no", False)])
def test_a_tool_that_asks_first_is_answered(run: Run, open_server: OpenServer, word: str, approved: bool) -> None:
    """By a word typed; what streamed before ends its line."""
    asking = {"type": "approval_required", "tool": "delete_file", "arguments": {"path": "a"}, "tool_call_id": "c1"}
    with open_server(events=[asking, {"type": "done", "iterations": 1}]) as server:
        ran = run("chat", "workspace", "--url", server.url, typed=f"delete a\n{word}\n")
    assert "delete_file {'path': 'a'}" in ran.output
    assert server.queries[1] == {"type": "approval_response", "tool_call_id": "c1", "approved": approved}


def test_a_line_of_its_own_ends_one_that_streams(run: Run, open_server: OpenServer) -> None:
    """Text of the agent, then what the system says."""
    events = [
        {"type": "agent_chunk", "text": "¿A dónde?"},
        {"type": "agent_end"},
        {"type": "system_message", "message": "listo", "level": "info"},
    ]
    with open_server(events=events) as server:
        ran = run("chat", "taxi", "--url", server.url, typed="hola\n")
    assert "¿A dónde?\nlisto\n" in ran.output


DOCTORS = "/doctor/api/v1/ws/chat"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://localhost:8088", f"ws://localhost:8088{DOCTORS}"),
        ("https://doctor.example/", f"wss://doctor.example{DOCTORS}"),
        ("ws://127.0.0.1:1?a=b", f"ws://127.0.0.1:1{DOCTORS}?a=b"),
        ("wss://[::1]:1/api/v1/ws/chat", "wss://[::1]:1/api/v1/ws/chat"),
        ("http://localhost:1/bare", "ws://localhost:1/bare"),
    ],
)
def test_a_server_s_address_is_enough(url: str, wanted: str) -> None:
    """The application's path is added where there is none."""
    assert socket_url(url, DOCTORS) == wanted


@pytest.mark.parametrize("application", ["doctor", "records"])
@pytest.mark.parametrize("url", ["localhost:8088", "ftp://localhost", "http://"])
def test_what_is_no_server_s_address_is_a_wrong_argument(run: Run, application: str, url: str) -> None:
    """It is said how one looks."""
    ran = run("chat", application, *LAURA, "--url", url)
    assert (ran.code, "ws://HOST:PORT" in ran.errors) == (2, True)


def test_support_on_another_machine_asks_for_a_token(run: Run) -> None:
    """The demo user's is for this machine only."""
    ran = run("chat", "support", "--url", "wss://support.invalid/ws/chat")
    assert (ran.code, ran.errors) == (1, "smarthealth: give a token with --token or SMARTHEALTH_TOKEN\n")


def test_nothing_listening_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The main port of this machine is where an application is looked for."""
    monkeypatch.setattr("smarthealth.cli.chat.MAIN_PORT", "ws://127.0.0.1:1")
    ran = run("chat", "workspace", "--session", "w1")
    assert ran.errors.startswith("smarthealth: no smarthealth server at ws://127.0.0.1:1/workspace/ws/chat/w1: ")


def test_there_is_no_other_application_to_chat_with(run: Run) -> None:
    """An application that is not there is a wrong argument."""
    assert run("chat", "chess", *LAURA).code == 2
