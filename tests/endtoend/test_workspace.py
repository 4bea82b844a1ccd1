"""The workspace, served: the clients printed in the document of its protocol, several in one conversation, and `kill -9`.

The printed texts stand in files, as they are in the document. Of the React component, which is no program by itself, the effect and the
sending run with hooks that do what React's do.
"""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import trio
import trio_websocket

if TYPE_CHECKING:
    from tests.endtoend.conftest import CopyData, Launch, Server

ANSWER_LIMIT = 20.0
"""Seconds in which anything that a test waits for must come."""

PRINTED = Path(__file__).with_name("printed")
BROWSER = (PRINTED / "workspace-browser.js.txt").read_text()
PYTHON = (PRINTED / "workspace-python.py.txt").read_text()
COMPONENT = (PRINTED / "workspace-component.jsx.txt").read_text()
AND_LEAVE = """
ws.addEventListener('message', (event) => { if (JSON.parse(event.data).type === 'done') ws.close(); });
"""
HOOKS = """
const slots = [];
let at = 0, effect = null;
const useState = (initial) => {
    const slot = at++;
    if (!(slot in slots)) slots[slot] = initial;
    return [slots[slot], (next) => { slots[slot] = typeof next === 'function' ? next(slots[slot]) : next; }];
};
const useEffect = (run) => { effect = run; };
const render = () => { at = 0; return Chat({ conversationId: 'react' }); };
"""
USE_IT = """
render();
const leave = effect();
const [messages, socket] = [0, 1];
slots[socket].addEventListener('open', () => render().sendMessage('Lista archivos'));
slots[socket].addEventListener('message', (event) => {
    if (JSON.parse(event.data).type !== 'done') return;
    leave();
    console.log(JSON.stringify(slots[messages]));
});
"""


@attrs.define(eq=False)
class Client:
    """A client of the workspace protocol."""

    socket: trio_websocket.WebSocketConnection

    async def say(self, **fields: object) -> None:
        """Send a message."""
        await self.socket.send_message(json.dumps(fields))

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        with trio.fail_after(ANSWER_LIMIT):
            message: dict[str, Any] = json.loads(await self.socket.get_message())
        return message

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """All messages up to the next of a type."""
        found = [await self.receive()]
        while found[-1]["type"] != kind:
            found.append(await self.receive())
        return found

    async def ask(self, words: str) -> list[dict[str, Any]]:
        """Say something, and all messages of the turn."""
        await self.say(message=words)
        return await self.until("done")


@asynccontextmanager
async def talk(port: int, name: str, query: str = "") -> AsyncIterator[Client]:
    """Enter a conversation, and be greeted."""
    path = f"/workspace/ws/chat/{name}{query}"
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream, trio.open_nursery() as nursery:
        with trio.fail_after(ANSWER_LIMIT):
            client = Client(await trio_websocket.wrap_client_stream(nursery, stream, "localhost", path))
            assert (await client.receive())["type"] == "connected"
        yield client
        with trio.move_on_after(1):
            await client.socket.aclose()
        nursery.cancel_scope.cancel()


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    """Types of messages."""
    return [message["type"] for message in messages]


@pytest.fixture(scope="module")
def workspace(copy_data: CopyData) -> Iterator[tuple[Server, int]]:
    """A server, and a port of the workspace's own, with the document's path."""
    from tests.endtoend.conftest import start_server

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    running = start_server(copy_data(), "serve", "--listen", f"workspace=127.0.0.1:{port}")
    running.wait_healthy()
    yield running, port
    running.clean_up()


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


def run_script(command: list[str], script: str, port: int) -> list[str]:
    """The lines that a printed program says, on this server's port."""
    script = script.replace("localhost:8000", f"localhost:{port}")
    done = subprocess.run([*command, script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_printed_page_says_each_step(workspace: tuple[Server, int], node: list[str]) -> None:
    """The printed script connects, asks for a file, and tells what happens, in the document's order."""
    lines = run_script(node, BROWSER + AND_LEAVE, workspace[1])
    assert lines[:4] == [
        "Conectado",
        "✅ Conexión establecida",
        "🤔 Pensando... (iteración 1)",
        "🔧 Ejecutando: write_file",
    ]
    assert lines[4].startswith("   Args: { path: 'nuevo.txt'")
    assert lines[5:] == [
        "✅ Tool ejecutado",
        "🤔 Pensando... (iteración 2)",
        "🤖 Agente: Archivo nuevo.txt creado exitosamente.",
        "✓ Completado en 2 iteraciones",
        "Desconectado",
    ]


def test_the_printed_python_client_lists_files(workspace: tuple[Server, int]) -> None:
    """It runs as it stands, to its end."""
    pytest.importorskip("websockets")
    lines = run_script([sys.executable, "-c"], PYTHON, workspace[1])
    assert lines[:3] == ["✅ Conexión establecida", "🤔 Pensando...", "🔧 list_directory"]
    assert lines[-1] == "✓ Completado"


def test_the_printed_component_keeps_both_sides(workspace: tuple[Server, int], node: list[str]) -> None:
    """The printed effect and sending: what was said, and the agent's whole answer."""
    # what it draws is left out, and its sending handed on
    drawn = COMPONENT.index("  return (\n")
    chat = COMPONENT[COMPONENT.index("function Chat(") : drawn] + "  return { sendMessage };\n}\n"
    said = json.loads(run_script(node, HOOKS + chat + USE_IT, workspace[1])[-1])
    assert [message["role"] for message in said] == ["user", "assistant"]
    assert said[1]["content"]


async def test_the_documents_examples_are_done(workspace: tuple[Server, int]) -> None:
    """Create, read, list, search, ask about, and delete with approval; paths are relative to the conversation."""
    async with talk(workspace[0].port, "ejemplos") as client, talk(workspace[0].port, "ejemplos") as other:
        turn = await client.ask('Crea un archivo test.txt con el contenido "Hello"')
        assert kinds(turn) == ["thinking", "tool_call", "tool_result", "thinking", "message", "done"]
        assert turn[1]["arguments"] == {"path": "test.txt", "content": "Hello"}
        assert turn[2]["result"] == {"path": "test.txt", "size": 5}
        assert turn[4]["content"] == "Archivo test.txt creado exitosamente."
        assert turn[5]["iterations"] == 2
        assert "Hello" in (await client.ask("Lee test.txt"))[-2]["content"]
        assert "test.txt" in (await client.ask("Lista los archivos"))[-2]["content"]
        assert "test.txt:1: Hello" in (await client.ask("busca hello"))[-2]["content"]
        assert "5" in (await client.ask("¿Cuánto pesa test.txt?"))[-2]["content"]
        await client.say(message="delete it")
        asked = (await client.until("approval_required"))[-1]
        await other.say(type="approval_response", tool_call_id=asked["tool_call_id"], approved=True)
        assert (await client.until("done"))[-2]["content"] == "File test.txt deleted."
        for _ in range(6):
            seen = await other.until("done")
        assert seen[-1]["type"] == "done"


async def test_conversations_keep_to_themselves(workspace: tuple[Server, int]) -> None:
    """A user's conversation is closed to others, but for those who have an invite; files of one are not in another."""
    server = workspace[0]
    token, path = server.token(), "/workspace/ws/chat/mia"
    bearer = ("Authorization", f"Bearer {token}")
    assert await server.knock(path, bearer) == (101, "connected")
    assert await server.knock(path) == (403, "FORBIDDEN")
    assert await server.knock(f"{path}?invite=wrong") == (403, "FORBIDDEN")
    invites = "/workspace/api/v1/conversations/mia/invites"
    assert server.request(invites, "POST").status == 401
    made = server.request(invites, "POST", json={"role": "viewer"}, headers=dict([bearer])).json()
    async with talk(server.port, "mia", f"?invite={made['token']}") as viewer:
        await viewer.say(message="borra todo")
        assert (await viewer.receive())["code"] == "NOT_ALLOWED"
        assert server.request(f"{invites}/{made['id']}", "DELETE", headers=dict([bearer])).status == 200
        with trio.fail_after(ANSWER_LIMIT), pytest.raises(trio_websocket.ConnectionClosed) as closed:
            await viewer.receive()
        assert closed.value.reason is not None
        assert closed.value.reason.code == 4401
    assert await server.knock(f"{path}?invite={made['token']}") == (403, "FORBIDDEN")
    async with talk(server.port, "una") as one, talk(server.port, "otra") as another:
        await one.ask("crea secreto.txt que diga algo")
        assert (await another.ask("lee secreto.txt"))[2]["success"] is False


async def test_a_killed_server_leaves_a_call_that_was_interrupted(launch: Launch) -> None:
    """After `kill -9` in the middle of a tool call the history says so, and the conversation goes on."""
    server = launch()
    async with talk(server.port, "c") as client:
        await client.ask("crea a.txt que diga hola")
        await client.say(message="borra a.txt")
        await client.until("approval_required")
        server.kill()
    again = launch(data=server.data)
    async with talk(again.port, "c") as client:
        history = (await client.receive())["messages"]
        assert [item["role"] for item in history] == ["user", "tool", "assistant", "user", "tool"]
        assert (history[-1]["tool"], history[-1]["success"]) == ("delete_file", False)
        assert "interrumpida" in history[-1]["error"]
        assert "hola" in (await client.ask("lee a.txt"))[-2]["content"]


async def test_a_stopping_server_ends_the_turn_first(launch: Launch) -> None:
    """Everybody hears the turn's end before the connection is closed with 1001, and the program exits with 0."""
    server = launch(environment={"SMARTHEALTH_SHUTDOWN_GRACE": "3"})
    async with talk(server.port, "c") as client:
        await client.ask("crea a.txt que diga hola")
        await client.say(message="borra a.txt")
        await client.until("approval_required")
        server.process.send_signal(signal.SIGTERM)
        rest = await client.until("done")
        assert kinds(rest) == ["tool_result", "error", "done"]
        assert (rest[0]["success"], rest[1]["code"]) == (False, "GOING_AWAY")
        with trio.fail_after(ANSWER_LIMIT), pytest.raises(trio_websocket.ConnectionClosed) as closed:
            await client.receive()
        assert closed.value.reason is not None
        assert closed.value.reason.code == 1001
    with trio.fail_after(ANSWER_LIMIT):
        assert await trio.to_thread.run_sync(server.process.wait, abandon_on_cancel=True) == 0
