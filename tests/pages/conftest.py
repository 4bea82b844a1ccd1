"""A headless Chromium driven over its DevTools protocol, and a real server with a scripted model for its pages.

Both are processes, started once for all tests here; each test gets a tab of its own, which shares nothing with the others.
"""

from __future__ import annotations

import base64
import itertools
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
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

import attrs
import pytest
import trio
import trio_websocket

from smarthealth.apps.records.answering.offline import compose
from smarthealth.apps.records.importing import import_paths
from smarthealth.llm.port import ChatRequest
from smarthealth.server.settings import ServerSettings
from smarthealth.server.tokens import Tokens, read_keys
from smarthealth.storage.embedded import start_embedded_sync
from smarthealth.storage.pool import open_pool
from smarthealth.storage.users import Role, Users
from smarthealth.testing import Ending, Reply, open_model_server

HERE: Final = Path(__file__).parent
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_LIMIT: Final = 60.0
"""Seconds until a process must be there."""
WAIT_LIMIT: Final = 20.0
"""Seconds until what a test waits for must be true on the page."""
POLL: Final = 0.04
"""Seconds between two looks."""
INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
"""Of the environment; no setting of whoever runs the tests counts."""
QUIET: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--use-fake-device-for-media-stream",  # a microphone that beeps, and nobody who would have to allow it
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
)
KEYS: Final = {
    "Enter": 13,
    "Escape": 27,
    "Tab": 9,
    "ArrowDown": 40,
    "ArrowUp": 38,
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "Space": 32,
}
SHIFT: Final = 8
"""As the protocol counts modifiers."""

SLOWLY: Final = "despacio"
BROKEN: Final = "rota"
MARKUP: Final = "etiquetas"
MARKUP_ANSWER: Final = "<img src=x onerror=alert(1)> **fuerte** [1]\n- <b>uno</b> [1, 99]\n- dos"
SLOW_TOKENS: Final = 400
SLOW_PACE: Final = 40.0


@attrs.define
class Page:
    """One tab."""

    socket: trio_websocket.WebSocketConnection
    complaints: list[str] = attrs.field(factory=list)
    """Errors of scripts and of the network, and refusals of the Content-Security-Policy."""
    expected: list[str] = attrs.field(factory=list)
    """Parts of the complaints that a test provokes."""
    _numbers: itertools.count[int] = attrs.field(factory=lambda: itertools.count(1))

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        number = next(self._numbers)
        await self.socket.send_message(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(await self.socket.get_message())
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; an element has none but `{}`."""
        answer = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def until(self, expression: str) -> None:
        """Wait until an expression is truthy, as JavaScript sees it."""
        with trio.move_on_after(WAIT_LIMIT):
            while not await self.evaluate(f"Boolean({expression})"):  # noqa: ASYNC110 - what a page shows is no event
                await trio.sleep(POLL)
            return
        shown = await self.evaluate("document.body.innerText")
        pytest.fail(f"never true: {expression}\n{shown}")

    async def text(self, selector: str) -> str:
        """What is read in an element, spaces folded; empty where there is none."""
        found = await self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")
        return " ".join(str(found).split())

    async def until_text(self, selector: str, part: str) -> None:
        """Wait until an element's text has that part."""
        words = f"document.querySelector({json.dumps(selector)})?.textContent ?? ''"
        await self.until(f"({words}).includes({json.dumps(part)})")

    async def click(self, selector: str) -> None:
        """Click with the mouse into the middle of an element, when nothing covers it."""
        query = json.dumps(selector)
        await self.until(f"document.querySelector({query})?.getClientRects().length")
        x, y = await self.evaluate(
            f"(() => {{ const found = document.querySelector({query}); found.scrollIntoView({{block: 'nearest'}});"
            " const at = found.getBoundingClientRect(); return [at.x + at.width / 2, at.y + at.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.call("Input.insertText", text=text)

    async def press(self, key: str, *, shift: bool = False) -> None:
        """Press and let go of a key, by its DOM name."""
        text = {"Enter": {"text": "\r"}, "Space": {"text": " "}}.get(key, {})
        for kind in ("keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=" " if key == "Space" else key,
                code=key,
                windowsVirtualKeyCode=KEYS[key],
                modifiers=SHIFT if shift else 0,
                **(text if kind == "keyDown" else {}),
            )

    async def focused(self) -> str:
        """The id of what has the focus, else its tag."""
        return str(await self.evaluate("document.activeElement.id || document.activeElement.tagName"))

    async def before_scripts(self, source: str) -> None:
        """Run a script before those of every page that is opened from now on."""
        await self.call("Page.addScriptToEvaluateOnNewDocument", source=source)

    async def show_as(self, *, width: int = 1280, height: int = 800, dark: bool = False, still: bool = False) -> None:
        """Change the size of the window and what the person prefers."""
        narrow = width < 600
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=narrow
        )
        await self.call("Emulation.setTouchEmulationEnabled", enabled=narrow)
        features = {
            "prefers-color-scheme": "dark" if dark else "light",
            "prefers-reduced-motion": "reduce" if still else "",
        }
        await self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": name, "value": value} for name, value in features.items()],
        )

    async def low_contrast(self) -> list[str]:
        """The texts that are seen whose contrast is below 4.5:1, as WCAG 2 computes it."""
        found: list[str] = await self.evaluate((HERE / "low_contrast.js").read_text())
        return found

    async def nameless(self) -> list[str]:
        """What is seen and can be used, but has no name for a screen reader."""
        found: list[str] = await self.evaluate((HERE / "nameless.js").read_text())
        return found

    async def origins(self) -> list[str]:
        """Where all that was loaded came from."""
        entries = "performance.getEntries().map(entry => entry.name).filter(name => name.includes('://'))"
        found: list[str] = await self.evaluate(f"[...new Set({entries}.map(name => new URL(name).origin))]")
        return found

    def unexpected(self) -> list[str]:
        """The complaints that no test asked for."""
        return [text for text in self.complaints if not any(part in text for part in self.expected)]

    async def picture(self, path: Path) -> None:
        """Save a PNG of what is seen."""
        answer = await self.call("Page.captureScreenshot", format="png")
        await trio.Path(path).write_bytes(base64.b64decode(answer["data"]))

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(parameters["exceptionDetails"]))
        if message.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.complaints.append(parameters["entry"]["text"])


@attrs.define
class Browser:
    """A running Chromium."""

    port: int
    path: str
    """Of the socket that makes tabs."""

    @asynccontextmanager
    async def open_page(self) -> AsyncIterator[Page]:
        """Open a tab that shares nothing with others."""
        async with _open_socket(self.port, self.path) as root:
            context = (await root.call("Target.createBrowserContext"))["browserContextId"]
            target = await root.call("Target.createTarget", url="about:blank", browserContextId=context)
            async with _open_socket(self.port, f"/devtools/page/{target['targetId']}") as page:
                for domain in ("Page", "Runtime", "Log"):
                    await page.call(f"{domain}.enable")
                await page.call("Emulation.setFocusEmulationEnabled", enabled=True)
                await page.show_as()
                yield page
            await root.call("Target.disposeBrowserContext", browserContextId=context)


@asynccontextmanager
async def _open_socket(port: int, path: str) -> AsyncIterator[Page]:
    url = f"ws://127.0.0.1:{port}{path}"
    async with trio_websocket.open_websocket_url(url, max_message_size=2**26) as opened:
        yield Page(opened)


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
