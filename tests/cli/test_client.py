"""The terminal's client connects, asks, and draws what comes."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from smarthealth.cli import client as client_module
from smarthealth.cli.client import Client, ClientError, Document, draw_event, open_client, require_server

if TYPE_CHECKING:
    from tests.cli.conftest import Event, OpenServer

# trio-websocket leaves the socket of a connection that the server refused or closed to the collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
LAURA = Document(type_id=8, number="30995750")


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("CD:30995750", LAURA),
        ("cd: 30995750 ", LAURA),
        ("8:30995750", LAURA),
        ("PA:X:1", Document(type_id=4, number="X:1")),
    ],
)
def test_a_document_is_a_type_and_a_number(text: str, document: Document) -> None:
    """The type is a code in any case, or its number; the number is all after the first colon."""
    assert Document.parse(text) == document


@pytest.mark.parametrize("text", ["", "CD", "CD:", "CD: ", "XX:1", "0:1", "99:1", ":1", "30995750", "²:1", "٣:1"])
def test_what_is_no_document_is_refused(text: str) -> None:
    """Anything else is refused, with the types that there are."""
    with pytest.raises(ClientError, match=r"TYPE:NUMBER with a type of CC, .*CD"):
        Document.parse(text)


@given(st.text())
def test_reading_a_document_never_fails_otherwise(text: str) -> None:
    """Whatever is typed is a document or refused."""
    with suppress(ClientError):
        assert Document.parse(text).number


async def ask(url: str) -> list[Event]:
    """One question's events."""
    async with open_client(url, "t0ken") as client:
        return [event async for event in client.ask(LAURA, "¿último valor?")]


async def test_a_question_yields_its_turn(open_server: OpenServer, turn: list[Event]) -> None:
    """The token goes into a header, the question with a session, and every message up to the last of the turn comes."""
    with open_server(events=turn) as server:
        async with open_client(server.url, "t0ken") as client:
            for _ in range(2):
                assert [event async for event in client.ask(LAURA, "¿último valor?")] == turn
    assert server.tokens == ["Bearer t0ken"]
    first, second = server.queries
    assert (
        first
        == second
        == {
            "type": "query",
            "session_id": first["session_id"],
            "document_type_id": 8,
            "document_number": "30995750",
            "question": "¿último valor?",
        }
    )


async def test_an_error_ends_a_turn(open_server: OpenServer) -> None:
    """A turn that fails ends with its error."""
    error = {"type": "error", "error": {"code": "PATIENT_NOT_FOUND", "message": "No."}}
    with open_server(events=[error, {"type": "late"}]) as server:
        assert await ask(server.url) == [error]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"refusal": 401}, r"refused with 401: no reason given"),
        ({"refusal": 403, "refusal_body": b'{"error": {"message": "No."}}'}, r"refused with 403: No\."),
        ({"refusal": 403, "refusal_body": b"[]"}, r"refused with 403: no reason given"),
        ({"refusal": 403, "refusal_body": b"{"}, r"refused with 403: no reason given"),
        ({"greeting": "hello"}, "does not speak the protocol"),
        ({"greeting": "[]"}, "does not speak the protocol"),
        ({"greeting": "{}"}, "does not speak the protocol"),
        ({"closes": (4401, "token expired")}, r"closed the connection \(4401 token expired\)"),
        ({"closes": (1001, "")}, r"closed the connection \(1001 GOING_AWAY\)"),
    ],
    ids=str,
)
async def test_what_a_server_does_instead_is_said(
    open_server: OpenServer, script: dict[str, object], sentence: str
) -> None:
    """A refusal, another protocol or a close is one sentence, with the server's own reason where it gives one."""
    with open_server(**script) as server, pytest.raises(ClientError, match=sentence):
        await ask(server.url)


async def test_a_question_after_the_end_is_answered_by_the_reason(open_server: OpenServer) -> None:
    """Asking on a connection that the server has closed says so."""
    with open_server(events=[{"type": "complete"}], closes=(1001, "")) as server:
        async with open_client(server.url, "t") as client:
            assert [event async for event in client.ask(LAURA, "one")] == [{"type": "complete"}]
            with pytest.raises(ClientError, match="GOING_AWAY"):
                await client.receive()
            with pytest.raises(ClientError, match="GOING_AWAY"):
                await anext(client.ask(LAURA, "two"))


NOBODY = "ws://127.0.0.1:1/ws/chat"


@pytest.mark.parametrize("url", [NOBODY, "http://127.0.0.1:1/", "ws://127.0.0.1:99999/", "nonsense"])
async def test_nobody_there_is_said(url: str) -> None:
    """No server, or no WebSocket's address, is said in one sentence with the address."""
    with pytest.raises(ClientError, match=f"no smarthealth server at {re.escape(url)}: .+"):
        await ask(url)


@pytest.mark.parametrize("url", [NOBODY, "ws://127.0.0.1:99999/", "nonsense"])
async def test_a_server_is_looked_for(url: str) -> None:
    """Whether somebody listens is found out without speaking."""
    with pytest.raises(ClientError, match=f"no smarthealth server at {re.escape(url)}: .+"):
        await require_server(url)


async def test_a_server_is_found(open_server: OpenServer) -> None:
    """Where somebody listens, the look returns."""
    with open_server() as server:
        await require_server(server.url)


async def serve_raw(
    answer: Callable[[bytes], bytes], task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
) -> None:
    """Answer the head of a request, and then say nothing any more."""

    async def handle(stream: trio.SocketStream) -> None:
        await stream.send_all(answer(await stream.receive_some(65536)))
        async for _ in stream:
            pass

    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(partial(trio.serve_tcp, handle, 0, host="127.0.0.1"))
        task_status.started(f"ws://127.0.0.1:{listener.socket.getsockname()[1]}/")


def agree(head: bytes) -> bytes:
    """A handshake and a greeting."""
    key = re.search(rb"(?i)sec-websocket-key: (\S+)", head)
    assert key is not None
    accept = base64.b64encode(hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    upgrade = b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept
    return upgrade + b'\r\n\r\n\x81\x14{"type":"connected"}'


async def test_a_server_without_a_goodbye_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """When all was said, a server that does not close is left; what goes wrong before is not hidden by it."""
    monkeypatch.setattr(client_module, "CLOSE_LIMIT", 0.01)
    async with trio.open_nursery() as nursery:
        url = await nursery.start(serve_raw, agree)
        async with open_client(url, "t") as client:
            said = client
        assert isinstance(said, Client)
        with pytest.raises(Exception, match="disk") as failed:
            async with open_client(url, "t"):
                raise OSError("disk full")
        assert isinstance(failed.value, OSError)
        nursery.cancel_scope.cancel()


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handshake or a greeting that does not come is waited for only so long."""
    monkeypatch.setattr(client_module, "CONNECT_LIMIT", 0.05)
    monkeypatch.setattr(client_module, "CLOSE_LIMIT", 0.01)
    async with trio.open_nursery() as nursery:
        for answer in (lambda head: b"", lambda head: agree(head).partition(b"\x81")[0]):
            url = await nursery.start(serve_raw, answer)
            with pytest.raises(ClientError, match=r"no answer within 0\.05 s"):
                await ask(url)
        nursery.cancel_scope.cancel()


def drawn(*events: Event, width: int = 100) -> str:
    """What a terminal shows."""
    console = Console(file=io.StringIO(), width=width)
    for event in events:
        draw_event(console, event)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_turn_is_drawn_as_it_comes(turn: list[Event]) -> None:
    """Statuses, the text as it is, the sources that it cites, and what it was made of."""
    lines = [line.rstrip() for line in drawn(*turn, {"type": "unknown"}).splitlines()]
    assert lines == [
        "[bold]Buscando :smile:",
        "Fue [6.6] % [1].",
        "",
        "      date        type          excerpt",
        "[1]   2024-03-12  observation   HbA1c: 6.6 %",
        "smarthealth-offline · confidence 0.91 · 191 records, 5 passages",
    ]


def test_a_source_without_a_date_has_none(turn: list[Event]) -> None:
    """A cited source that is not dated has an empty place there."""
    turn[-1]["answer"]["text"] = "Dice [2]."
    (line,) = [line for line in drawn(*turn).splitlines() if line.startswith("[2]")]
    assert line.split() == ["[2]", "observation", "not", "cited"]


def test_an_error_is_drawn_as_it_is() -> None:
    """Code and sentence are shown, whatever brackets they hold."""
    assert drawn({"type": "error", "error": {"code": "LLM_ERROR", "message": "[x]"}}) == "LLM_ERROR: [x]\n"


def test_long_words_are_not_cut() -> None:
    """The text is left for the terminal to wrap, so that it can be copied."""
    assert drawn({"type": "token", "token": "a" * 50}, width=20) == "a" * 50
