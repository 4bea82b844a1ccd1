"""The taxi dispatcher, served: what its document prints, run as printed, a booking as a row, threads over a restart."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import trio
import trio_websocket

if TYPE_CHECKING:
    from tests.endtoend.conftest import CopyData, Eventually, Launch, Server

PATH = "/taxi/api/v1/ws/chat"
ANSWER_LIMIT = 20.0
"""Seconds in which anything that a test waits for must come."""
HEALTHY = {"status": "healthy", "active_connections": 0, "service": "websocket_streaming"}
TALK = ("Hola", "Necesito un taxi", "Calle 72 #43-25", "El Prado", "En efectivo", "No", "Sí, confirmo")

# As printed, between what a browser's console and page give it.
CONNECT = """
ws = new WebSocket('ws://localhost:8000/api/v1/ws/chat')
ws.onopen = () => console.log('Conectado')
ws.onmessage = (e) => console.log(JSON.parse(e.data))
"""
SEND = """
ws.send(JSON.stringify({
  type: 'user_input',
  text: 'Hola',
  thread_id: 'test-123'
}))
"""
THREAD = """
// Mantener thread_id en localStorage para persistencia
let threadId = localStorage.getItem('taxi_thread_id') || generateUUID();
localStorage.setItem('taxi_thread_id', threadId);

// Limpiar thread al finalizar conversación
function resetConversation() {
  localStorage.removeItem('taxi_thread_id');
  threadId = generateUUID();
}
"""
RECONNECT = """
let reconnectAttempts = 0;
const MAX_RECONNECTS = 5;

ws.onclose = () => {
  if (reconnectAttempts < MAX_RECONNECTS) {
    setTimeout(() => {
      reconnectAttempts++;
      connect();
    }, 1000 * reconnectAttempts);
  }
};

ws.onopen = () => {
  reconnectAttempts = 0;
};
"""
BUFFER = """
// Actualizar solo cuando hay cambios significativos
const MIN_CHARS_TO_UPDATE = 3;
let lastUpdate = "";

function updateAssistantMessage(text) {
  if (text.length - lastUpdate.length >= MIN_CHARS_TO_UPDATE) {
    // Actualizar DOM
    lastUpdate = text;
  }
}
"""
CONSOLE = f"""
const shown = console.log;
console.log = (value) => shown(typeof value === 'string' ? value : JSON.stringify(value));
{CONNECT}
ws.addEventListener('open', () => {{ {SEND} }});
ws.addEventListener('message', (e) => {{
  const data = JSON.parse(e.data);
  if (data.type === 'system_message' && data.message === 'Mensaje procesado') ws.close();
}});
"""
PRACTICES = f"""
const kept = {{}};
const localStorage = {{
  getItem: (key) => kept[key] ?? null, setItem: (key, value) => {{ kept[key] = value; }}, removeItem: (key) => {{ delete kept[key]; }}
}};
const generateUUID = () => crypto.randomUUID();
let text = '', ends = 0;
{THREAD}
{BUFFER}
let ws;
const said = ['Necesito un taxi', 'al aeropuerto'];
function connect() {{
  ws = new WebSocket('ws://localhost:8000/api/v1/ws/chat');
  {RECONNECT}
  ws.addEventListener('open', () => ws.send(JSON.stringify({{ type: 'user_input', text: said[ends], thread_id: threadId }})));
  ws.addEventListener('message', (e) => {{
    const data = JSON.parse(e.data);
    if (data.type === 'agent_chunk') {{ text += data.text; updateAssistantMessage(text); }}
    if (data.type === 'agent_end') console.log(data.agent);
    if (data.message === 'Mensaje procesado') {{
      ends++;
      if (ends === said.length) {{ resetConversation(); console.log(lastUpdate); process.exit(0); }}
      ws.close();
    }}
  }});
}}
connect();
"""


@attrs.define(eq=False)
class Talk:
    """A client of the taxi protocol."""

    socket: trio_websocket.WebSocketConnection

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        with trio.fail_after(ANSWER_LIMIT):
            message: dict[str, Any] = json.loads(await self.socket.get_message())
        return message

    async def tell(self, text: str, thread: str) -> list[dict[str, Any]]:
        """Say something, and all that comes up to the end of its answer."""
        await self.socket.send_message(json.dumps({"type": "user_input", "text": text, "thread_id": thread}))
        events = [await self.receive()]
        while events[-1].get("message") != "Mensaje procesado":
            events.append(await self.receive())
            assert events[-1]["type"] not in ("agent_error", "interrupted")
        return events


@asynccontextmanager
async def talk(port: int, path: str = PATH) -> AsyncIterator[Talk]:
    """Connect and be greeted."""
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream, trio.open_nursery() as nursery:
        with trio.fail_after(ANSWER_LIMIT):
            opened = await trio_websocket.wrap_client_stream(nursery, stream, "localhost", path)
            client = Talk(opened)
            greeting = await client.receive()
        assert (greeting["type"], greeting["level"]) == ("system_message", "info")
        yield client
        with trio.move_on_after(1):
            await opened.aclose()
        nursery.cancel_scope.cancel()


def words(events: list[dict[str, Any]]) -> str:
    """What the agent said."""
    return "".join(event["text"] for event in events if event["type"] == "agent_chunk")


@pytest.fixture(scope="module")
def taxi_port(copy_data: CopyData) -> Iterator[int]:
    """A port of the dispatcher's own, with the document's paths."""
    from tests.endtoend.conftest import start_server

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    running = start_server(copy_data(), "serve", "--listen", f"taxi=127.0.0.1:{port}")
    running.wait_healthy()
    yield port
    running.clean_up()


@pytest.fixture(scope="session")
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
    """The lines that a printed script says, on this server's port."""
    script = script.replace("localhost:8000", f"localhost:{port}")
    done = subprocess.run([*command, script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_the_printed_console_commands(taxi_port: int, node: list[str]) -> None:
    """Connect, send, and see each event as it comes."""
    first, *lines = run_script(node, CONSOLE, taxi_port)
    events = [json.loads(line) for line in lines]
    assert first == "Conectado"
    assert [event["type"] for event in events[:4]] == ["system_message", "system_message", "stt_chunk", "stt_output"]
    assert "test-123" in events[1]["message"]
    assert events[-2] == {"type": "agent_end", "agent": "RECEPCIONISTA", "ts": events[-2]["ts"]}
    assert all(type(event["ts"]) is int for event in events)


def test_the_printed_good_practices(taxi_port: int, node: list[str]) -> None:
    """A kept thread goes on over a reconnection, and the buffered text is what was said."""
    lines = run_script(node, PRACTICES, taxi_port)
    assert lines[:2] == ["RECEPCIONISTA", "NAVEGANTE"]
    assert "Aeropuerto Ernesto Cortissoz" in lines[2]


def fetch(port: int, path: str, body: object = None) -> Any:
    """What a path answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=ANSWER_LIMIT) as answer:
        return json.load(answer)


async def test_the_true_count(taxi_port: int, eventually: Eventually) -> None:
    """Health says how many are connected, there and below the prefix; it begins and ends with none."""
    assert fetch(taxi_port, "/api/v1/ws/health") == HEALTHY
    async with talk(taxi_port, "/api/v1/ws/chat"), talk(taxi_port, "/api/v1/ws/chat"):
        assert fetch(taxi_port, "/api/v1/ws/health")["active_connections"] == 2
    await eventually(lambda: fetch(taxi_port, "/taxi/api/v1/ws/health") == HEALTHY)


async def test_the_documents_conversation(server: Server) -> None:
    """From greeting to dispatch; the booking is a row with its zone and fare."""
    agents, tools = [], []
    async with talk(server.port) as client:
        for text in TALK:
            events = await client.tell(text, "documento")
            agents += [event["agent"] for event in events if event["type"] == "agent_end"]
            tools += [event["name"] for event in events if event["type"] == "tool_call"]
    assert agents == ["RECEPCIONISTA"] * 2 + ["NAVEGANTE"] * 2 + ["OPERADOR"] * 2 + ["CONFIRMADOR"]
    order = [tool for tool in tools if tool.startswith(("Transfer", "Dispatch"))]
    assert order == ["TransferToNavegante", "TransferToOperador", "TransferToConfirmador", "DispatchToBackend"]
    with server.database() as database:
        rows = database.execute("select destination, zone, payment, status, fare from taxi_booking").fetchall()
    assert rows == [("Calle 72 # 43-25, El Prado, Barranquilla", "Barranquilla", "efectivo", "dispatched", 9500)]


async def test_one_message_by_http(server: Server) -> None:
    """Two requests are a booking."""
    text = "Taxi de la calle 76 # 54-11 en El Prado a la carrera 15 # 10-20 en Galapa, con Daviplata"
    first = fetch(server.port, "/taxi/api/v1/chat", {"message": text, "thread_id": "http"})
    second = fetch(server.port, "/taxi/api/v1/chat", {"message": "sí, confirmo", "thread_id": "http"})
    assert "$29.500" in first["response"]
    assert (second["agent"], second["tools"], second["thread_id"]) == ("CONFIRMADOR", ["DispatchToBackend"], "http")


async def test_a_thread_goes_on_over_a_restart(launch: Launch) -> None:
    """With its order and its agent."""
    first = launch()
    async with talk(first.port) as client:
        await client.tell("Necesito un taxi a la Calle 72 #43-25", "reinicio")
    data = first.data
    assert first.stop() == 0
    async with talk(launch(data=data).port) as client:
        events = await client.tell("El Prado", "reinicio")
    assert "Calle 72 # 43-25, El Prado, Barranquilla" in words(events)
