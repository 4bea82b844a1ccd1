"""A headless Chromium, and a real server with a scripted model for its pages.

Both are processes, started once for all tests here; each test gets a tab of its own, which shares nothing with the others.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

import attrs
import pytest
import trio

from smarthealth.apps.records.answering.offline import compose
from smarthealth.apps.records.importing import import_paths
from smarthealth.llm.port import ChatRequest
from smarthealth.server.settings import ServerSettings
from smarthealth.server.tokens import Tokens, read_keys
from smarthealth.storage.embedded import start_embedded_sync
from smarthealth.storage.pool import open_pool
from smarthealth.storage.users import Role, Users
from smarthealth.testing import Ending, Reply, open_model_server
from tests.pages.browser import HERE, POLL, QUIET, Browser, Page

__all__ = ["INHERITED", "Browser", "Console", "Page", "Server", "free_port", "launched"]

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_LIMIT: Final = 60.0
"""Seconds until a process must be there."""
INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
"""Of the environment; no setting of whoever runs the tests counts."""
SLOWLY: Final = "despacio"
BROKEN: Final = "rota"
MARKUP: Final = "etiquetas"
MARKUP_ANSWER: Final = "<img src=x onerror=alert(1)> **fuerte** [1]\n- <b>uno</b> [1, 99]\n- dos"
SLOW_TOKENS: Final = 400
SLOW_PACE: Final = 40.0


@attrs.define
class Server:
    """`smarthealth demo` as a process."""

    data: Path
    port: int
    environment: dict[str, str]
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://localhost:{self.port}"

    @property
    def password(self) -> str:
        """The demo user's."""
        return (self.data / "demo-password").read_text().strip()

    def token(self, ttl: float = 3600.0, role: Role = "clinician") -> str:
        """A token of the demo user, or of a patient, good for so many seconds."""
        settings = ServerSettings()
        tokens = Tokens(read_keys(settings, (self.data / "secret.key").read_text().strip()), settings)
        user_id = 1 if role == "clinician" else 2
        return tokens.issue(user_id=user_id, email="who@smarthealth.local", name="Demo", role=role, ttl=ttl)

    def start(self) -> None:
        """Start it and wait until it accepts."""
        log = self.data.with_suffix(".log")
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*_PROGRAM, "demo", "--port", str(self.port)],
                stdout=output,
                stderr=output,
                env=self.environment,
                cwd=self.data.parent,
            )
        _wait_for(lambda: "ready" in log.read_text(), self._process, log)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; nothing happens when it is not running."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_LIMIT)
            self._process = None


_PROGRAM: Final = (sys.executable, "-c", "from smarthealth.cli.main import main; main()")


def _wait_for(condition: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not condition():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(POLL)


def answer_by_word(request: ChatRequest) -> Reply:
    """What the scripted model says: by a word of the question, else what the offline model would."""
    question = request.messages[-1].content
    if SLOWLY in question:
        return Reply(tokens=tuple(f"palabra{number} " for number in range(SLOW_TOKENS)), pace=SLOW_PACE)
    if BROKEN in question:
        return Reply(text="Esto no acaba de decirse nunca", ending=Ending.CUT, after=3)
    if MARKUP in question:
        return Reply(text=MARKUP_ANSWER)
    return Reply(text="".join(compose(request)))


@pytest.fixture(scope="session")
def model_url() -> Iterator[str]:
    """Base URL of a scripted model, in a thread."""
    ready: list[tuple[str, trio.lowlevel.TrioToken, trio.CancelScope]] = []
    started = threading.Event()

    async def serve() -> None:
        async with open_model_server(rule=answer_by_word) as model:
            with trio.CancelScope() as scope:
                ready.append((model.url, trio.lowlevel.current_trio_token(), scope))
                started.set()
                await trio.sleep_forever()

    thread = threading.Thread(target=trio.run, args=(serve,), daemon=True)
    thread.start()
    assert started.wait(START_LIMIT)
    url, token, scope = ready[0]
    yield url
    token.run_sync_soon(scope.cancel)
    thread.join(START_LIMIT)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program; tests are skipped where there is none."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    return program


@pytest.fixture(scope="session")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium with a profile of its own."""
    with launched(chromium, tmp_path_factory.mktemp("chromium")) as running:
        yield running


@contextmanager
def launched(chromium: str, folder: Path, *more: str) -> Iterator[Browser]:
    """Run a Chromium with its profile in a folder, and more of its options."""
    log, port_file = folder / "log", folder / "profile" / "DevToolsActivePort"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [chromium, *QUIET, *more, f"--user-data-dir={port_file.parent}", "about:blank"],
            stdout=output,
            stderr=output,
        )
    _wait_for(lambda: port_file.exists() and port_file.read_text().count("\n") >= 1, process, log)
    port, path = port_file.read_text().split("\n")[:2]
    try:
        yield Browser(int(port), path)
    finally:
        process.terminate()
        process.wait(START_LIMIT)


@pytest.fixture(scope="session")
def server(chromium: str, model_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo patients, and one whose record is full of markup, whose model follows a script."""
    folder = tmp_path_factory.mktemp("server")
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ} | {
        "SMARTHEALTH_DATA": str(folder / "data"),
        "OPENAI_BASE_URL": model_url,
        "OPENAI_API_KEY": "scripted",
        "SMARTHEALTH_TOKEN_LEEWAY": "0",
        "SMARTHEALTH_TURN_GRACE": "0.2",
    }
    running = Server(folder / "data", free_port(), environment)
    running.start()
    with start_embedded_sync(running.data) as dsn:
        trio.run(_add, dsn)
    yield running
    running.stop()


@contextmanager
def offline_server(data: Path, **variables: str) -> Iterator[Server]:
    """Run a server whose models are the offline ones, with more settings where they are given."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    own = {"SMARTHEALTH_DATA": str(data), "SMARTHEALTH_TURN_GRACE": "0.2"}
    running = Server(data, free_port(), inherited | own | variables)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@attrs.define
class Console:
    """The console in a tab, as a person uses it."""

    page: Page
    server: Server
    slowly: ClassVar[str] = f"¿Qué medicamentos toma? {SLOWLY}"
    """Answered token by token, for several seconds."""
    broken: ClassVar[str] = f"¿Qué medicamentos toma? {BROKEN}"
    """Loses its model half-way."""
    markup: ClassVar[str] = f"¿Tiene alergias? {MARKUP}"
    """Answered with markup."""

    async def open(self, *, language: str = "es", ttl: float = 3600.0) -> None:
        """Open it in a language, with a token in the tab already."""
        token = json.dumps(self.server.token(ttl))
        await self.page.before_scripts(
            f"localStorage.getItem('language') ?? localStorage.setItem('language', '{language}');"
            f"sessionStorage.getItem('visited') ?? (sessionStorage.setItem('token', {token}), sessionStorage.setItem('visited', 1))"
        )
        await self.page.open(f"{self.server.url}/")
        await self.page.until("!document.getElementById('workbench').hidden")

    async def choose(self, name: str) -> None:
        """Choose the only patient of that name, by keyboard."""
        page = self.page
        if await page.evaluate("document.getElementById('patient-form').hidden"):
            await page.click("#change-patient")
        await page.evaluate("document.getElementById('patient-search').focus()")
        await page.type(name)
        await page.press("Enter")
        await page.until_text("#patient-name", name)

    async def ask(self, question: str) -> None:
        """Ask, and wait for nothing."""
        await self.page.evaluate("document.getElementById('question').focus()")
        await self.page.type(question)
        await self.page.press("Enter")

    async def answered(self, count: int = 1) -> None:
        """Wait until so many turns of the session that is shown have been answered."""
        await self.page.until(f"document.querySelectorAll('#log .foot').length === {count}")

    async def streaming(self) -> None:
        """Wait until an answer is being written."""
        await self.page.until("document.querySelector('#log .running .text')?.textContent.includes('palabra3')")


@pytest.fixture
async def console(page: Page, server: Server) -> Console:
    """The console, not opened yet."""
    return Console(page, server)


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab with nothing in it, whose scripts and policy must not complain of anything that the test does not expect."""
    async with browser.open_page() as opened:
        yield opened
        await opened.evaluate("0")  # complaints come before answers
        assert opened.unexpected() == []


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def _add(dsn: str) -> None:
    """A user who is a patient, and a patient of markup."""
    async with open_pool(dsn) as pool:
        await Users(pool).add(email="patient@example.org", full_name="P", role="patient", password_hash="none")
        await import_paths(pool, [HERE / "patient_of_markup.json"])
