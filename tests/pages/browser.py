"""A headless Chromium driven over its DevTools protocol: a tab as a person uses it, and what a test asks of it."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
import trio
import trio_websocket

HERE: Final = Path(__file__).parent
WAIT_LIMIT: Final = 20.0
"""Seconds until what a test waits for must be true on the page."""
POLL: Final = 0.04
"""Seconds between two looks."""
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
