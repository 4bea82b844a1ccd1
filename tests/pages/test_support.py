"""The support chat's pages: the one for customers, and the one on which its protocol is tried."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.pages.conftest import INHERITED, Server, free_port

if TYPE_CHECKING:
    from tests.pages.conftest import Page

DONE = "[...document.querySelectorAll('#progress [data-state=done]')].map(step => step.dataset.step).join(' ')"
STEPS = "starting agent_routing rag_retrieval generating"
CONNECTED = "document.getElementById('status').dataset.state === 'open'"


@pytest.fixture(scope="module")
def support(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose models are the offline ones."""
    data = tmp_path_factory.mktemp("support") / "data"
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    running = Server(data, free_port(), environment | {"SMARTHEALTH_DATA": str(data), "SMARTHEALTH_TURN_GRACE": "0.2"})
    running.start()
    yield running
    running.stop()


async def open_test_page(page: Page, server: Server) -> None:
    """Open the test page and wait for its connection."""
    await page.open(f"{server.url}/support/ws/test")
    await page.until(CONNECTED)


async def fill(page: Page, name: str, text: str) -> None:
    """Put text into a field, in place of what was there."""
    await page.evaluate(f"(document.getElementById('{name}').select(), document.getElementById('{name}').focus())")
    await page.type(text)


async def authenticate(page: Page, server: Server) -> None:
    """Sign in with a token."""
    await fill(page, "token", server.token())
    await page.click("#auth button")
    await page.until("document.getElementById('user').dataset.state === 'in'")


async def test_the_test_page_shows_every_feature(page: Page, support: Server) -> None:
    """Connection, authentication, message, progress, tokens and the answer with its metadata, errors, and each frame."""
    await open_test_page(page, support)
    await page.click("#send")
    await page.until_text("#errors", "AUTH_REQUIRED")
    await fill(page, "token", "nonsense")
    await page.click("#auth button")
    await page.until_text("#errors", "Invalid token")
    await authenticate(page, support)
    await page.click("#send")
    await page.until_text("#metadata", "confidence")
    assert await page.evaluate(DONE) == STEPS
    assert "118 kW" in await page.text("#response")
    assert json.loads(await page.evaluate("document.getElementById('metadata').textContent"))["agent"] == "specs"
    streamed = "document.querySelectorAll('#frames li').length"
    assert await page.evaluate(f"{streamed} > 8")
    await page.click("#disconnect")
    await page.until("document.getElementById('send').disabled")
    await page.click("#reconnect")
    await page.until(CONNECTED)


async def test_the_test_page_gets_a_token_for_a_password(page: Page, support: Server) -> None:
    """A wrong one is told; the session goes on over several messages."""
    page.expected.append("401")
    await open_test_page(page, support)
    await fill(page, "email", "demo@smarthealth.local")
    await fill(page, "password", "wrong")
    await page.click("#login button")
    await page.until_text("#errors", "sign-in failed")
    await fill(page, "password", support.password)
    await page.click("#login button")
    await page.until_text("#user", "demo@smarthealth.local")
    for words, part in (("my brakes squeal", "Safety first"), ("yes", "pads are worn")):
        await fill(page, "message", words)
        await page.click("#send")
        await page.until_text("#response", part)
        await page.until("document.getElementById('step').textContent === ''")


async def test_a_customer_asks_on_the_page(page: Page, support: Server) -> None:
    """Signs in, asks by keyboard, reads the answer with its sources; nothing comes from elsewhere."""
    await page.open(f"{support.url}/support/")
    await page.until("!document.getElementById('sign-in').hidden")
    await fill(page, "email", "demo@smarthealth.local")
    await fill(page, "password", support.password)
    await page.press("Enter")
    await page.until("!document.getElementById('ask').hidden")
    await fill(page, "message", "¿Cuánto aceite lleva el motor?")
    await page.press("Enter")
    await page.until_text("#log", "[1]")
    await page.until_text("#log", "04-fluids-and-capacities.md")
    assert await page.origins() == [support.url]


@pytest.mark.parametrize("path", ["/support/", "/support/ws/test"])
@pytest.mark.parametrize("dark", [False, True])
async def test_pages_can_be_read_by_everybody(page: Page, support: Server, path: str, *, dark: bool) -> None:
    """Contrast, names for a screen reader, and a telephone's width without scrolling sideways."""
    await page.show_as(width=390, height=800, dark=dark)
    await page.open(f"{support.url}{path}")
    await page.until(CONNECTED if path.endswith("test") else "!document.getElementById('sign-in').hidden")
    assert await page.low_contrast() == []
    assert await page.nameless() == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
