"""The command line run as a person runs it, in this process: arguments in, exit code and the two streams out."""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
import structlog
import trio
import trio_websocket

from smarthealth.cli.main import main
from smarthealth.testing.provider import open_model_server
from smarthealth.testing.script import Answer

Event = dict[str, Any]


@attrs.frozen(kw_only=True)
class Ran:
    """What a command left behind."""

    code: int
    output: str
    errors: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without settings but a data folder of the test's own, and a terminal wide enough for tables."""
    prefixes = ("SMARTHEALTH_", "OPENAI_", "DB_", "DATABASE_URL", "LLM_", "EMBEDDING_", "SECRET_", "ALLOWED_")
    for name in os.environ:
        if name.startswith(prefixes):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMARTHEALTH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setenv("TERM", "xterm")
    return monkeypatch


@pytest.fixture
def database(environment: pytest.MonkeyPatch, dsn: str) -> str:
    """The tests' database, as the one that commands use."""
    environment.setenv("DATABASE_URL", dsn)
    return dsn


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], environment: pytest.MonkeyPatch) -> Run:
    """Runs the program with arguments and what is typed."""

    def run(*arguments: object, typed: str = "") -> Ran:
        environment.setattr(sys, "argv", ["smarthealth", *map(str, arguments)])
        environment.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
        else:
            code = 0
        output, errors = capsys.readouterr()
        return Ran(code=code, output=output, errors=errors)

    return run


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Sends SIGTERM to this process as soon as it is waited for."""

    def send() -> None:
        deadline = time.monotonic() + 60
        while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            if given_up.wait(0.01) or time.monotonic() > deadline:
                return
        os.kill(os.getpid(), signal.SIGTERM)

    given_up = threading.Event()
    sender = threading.Thread(target=send)
    sender.start()
    yield
    given_up.set()
    sender.join()


@attrs.define
class FakeServer:
    """Speaks the server's side of the records protocol from a script; for clients that cannot run beside it in Trio."""

    events: list[Event] = attrs.field(factory=list)
    """Sent for each question."""
    greeting: str | None = '{"type": "connected"}'
    """Sent at first; None for nothing."""
    refusal: int | None = None
    """Status to refuse a connection with."""
    refusal_body: bytes = b""
    closes: tuple[int, str] | None = None
    """Code and reason to close with after the events."""
    url: str = ""
    tokens: list[str] = attrs.field(factory=list)
    """Of each connection."""
    queries: list[Event] = attrs.field(factory=list)

    async def serve(self, up: trio.Event) -> None:
        """Serve until cancelled."""
        async with trio.open_nursery() as nursery:
            server = await nursery.start(partial(trio_websocket.serve_websocket, self._connect, "127.0.0.1", 0, None))
            self.url = f"ws://127.0.0.1:{server.port}/ws/chat"
            up.set()

    async def _connect(self, request: trio_websocket.WebSocketRequest) -> None:
        self.tokens.append(dict(request.headers).get(b"authorization", b"").decode())
        if self.refusal is not None:
            await request.reject(self.refusal, body=self.refusal_body)
            return
        socket = await request.accept()
        try:
            if self.greeting is not None:
                await socket.send_message(self.greeting)
            while True:
                self.queries.append(msgspec.json.decode(await socket.get_message()))
                for event in self.events:
                    await socket.send_message(msgspec.json.encode(event).decode())
                if self.closes is not None:
                    await socket.aclose(*self.closes)
        except trio_websocket.ConnectionClosed:
            pass


OpenServer = Callable[..., AbstractContextManager[FakeServer]]


OpenModel = Callable[[Answer], AbstractContextManager[None]]


@contextmanager
def _beside(serve: Callable[[trio.Event], Awaitable[None]]) -> Iterator[None]:
    """Run a service in a thread of its own until the block is left; it sets the event when it is up."""
    running = threading.Event()
    scopes: list[tuple[trio.lowlevel.TrioToken, trio.CancelScope]] = []

    async def work() -> None:
        with trio.CancelScope() as scope:
            scopes.append((trio.lowlevel.current_trio_token(), scope))
            up = trio.Event()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(serve, up)
                await up.wait()
                running.set()

    thread = threading.Thread(target=trio.run, args=(work,))
    thread.start()
    assert running.wait(10)
    try:
        yield
    finally:
        token, scope = scopes[0]
        token.run_sync_soon(scope.cancel)
        thread.join()


@pytest.fixture
def open_server() -> Iterator[OpenServer]:
    """Runs a scripted server of the records protocol."""

    @contextmanager
    def open_one(**script: Any) -> Iterator[FakeServer]:
        server = FakeServer(**script)
        with _beside(server.serve):
            yield server

    yield open_one
    with warnings.catch_warnings():
        # trio-websocket leaves the socket of a connection that the server refused or closed to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def open_model(environment: pytest.MonkeyPatch) -> OpenModel:
    """Runs a provider whose model answers every request alike, and sets what asks for it."""

    @contextmanager
    def open_one(answer: Answer) -> Iterator[None]:
        addresses: list[str] = []

        async def serve(up: trio.Event) -> None:
            async with open_model_server(rule=lambda request: answer) as server:
                addresses.append(server.url)
                up.set()
                await trio.sleep_forever()

        with _beside(serve):
            environment.setenv("OPENAI_API_KEY", "k")
            environment.setenv("OPENAI_BASE_URL", addresses[0])
            environment.setenv("EMBEDDING_MODEL", "any")
            yield

    return open_one


@pytest.fixture
def turn() -> list[Event]:
    """What the server sends in the course of one turn."""
    source = {"id": 1, "date": "2024-03-12", "type": "observation", "score": 1.0, "excerpt": "HbA1c:\n6.6 %"}
    other = source | {"id": 2, "excerpt": "not cited", "date": None}
    metadata = {"sources": [source, other], "total_records_analyzed": 191, "vector_chunks_used": 5}
    answer = {"text": "Fue [6.6] % [1].", "confidence": 0.914, "model_used": "smarthealth-offline"}
    return [
        {"type": "status", "message": "[bold]Buscando :smile:"},
        {"type": "stream_start"},
        {"type": "token", "token": "Fue [6.6] "},
        {"type": "token", "token": "% [1]."},
        {"type": "stream_end"},
        {"type": "complete", "metadata": metadata, "answer": answer},
    ]
