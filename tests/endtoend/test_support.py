"""The support chat, served: the clients printed in the document of its protocol, signing in, HTTP, bookings, a person who joins."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import trio
import trio_websocket

from smarthealth.testing.raw_peer import TEXT, frame

if TYPE_CHECKING:
    from tests.endtoend.conftest import Launch, Server

PRINTED = Path(__file__).parent / "printed"
PATH = "/support/ws/chat"
ANSWER_LIMIT = 60.0
"""Seconds in which anything that a test waits for must come: as long as a server may take to start, since it puts off reading the
manual until it is asked, and its first answer waits for that."""
CLIENTS = 50
STEPS = ["starting", "agent_routing", "rag_retrieval", "generating"]
A_PAGE = "const shown = { textContent: '' }; globalThis.document = { getElementById: () => shown };\n"
USE_IT = """
const before = chat.onComplete;
chat.onComplete = (response, metadata) => {
  before(response, metadata);
  console.log('SHOWN ' + JSON.stringify([shown.textContent, response, metadata.agent]));
  chat.disconnect();
};
"""


@pytest.fixture(scope="module")
def node() -> list[str]:
    """The command of a Node.js that has WebSockets of its own; the test is skipped where there is none."""
    program = shutil.which("node")
    for options in ([], ["--experimental-websocket"]):
        if program is not None:
            command = [program, *options, "-e"]
            probe = [*command, "process.exit(typeof WebSocket === 'function' ? 0 : 1)"]
            if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
                return command
    pytest.skip("no Node.js with WebSockets on this machine")


def printed(name: str, server: Server) -> str:
    """A printed client with this server's address and a token."""
    text = (PRINTED / name).read_text(encoding="utf-8")
    text = text.replace("localhost:8000/ws/chat", f"localhost:{server.port}{PATH}")
    return text.replace("your_jwt_token", server.token())


def test_the_printed_javascript_class_runs(server: Server, node: list[str]) -> None:
    """It signs in, shows progress and tokens, and its callbacks get what the document says."""
    script = A_PAGE + printed("support_client.js.txt", server) + USE_IT
    done = subprocess.run([*node, script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Connected"
    assert lines[1].startswith("Authenticated:")
    for step in STEPS:
        assert any(line.startswith(f"[{step}]") for line in lines)
    assert any(line.startswith("Agent: specs") for line in lines)
    shown, response, agent = json.loads(
        next(line for line in lines if line.startswith("SHOWN ")).removeprefix("SHOWN ")
    )
    assert (shown, agent) == (response, "specs")
    assert "118 kW" in response


def test_the_printed_python_client_runs(server: Server) -> None:
    """On asyncio, as it is printed."""
    command = [sys.executable, "-c", printed("support_client.py.txt", server)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Authenticated!" in done.stdout
    assert "[rag_retrieval] Searching knowledge base..." in done.stdout
    assert "118 kW" in done.stdout
    assert done.stdout.rstrip().endswith("Agent: specs")


@attrs.define(eq=False)
class Talk:
    """A client's connection."""

    socket: trio_websocket.WebSocketConnection

    async def send(self, **message: object) -> None:
        """Send a message."""
        await self.socket.send_message(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        with trio.fail_after(ANSWER_LIMIT):
            event: dict[str, Any] = json.loads(await self.socket.get_message())
            return event

    async def ask(self, message: str, **more: object) -> list[dict[str, Any]]:
        """Everything up to the end of a turn."""
        await self.send(type="message", message=message, **more)
        events = [await self.receive()]
        while events[-1]["type"] not in ("complete", "error"):
            events.append(await self.receive())
        return events


@asynccontextmanager
async def talk(port: int, path: str = PATH, token: str | None = None, *, by_query: bool = False) -> AsyncIterator[Talk]:
    """Connect, and sign in where a token is given."""
    query = f"?token={token}" if by_query else ""
    async with trio_websocket.open_websocket_url(f"ws://127.0.0.1:{port}{path}{query}") as socket:
        client = Talk(socket)
        if token is not None and not by_query:
            await client.send(type="auth", token=token)
            assert (await client.receive())["type"] == "auth_success"
        yield client


async def test_both_ways_to_sign_in(server: Server) -> None:
    """By the query or a message; a bad token is told and may be mended, a second one is refused."""
    async with talk(server.port, token=server.token(), by_query=True) as client:
        welcome = await client.receive()
        assert welcome["type"] == "auth_success"
        assert set(welcome["user"]) == {"id", "email", "name"}
        await client.send(type="auth", token=server.token())
        assert (await client.receive())["type"] == "auth_error"
        assert (await client.ask("What is the engine power?"))[-1]["type"] == "complete"
    async with talk(server.port, token="nonsense", by_query=True) as client:
        assert (await client.receive()) == {"type": "auth_error", "message": "Invalid token"}
        assert (await client.ask("hello"))[-1]["code"] == "AUTH_REQUIRED"
        await client.send(type="auth", token=server.token())
        assert (await client.receive())["type"] == "auth_success"
        assert (await client.ask("   "))[-1]["code"] == "EMPTY_MESSAGE"
        assert (await client.ask("hello"))[-1]["type"] == "complete"


async def test_the_flow_of_an_answer(server: Server) -> None:
    """Steps in order, tokens that grow, and one complete; without partial responses when asked."""
    async with talk(server.port, token=server.token()) as client:
        events = await client.ask("What is the engine power?", session_id="python-session-1")
        assert [event["step"] for event in events if event["type"] == "progress"] == STEPS
        tokens = [event for event in events if event["type"] == "token"]
        said = "".join(token["token"] for token in tokens)
        assert tokens[-1]["partial_response"] == said == events[-1]["response"]
        assert events[-1]["session_id"] == "python-session-1"
        metadata = events[-1]["metadata"]
        assert (metadata["agent"], metadata["context"]["sources"][0]) == ("specs", "02-engine-and-performance.md")
        assert 0 < metadata["confidence"] <= 1
        plain = await client.ask("What is the engine power?", partial=False)
        assert not any("partial_response" in event for event in plain)


@pytest.mark.parametrize("by_query", [True, False])
async def test_a_photo_of_a_phone_goes_in_a_message(server: Server, *, by_query: bool) -> None:
    """Of who has signed in, whichever way; one that is none by its first bytes, or too large, is refused by name."""
    photo = b"\xff\xd8\xff" + bytes(3_500_000)

    def image(data: bytes) -> list[dict[str, str]]:
        return [{"media_type": "image/jpeg", "data": base64.b64encode(data).decode()}]

    async with talk(server.port, token=server.token(), by_query=by_query) as client:
        if by_query:
            assert (await client.receive())["type"] == "auth_success"
        answer = (await client.ask("What is the engine power?", images=image(photo)))[-1]
        assert "118 kW" in answer["response"]
        refused = (await client.ask("what is this?", images=image(b"GIF" + photo)))[-1]
        assert refused["code"] == "INVALID_REQUEST"
        assert "images[0].data" in refused["error"]
        refused = (await client.ask("what is this?", images=image(photo + bytes(1_000_000))))[-1]
        assert "4194304 bytes" in refused["error"]


async def test_who_has_not_signed_in_sends_no_long_message(server: Server) -> None:
    """The common bound holds, so that nobody unknown fills the memory."""
    async with server.raw() as peer:
        await peer.upgrade(PATH)
        await peer.send(frame(TEXT, b" " * 70_000))
        assert (await peer.read_close())[0] == 1009


async def test_http_gives_the_same_answer(server: Server) -> None:
    """In one piece; without a token it says so in the protocol's words."""
    body = {"message": "How wide is the car with the mirrors open?"}
    headers = {"Authorization": f"Bearer {server.token()}"}
    answer = server.request("/support/api/v1/chat", "POST", json=body, headers=headers)
    async with talk(server.port, token=server.token()) as client:
        events = await client.ask("How wide is the car with the mirrors open?")
    assert answer.json()["response"] == events[-1]["response"]
    assert "2,030 mm" in answer.json()["response"]
    refused = server.request("/support/api/v1/chat", "POST", json=body)
    assert (refused.status, refused.json()["code"]) == (401, "AUTH_REQUIRED")


async def test_fifty_clients_never_book_one_bay_twice(server: Server) -> None:
    """Of fifty customers who want the same hour as many get it as there are bays, and everybody is answered."""
    answers: list[str] = []

    async def want(number: int) -> None:
        token = server.token(sub=str(1000 + number))
        async with talk(server.port, token=token) as client:
            events = await client.ask("I want to book an oil change for next monday at 10:00")
            answers.append(events[-1].get("response", ""))

    async with trio.open_nursery() as nursery:
        for number in range(CLIENTS):
            nursery.start_soon(want, number)
    assert len(answers) == CLIENTS
    with server.database() as connection:
        rows = connection.execute(
            "select bay, lower(during), count(*) from support_appointment where state = 'booked' group by 1, 2"
        ).fetchall()
    assert all(count == 1 for _, _, count in rows)
    assert sum(answer.startswith("Booked") for answer in answers) == len(rows) == 3


async def test_a_request_that_is_repeated_books_once(server: Server) -> None:
    """By fifty clients at once, each asking on two connections and again under the same id: one visit for each car."""
    said: list[tuple[str, ...]] = []

    async def insist(number: int) -> None:
        token, again = server.token(sub=str(2000 + number)), str(uuid.uuid4())
        wish = f"book an inspection for next thursday at {8 + number % 8}:{'03'[number // 8 % 2]}0"
        answers: list[str] = []

        async def ask(message_id: str | None) -> None:
            async with talk(server.port, token=token) as client:
                for _ in range(2):
                    events = await client.ask(wish, message_id=message_id, session_id=f"{number} {message_id}")
                    answers.append(events[-1].get("response", ""))

        async with trio.open_nursery() as both:
            both.start_soon(ask, again)
            both.start_soon(ask, None)
        said.append(tuple(answers))

    async with trio.open_nursery() as nursery:
        for number in range(CLIENTS):
            nursery.start_soon(insist, number)
    assert len(said) == CLIENTS
    assert all(len(answers) == 4 and all(answers) for answers in said)
    with server.database() as connection:
        visits = connection.execute(
            "select c.user_id, count(*) from support_appointment a join support_vehicle v on v.id = a.vehicle_id"
            " join support_customer c on c.id = v.customer_id where a.state = 'booked' and c.user_id >= 2000 group by 1"
        ).fetchall()
        places = connection.execute(
            "select bay, during, count(*) from support_appointment where state = 'booked' group by 1, 2"
        ).fetchall()
    assert {count for _, count in visits} == {1}
    assert {count for _, _, count in places} == {1}
    booked = sum(any(answer.startswith(("Booked", "You have that already")) for answer in answers) for answers in said)
    assert booked == len(visits) >= 15  # as many as three bays hold in a day


async def test_a_session_is_remembered_and_is_its_owner_s(launch: Launch) -> None:
    """A question tree goes on after a restart; another user gets neither session nor customer."""
    server = launch("serve")
    data, session = server.data, str(uuid.uuid4())
    async with talk(server.port, token=server.token()) as client:
        events = await client.ask("my brakes squeal", session_id=session, customer_id="c-1")
        assert events[-1]["response"].startswith("Safety first")
    assert server.stop() == 0
    again = launch("serve", data=data)
    async with talk(again.port, token=again.token()) as client:
        events = await client.ask("yes", session_id=session)
        assert "pads are worn" in events[-1]["response"]
    async with talk(again.port, token=again.token(sub="77")) as client:
        assert (await client.ask("yes", session_id=session))[-1]["code"] == "FORBIDDEN"
        assert (await client.ask("hello", customer_id="c-1"))[-1]["code"] == "FORBIDDEN"


async def test_a_person_joins(server: Server) -> None:
    """Both hear one another, with typing and receipts; the chat is silent meanwhile and answers again afterwards."""
    async with talk(server.port, token=server.token()) as client:
        events = await client.ask("I want to talk to a person", session_id="with-a-person")
        handoff = next(event for event in events if event["type"] == "handoff")
        path = f"/support/ws/operator?token={server.token()}"
        async with trio_websocket.open_websocket_url(f"ws://127.0.0.1:{server.port}{path}") as socket:
            staff = Talk(socket)
            await staff.send(type="tickets")
            assert handoff["ticket"] in [one["ticket"] for one in (await staff.receive())["tickets"]]
            await staff.send(type="join", ticket=handoff["ticket"])
            assert [one["author"] for one in (await staff.receive())["messages"]][-2:] == ["customer", "assistant"]
            assert (await client.receive())["present"] is True
            await staff.send(type="typing", ticket=handoff["ticket"])
            assert (await client.receive())["type"] == "typing"
            await staff.send(type="say", ticket=handoff["ticket"], message="Hello, how can I help?")
            heard = await client.receive()
            assert (heard["type"], heard["session_id"]) == ("person_message", "with-a-person")
            assert (await staff.receive())["delivered"] is True
            await client.send(type="read", message_id=heard["message_id"], session_id="with-a-person")
            assert (await staff.receive())["type"] == "read"
            events = await client.ask("my invoice is wrong", session_id="with-a-person")
            assert events[-1]["metadata"]["agent"] == "person"
            assert (await staff.receive())["message"] == "my invoice is wrong"
            await staff.send(type="close", ticket=handoff["ticket"])
            assert (await staff.receive())["type"] == "closed"
            assert (await client.receive())["present"] is False
        events = await client.ask("What is the engine power?", session_id="with-a-person")
        assert events[-1]["metadata"]["agent"] == "specs"


async def test_messages_are_edited_and_deleted(server: Server) -> None:
    """A message asked anew has another answer; one that is gone cannot be asked anew."""
    first = str(uuid.uuid4())
    async with talk(server.port, token=server.token()) as client:
        await client.ask("What is the engine power?", session_id="edited", message_id=first)
        await client.send(type="edit", session_id="edited", message_id=first, message="What is the wheelbase?")
        events = [await client.receive()]
        while events[-1]["type"] != "complete":
            events.append(await client.receive())
        assert "2,680 mm" in events[-1]["response"]
        await client.send(type="delete", session_id="edited", message_id=first)
        assert (await client.receive())["type"] == "deleted"
        await client.send(type="delete", session_id="edited", message_id=first)
        assert (await client.receive())["code"] == "NOT_FOUND"


def test_documents_are_imported(launch: Launch, tmp_path: Path) -> None:
    """And answered from, with file and section; what was removed is not."""
    server = launch("serve")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "trailer.md").write_text("# Winch\n\n## Cable\n\nThe winch cable bears 3,210 kg.\n")
    (folder / "bad.pdf").write_bytes(b"nonsense")
    done = server.run("import", "docs", str(folder), "--app", "support")
    assert done.returncode == 1
    assert "1 added" in done.stdout
    assert "bad.pdf" in done.stdout

    async def ask_until(found: bool) -> dict[str, Any]:
        with trio.fail_after(ANSWER_LIMIT):
            while True:
                async with talk(server.port, token=server.token()) as client:
                    answer = (await client.ask("what load does the winch cable bear?"))[-1]
                if ("3,210 kg" in answer["response"]) is found:
                    return answer
                await trio.sleep(0.5)

    answer = trio.run(ask_until, True)
    assert answer["metadata"]["context"]["citations"][0]["file"] == "trailer.md"
    (folder / "trailer.md").unlink()
    (folder / "bad.pdf").unlink()
    assert "1 removed" in server.run("import", "docs", str(folder)).stdout
    trio.run(ask_until, False)


def test_the_pages_are_there(server: Server) -> None:
    """The page for customers and the interactive test page."""
    for path in ("/support/", "/support/ws/test"):
        page = server.request(path)
        assert (page.status, page.headers["content-type"].split(";")[0]) == (200, "text/html")
