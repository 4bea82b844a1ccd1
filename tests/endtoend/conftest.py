"""A real server in a process of its own, asked over real sockets, and the programs that a person would run beside it.

One demo server and one whose model is scripted serve all tests that do them no harm; a test that does gets a server of its own
from `launch`. Every server has a data folder of its own, copied from one that `smarthealth demo --once` has filled.

Test modules name the classes of this one for the type checker alone: `if TYPE_CHECKING: from tests.endtoend.conftest import …`.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import attrs
import jwt
import msgspec
import psycopg
import pytest
import trio
import trio_websocket
from psycopg.conninfo import make_conninfo

from smarthealth.llm.port import ChatRequest
from smarthealth.testing.provider import ReceivedRequest, ScriptedModelServer, open_model_server
from smarthealth.testing.raw_peer import RawPeer, open_raw_peer
from smarthealth.testing.script import Answer, Reply

PROGRAM = Path(sys.executable).with_name("smarthealth")
START_LIMIT = 60.0
"""Seconds for a server to be ready, on a machine that has other things to do."""
STOP_LIMIT = 30.0
ANSWER_LIMIT = 20.0
"""Seconds in which anything that a test waits for must come."""
INHERITED = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
DEMO_EMAIL = "demo@smarthealth.local"
LAURA = (8, "30995750")
"""Document type and number of the demo patient."""
TERMINAL = ("complete", "error")
DEFAULT_REPLY = Reply(text="No consta eso [1].")

READY = re.compile(rb"^ready.*\n", re.MULTILINE)

Message = dict[str, Any]


@attrs.frozen
class Response:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)


@attrs.define(eq=False)
class Chat:
    """A client of the records protocol."""

    socket: trio_websocket.WebSocketConnection

    async def send(self, **message: object) -> None:
        """Send a message."""
        await self.send_text(msgspec.json.encode(message).decode())

    async def send_text(self, text: str) -> None:
        """Send a text frame."""
        await self.socket.send_message(text)

    async def receive(self) -> Message:
        """The next message."""
        with trio.fail_after(ANSWER_LIMIT):
            message: Message = msgspec.json.decode(await self.socket.get_message())
        return message

    async def query(self, question: str, session: str | None = None, document: tuple[int, str] = LAURA) -> str:
        """Ask without waiting for the answer; the session."""
        session = session or str(uuid.uuid4())
        await self.send(
            type="query",
            session_id=session,
            document_type_id=document[0],
            document_number=document[1],
            question=question,
        )
        return session

    async def turn(self) -> list[Message]:
        """All messages up to the next one that ends a turn."""
        messages = [await self.receive()]
        while messages[-1]["type"] not in TERMINAL:
            messages.append(await self.receive())
        return messages

    async def ask(self, question: str, session: str | None = None, document: tuple[int, str] = LAURA) -> list[Message]:
        """Ask, and all messages of the turn; nothing else may be under way on this connection."""
        await self.query(question, session, document)
        return await self.turn()

    async def closed(self) -> tuple[int, str]:
        """Wait for the server to close the connection; code and reason."""
        with trio.fail_after(ANSWER_LIMIT), pytest.raises(trio_websocket.ConnectionClosed) as closed:
            await self._read_on()
        reason = closed.value.reason
        assert reason is not None, "no close frame"
        return reason.code, reason.reason or ""

    async def _read_on(self) -> None:
        while True:
            await self.socket.get_message()

    async def ping(self) -> None:
        """See that the connection is of use."""
        await self.send(type="ping")
        assert await self.receive() == {"type": "pong"}


@attrs.define(eq=False)
class Server:
    """A server process that is ready."""

    process: subprocess.Popen[str]
    data: Path
    log: Path
    """What it writes to standard error."""
    port: int
    output: str
    """What it had written to standard output when it was ready."""
    _token: str | None = None

    def token(self, **changes: object) -> str:
        """A token of the demo user; with `changes`, the same claims but for these (None leaves one out)."""
        if self._token is None:
            credentials = {"email": DEMO_EMAIL, "password": (self.data / "demo-password").read_text().strip()}
            self._token = self.request("/auth/login", "POST", json=credentials).json()["access_token"]
        if not changes:
            return self._token
        claims: dict[str, Any] = jwt.decode(self._token, options={"verify_signature": False})
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(claims, self.secret(), "HS256")

    def secret(self) -> str:
        """What signs its tokens."""
        return (self.data / "secret.key").read_text().strip()

    def request(
        self,
        path: str,
        method: str = "GET",
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> Response:
        """Make one HTTP request."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=ANSWER_LIMIT)
        try:
            body = None if json is None else msgspec.json.encode(json)
            connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def chat(self, token: str | None = None, path: str = "/ws/chat") -> AbstractAsyncContextManager[Chat]:
        """Connect with a token and be greeted."""
        return open_chat(self.port, path, token or self.token())

    def raw(self, **options: int) -> AbstractAsyncContextManager[RawPeer]:
        """Connect by TCP alone."""
        return open_raw_peer(self.port, **options)

    async def knock(self, path: str, *headers: tuple[str, str]) -> tuple[int, str]:
        """Ask for a WebSocket: the status, and the code of the refusal or the type of the first message."""
        with trio.fail_after(ANSWER_LIMIT):
            async with self.raw() as peer:
                head = await peer.upgrade(path, headers)
                status = int(head.split()[1])
                if status == 101:
                    return status, msgspec.json.decode(await peer.read_text())["type"]
                assert "content-type: application/json" in head.lower()
                length = re.search(r"content-length: (\d+)", head.lower())
                assert length is not None
                refusal = msgspec.json.decode(await peer.read(int(length[1])))["error"]
                assert refusal["message"]
                return status, refusal["code"]

    def database(self) -> psycopg.Connection:
        """A connection of our own to its embedded database."""
        return psycopg.connect(self.dsn(), autocommit=True)

    def dsn(self) -> str:
        """Where its embedded database is."""
        lines = (self.data / "postgres/cluster/postmaster.pid").read_text().splitlines()
        return make_conninfo("", host=lines[4].strip(), port=int(lines[3]), user="smarthealth", dbname="postgres")

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command on its data folder."""
        return run_command(*arguments, data=self.data, **options)

    def log_events(self) -> list[Message]:
        """What it has logged so far."""
        return [msgspec.json.decode(line) for line in self.log.read_text().splitlines()]

    def wait_healthy(self) -> None:
        """Wait until every part works."""
        deadline = time.monotonic() + ANSWER_LIMIT
        while (answer := self.request("/health")).status != 200:
            assert time.monotonic() < deadline, answer.body
            time.sleep(0.1)

    def stop(self) -> int:
        """Ask it to stop, and its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_LIMIT)

    def kill(self) -> None:
        """End it as `kill -9` does; its database goes on."""
        self.process.kill()
        self.process.wait()

    def clean_up(self) -> None:
        """End it and its database, whatever their state."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_LIMIT)
        self.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()
        end_database(self.data)


@asynccontextmanager
async def open_chat(port: int, path: str, token: str) -> AsyncIterator[Chat]:
    """Connect with a token in the header and be greeted."""
    headers = [(b"Authorization", f"Bearer {token}".encode())]
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream, trio.open_nursery() as nursery:
        with trio.fail_after(ANSWER_LIMIT):
            socket = await trio_websocket.wrap_client_stream(nursery, stream, "localhost", path, extra_headers=headers)
            chat = Chat(socket)
            assert (await chat.receive())["type"] == "connected"
        yield chat
        with trio.move_on_after(1):
            await socket.aclose()
        nursery.cancel_scope.cancel()


def environment_of(data: Path, changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a program that is to know nothing of this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if name in INHERITED}
    return {**kept, "SMARTHEALTH_DATA": str(data), **(changes or {})}


def run_command(
    *arguments: str,
    data: Path,
    environment: Mapping[str, str] | None = None,
    typed: str | None = None,
    limit: float = START_LIMIT,
) -> subprocess.CompletedProcess[str]:
    """Run `smarthealth` to its end."""
    return subprocess.run(
        [PROGRAM, *arguments],
        env=environment_of(data, environment),
        cwd=data.parent,
        input=typed,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )


def start_server(
    data: Path, *arguments: str, environment: Mapping[str, str] | None = None, limits: Callable[[], None] | None = None
) -> Server:
    """Start a server on a free port and wait until it is ready."""
    log = data.with_name(f"{data.name}.log")
    with log.open("a") as errors:
        process = subprocess.Popen(
            [PROGRAM, *(arguments or ("serve",)), "--port", "0"],
            env=environment_of(data, environment),
            cwd=data.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=limits,
        )
    server = Server(process, data, log, 0, "")
    try:
        server.output = _read_until_ready(process)
        found = re.search(r"http://(?:127\.0\.0\.1|localhost):(\d+)", server.output)
        assert found is not None, f"not ready: {server.output} {log.read_text()}"
        server.port = int(found[1])
    except BaseException:
        server.clean_up()
        raise
    return server


def _read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = b""
    deadline = time.monotonic() + START_LIMIT
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not READY.search(said) and selector.select(max(0.0, deadline - time.monotonic())):
            more = os.read(process.stdout.fileno(), 65536)
            if not more:
                break
            said += more
    return said.decode()


def end_database(data: Path) -> None:
    """End the embedded database of a folder, if it runs."""
    try:
        pid = int((data / "postgres/cluster/postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)
        while os.path.exists(f"/proc/{pid}"):
            time.sleep(0.01)


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for data folders.

    Not pytest's own: another run of pytest by the same user closes that to other accounts, and run by root the embedded
    database has one of its own.
    """
    with tempfile.TemporaryDirectory(prefix="smarthealth-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def template(scratch: Path) -> tuple[Path, str]:
    """A data folder that the demo has filled, and what the demo printed."""
    data = scratch / "demo" / "data"
    data.parent.mkdir()
    done = run_command("demo", "--once", "--port", "0", data=data)
    assert done.returncode == 0, done.stderr
    return data, done.stdout


CopyData = Callable[[], Path]


@pytest.fixture(scope="session")
def copy_data(template: tuple[Path, str], scratch: Path) -> CopyData:
    """Make data folders like the demo's."""
    numbers = itertools.count(1)

    def copy() -> Path:
        data = scratch / str(next(numbers)) / "data"
        data.parent.mkdir()
        subprocess.run(["cp", "-a", template[0], data], check=True)  # keeps the owner, where root is not the database's
        return data

    return copy


@pytest.fixture(scope="session")
def server(copy_data: CopyData) -> Iterator[Server]:
    """A demo server with the offline model, for tests that do it no harm."""
    server = start_server(copy_data(), "demo")
    yield server
    server.clean_up()


Launch = Callable[..., Server]


@pytest.fixture
def launch(copy_data: CopyData) -> Iterator[Launch]:
    """Start servers of a test's own; the data folders made for them go with the test, not all at the end of the run."""
    launched: list[Server] = []
    copies: list[Path] = []

    def start(*arguments: str, data: Path | None = None, **options: Any) -> Server:
        if data is None:
            data = copy_data()
            copies.append(data)
        launched.append(start_server(data, *arguments, **options))
        return launched[-1]

    yield start
    for server in launched:
        server.clean_up()
    for data in copies:
        shutil.rmtree(data.parent)


Eventually = Callable[..., Awaitable[None]]


@pytest.fixture
def eventually() -> Eventually:
    """Wait until something outside of this process is true, within so many seconds."""

    async def wait(condition: Callable[[], bool], limit: float = ANSWER_LIMIT) -> None:
        with trio.fail_after(limit):
            while not condition():  # noqa: ASYNC110  # no event of another process reaches us
                await trio.sleep(0.02)

    return wait


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(scratch: Path) -> Command:
    """Run `smarthealth` to its end, on an empty data folder unless another is given."""
    folder = scratch / uuid.uuid4().hex
    folder.mkdir()

    def run(*arguments: str, data: Path | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
        return run_command(*arguments, data=data or folder / "data", **options)

    return run


Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Start `smarthealth` without waiting for its end."""
    begun: list[subprocess.Popen[str]] = []

    def start(*arguments: str, data: Path) -> subprocess.Popen[str]:
        command, pipe = [str(PROGRAM), *arguments], subprocess.PIPE
        begun.append(
            subprocess.Popen(command, env=environment_of(data), cwd=data.parent, stdout=pipe, stderr=pipe, text=True)
        )
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


@attrs.define(eq=False)
class Model:
    """A scripted provider in a thread of its own: what it answers goes by a word in the question."""

    url: str = ""
    replies: dict[str, list[Answer]] = attrs.field(factory=dict)
    """Answers by word, the last of them again and again; to other questions it says one sentence."""
    requests: Sequence[ReceivedRequest] = ()

    def on(self, *answers: Answer) -> str:
        """Have questions with the word that this returns answered so."""
        word = f"guion{uuid.uuid4().hex}"
        self.replies[word] = list(answers)
        return word

    def asked(self, word: str) -> list[ReceivedRequest]:
        """The requests whose question held the word."""
        return [request for request in self.requests if request.chat is not None and word in _question(request.chat)]

    def rule(self, request: ChatRequest) -> Answer:
        """Find the answer."""
        question = _question(request)
        answers = next((self.replies[word] for word in self.replies if word in question), [DEFAULT_REPLY])
        return answers.pop(0) if len(answers) > 1 else answers[0]


def _question(request: ChatRequest) -> str:
    return request.messages[-1].content


@pytest.fixture(scope="session")
def model() -> Iterator[Model]:
    """The scripted provider."""
    model = Model()
    stopping, ready, token = trio.Event(), threading.Event(), list[trio.lowlevel.TrioToken]()

    async def serve() -> None:
        async with open_model_server(rule=model.rule) as provider:
            model.url, model.requests = provider.url, _requests_of(provider)
            token.append(trio.lowlevel.current_trio_token())
            ready.set()
            await stopping.wait()

    thread = threading.Thread(target=trio.run, args=(serve,), daemon=True)
    thread.start()
    assert ready.wait(START_LIMIT)
    yield model
    token[0].run_sync_soon(stopping.set)
    thread.join()


def _requests_of(provider: ScriptedModelServer) -> Sequence[ReceivedRequest]:
    return provider.requests


SCRIPTED_TIMES = {"VECTOR_SEARCH_TIMEOUT": "2", "LLM_TIMEOUT": "2.5", "TOTAL_REQUEST_TIMEOUT": "4"}


@pytest.fixture(scope="session")
def scripted(copy_data: CopyData, model: Model) -> Iterator[Server]:
    """A server that asks the scripted model, with little patience."""
    server = start_server(copy_data(), environment={"OPENAI_BASE_URL": model.url, **SCRIPTED_TIMES})
    server.wait_healthy()
    yield server
    server.clean_up()
