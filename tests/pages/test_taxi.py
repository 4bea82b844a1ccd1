"""The taxi's page: a conversation by text and voice, the agents as they hand on, and what happened."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.pages.conftest import Server, offline_server

if TYPE_CHECKING:
    from tests.pages.conftest import Page

ANSWERED = "document.querySelectorAll('.turn:not(.running)').length === {count}"
CONNECTED = "document.getElementById('connection').dataset.state === 'connected'"


@pytest.fixture(scope="module")
def taxi(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose models are the offline ones."""
    with offline_server(tmp_path_factory.mktemp("taxi") / "data") as running:
        yield running


async def open_taxi(page: Page, server: Server) -> None:
    """Open the page in Spanish and wait for its connection."""
    await page.before_scripts("localStorage.getItem('language') ?? localStorage.setItem('language', 'es');")
    await page.open(f"{server.url}/taxi/")
    await page.until(CONNECTED)


async def say(page: Page, words: str, count: int) -> str:
    """Say something by keyboard; returns the answer."""
    await page.evaluate("document.getElementById('say').focus()")
    await page.type(words)
    await page.press("Enter")
    await page.until(ANSWERED.format(count=count))
    return await page.text(f".turn:nth-child({count}) .text")


async def test_agents_hand_a_passenger_on(page: Page, taxi: Server) -> None:
    """The agent in charge is marked, its tools can be unfolded, and every event is listed."""
    await open_taxi(page, taxi)
    assert await say(page, "Hola, necesito un taxi", 1) != ""
    await say(page, "Estoy en la calle 72 # 43-25, en El Prado", 2)
    await page.until("document.querySelector('#agents [aria-current]') !== null")
    assert await page.evaluate("document.querySelectorAll('.tools details').length") > 0
    assert await page.evaluate("document.querySelectorAll('#event-list li').length") > 5
    await page.click("#events summary")
    assert await page.low_contrast() == []
    assert await page.nameless() == []
    assert page.unexpected() == []


async def test_a_conversation_goes_on_after_a_reload_and_a_new_one_begins_afresh(page: Page, taxi: Server) -> None:
    """The thread's name is kept in the browser; markup is text."""
    await open_taxi(page, taxi)
    await say(page, "<b>Hola</b>, necesito un taxi", 1)
    assert await page.evaluate("document.querySelectorAll('.asked b').length") == 0
    kept = await page.evaluate("localStorage.getItem('taxi-thread')")
    await page.open(f"{taxi.url}/taxi/")
    await page.until(CONNECTED)
    assert await page.evaluate("localStorage.getItem('taxi-thread')") == kept
    await page.click("#new-thread")
    assert await page.evaluate("localStorage.getItem('taxi-thread')") != kept


async def test_a_microphone_is_opened_and_closed(page: Page, taxi: Server) -> None:
    """The server has no ear without a provider and says so: the page tells, and closes the microphone."""
    await open_taxi(page, taxi)
    await page.click("#microphone")
    await page.until("document.getElementById('hint').textContent !== ''")
    await page.until("document.getElementById('microphone').getAttribute('aria-pressed') === 'false'")
    assert await say(page, "Hola", 1) != ""


async def test_it_fits_a_phone_and_the_dark(page: Page, taxi: Server) -> None:
    """Nothing is wider than the screen, and all can be read."""
    await page.show_as(width=390, height=780, dark=True)
    await open_taxi(page, taxi)
    await say(page, "Hola, necesito un taxi", 1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.low_contrast() == []


async def test_a_server_that_was_killed_is_waited_for(page: Page, taxi: Server) -> None:
    """What was said meanwhile is sent when it is back."""
    page.expected = ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection"]
    await open_taxi(page, taxi)
    taxi.stop(signal.SIGKILL)
    await page.until("document.getElementById('connection').dataset.state === 'waiting'")
    taxi.start()
    await page.until(CONNECTED)
    assert await say(page, "Hola, necesito un taxi", 1) != ""
