"""Every client printed in the document of the protocol, as it is printed but for the port and the token."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.endtoend.conftest import Server

PORT = "8088"
"""In the document."""

LOGIN = """
curl -X POST "http://localhost:8088/auth/login" \\
  -H "Content-Type: application/json" \\
  -d '{
    "email": "tu@email.com",
    "password": "tupassword"
  }'
"""
TOKEN_IN_HEADER = """
const ws = new WebSocket('ws://localhost:8088/ws/chat', {
  headers: {
    'Authorization': 'Bearer TU_TOKEN_JWT'
  }
});
"""
TOKEN_IN_QUERY = """
const ws = new WebSocket('ws://localhost:8088/ws/chat?token=...');

ws.onopen = () => console.log('Conectado');
"""
QUERY = """
ws.send(JSON.stringify({
  type: 'query',
  session_id: crypto.randomUUID(),
  document_type_id: 8,
  document_number: '30995750',
  question: '¿Cuál es el historial médico?'
}));
"""
PING = """
{
  "type": "ping"
}
"""
PRINT_ALL = """
ws.addEventListener('message', (event) => {
  const message = JSON.parse(event.data);
  console.log(event.data);
  if (message.type === 'connected') { ASK }
  if (message.type === 'complete' || message.type === 'error' || message.type === 'pong') ws.close();
});
ws.addEventListener('error', (event) => { console.log('failed'); process.exit(1); });
"""


def adapted(text: str, server: Server) -> str:
    """A printed text with this server's port, token and user."""
    given = {
        f"localhost:{PORT}": f"localhost:{server.port}",
        "TU_TOKEN_JWT": server.token(),
        "token=...": f"token={server.token()}",
        "tu@email.com": "demo@smarthealth.local",
        "tupassword": (server.data / "demo-password").read_text().strip(),
    }
    for printed, real in given.items():
        text = text.replace(printed, real)
    return text


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


def run_script(command: list[str], script: str) -> list[str]:
    """The lines that a script prints."""
    done = subprocess.run([*command, script], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_curl_signs_in(server: Server) -> None:
    """The printed curl command gets what the document says: `access_token` and `token_type`."""
    command = adapted(LOGIN, server).replace("curl ", "curl -sS ")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, check=True)
    answer = json.loads(done.stdout)
    assert answer == {"access_token": answer["access_token"], "token_type": "bearer"}
    assert answer["access_token"].startswith("eyJ")


@pytest.mark.parametrize("connect", [TOKEN_IN_QUERY, TOKEN_IN_HEADER], ids=["query", "header"])
def test_the_printed_query_is_answered(server: Server, node: list[str], connect: str) -> None:
    """The printed client connects by either way in, sends the printed query and sees the printed flow."""
    lines = run_script(node, adapted(connect, server) + PRINT_ALL.replace("ASK", QUERY))
    messages = [json.loads(line) for line in lines if line.startswith("{")]
    assert [message["type"] for message in messages[:6]] == ["connected", *["status"] * 4, "stream_start"]
    assert [message["type"] for message in messages[-2:]] == ["stream_end", "complete"]
    assert messages[-1]["patient_info"]["full_name"] == "Laura Morales"
    assert messages[-1]["answer"]["text"] == "".join(message.get("token", "") for message in messages)
    if connect is TOKEN_IN_QUERY:
        assert lines[0] == "Conectado"


def test_the_printed_ping_is_answered(server: Server, node: list[str]) -> None:
    """The printed keep-alive gets the printed answer."""
    lines = run_script(node, adapted(TOKEN_IN_QUERY, server) + PRINT_ALL.replace("ASK", f"ws.send(`{PING}`);"))
    assert lines[-1] == '{"type":"pong"}'


def test_browsers_may_send_the_token_as_a_subprotocol(server: Server, node: list[str]) -> None:
    """What a browser can do where it cannot set headers: the subprotocols `bearer, <token>`."""
    connect = f"const ws = new WebSocket('ws://localhost:{server.port}/ws/chat', ['bearer', '{server.token()}']);"
    ask = "console.log(ws.protocol); ws.close();"
    assert run_script(node, connect + PRINT_ALL.replace("ASK", ask))[-1] == "bearer"


def test_the_printed_pages_are_there(server: Server) -> None:
    """`/docs`, `/redoc` and `/health` answer on the port of the chat, and under the prefix."""
    for prefix in ("", "/records"):
        for path in ("/docs", "/redoc"):
            page = server.request(prefix + path)
            assert (page.status, page.headers["content-type"].split(";")[0]) == (200, "text/html")
            assert b"cdn" not in page.body.lower()
        assert server.request(prefix + "/health").json()["status"] == "ok"
    assert "/auth/login" in server.request("/openapi.json").json()["paths"]
    assert "asyncapi" in server.request("/asyncapi.json").json()
