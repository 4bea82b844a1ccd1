"""The doctor's page: agents at work, alarms, the profile, conversations that are found again, a server that comes back."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import trio

from tests.pages.conftest import Server, offline_server

if TYPE_CHECKING:
    from tests.pages.conftest import Page

ANSWERED = "document.querySelectorAll('.turn:not(.running)').length === {count}"
RESTART_LIMIT = 60.0
"""Seconds for a server to come back, whatever the test was told meanwhile."""
STEPS = (
    "window.steps = new Set(); new MutationObserver(() => document.querySelectorAll('.steps li.now')"
    ".forEach(step => window.steps.add(step.textContent)))"
    ".observe(document.getElementById('log'), {subtree: true, childList: true, attributes: true})"
)


@pytest.fixture(scope="module")
def doctor(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose model is the offline one."""
    with offline_server(tmp_path_factory.mktemp("doctor") / "data") as running:
        yield running


async def open_doctor(page: Page, server: Server) -> None:
    """Open the page in English and wait for its connection."""
    await page.before_scripts("localStorage.getItem('language') ?? localStorage.setItem('language', 'en');")
    await page.open(f"{server.url}/doctor/")
    await page.until("document.getElementById('connection').dataset.state === 'connected'")


async def ask(page: Page, question: str) -> None:
    """Ask by keyboard."""
    await page.evaluate("document.getElementById('question').focus()")
    await page.type(question)
    await page.press("Enter")


async def answered(page: Page, count: int = 1) -> None:
    """Wait until so many turns have ended."""
    await page.until(ANSWERED.format(count=count))


async def test_three_agents_answer(page: Page, doctor: Server) -> None:
    """Each is seen at work; the answer stands with its urgency and links to what it cites."""
    await open_doctor(page, doctor)
    await page.evaluate(STEPS)
    await ask(page, "I have had a cough for 2 days")
    await answered(page)
    seen: list[str] = await page.evaluate("[...window.steps]")
    assert len(seen) >= 3
    assert await page.evaluate("document.querySelectorAll('.cited a[href^=https]').length") > 0
    assert await page.evaluate("document.querySelector('.level') !== null")
    assert len(await page.text(".turn .text")) > 200
    assert await page.low_contrast() == []
    assert await page.nameless() == []


async def test_an_emergency_is_a_banner_with_numbers_to_call(page: Page, doctor: Server) -> None:
    """What it is, whom to call, and the advice; another conversation does not show it."""
    await open_doctor(page, doctor)
    await ask(page, "my father is not breathing")
    await page.until("!document.getElementById('emergency').hidden")
    await answered(page)
    assert await page.evaluate("document.querySelectorAll('#emergency-contacts a[href^=\"tel:\"]').length") > 0
    assert await page.text("#emergency-advice") != ""
    assert await page.low_contrast() == []
    await page.click("#new-session")
    await page.until("document.getElementById('emergency').hidden")


async def test_the_profile_is_kept_and_sent(page: Page, doctor: Server) -> None:
    """After a reload it is in the form still, and an allergy told there is heeded."""
    await open_doctor(page, doctor)
    await page.click("[name=allergies]")
    await page.type("penicillin")
    await page.open(f"{doctor.url}/doctor/")
    await page.until("document.getElementById('connection').dataset.state === 'connected'")
    assert await page.evaluate("document.querySelector('[name=allergies]').value") == "penicillin"
    await ask(page, "I have a sore throat")
    await answered(page)
    assert "penicillin" in (await page.text(".turn .text")).lower()


async def test_a_pregnancy_that_is_taken_back_is_said_to_be_none(page: Page, doctor: Server) -> None:
    """Who never touches the box says nothing of it; who ticks it says yes, and who unticks it says no."""
    await open_doctor(page, doctor)
    news = "window.told = []; const send = WebSocket.prototype.send; WebSocket.prototype.send = function (text) {{ {keep}; return send.call(this, text); }}"
    await page.evaluate(news.format(keep="window.told.push(JSON.parse(text).patient_profile?.pregnant)"))
    for number, expected in enumerate([None, True, False], start=1):
        if number > 1:
            await page.click("[name=pregnant]")
        await ask(page, "I have a cough")
        await answered(page, number)
        assert await page.evaluate("window.told.filter(one => one !== undefined).at(-1) ?? null") is expected


async def test_a_conversation_is_found_again(page: Page, doctor: Server) -> None:
    """After a reload both sides come from the server; markup in a message is text."""
    await open_doctor(page, doctor)
    await ask(page, "<b>I have</b> a headache")
    await answered(page)
    said = await page.text(".turn .text")
    await page.open(f"{doctor.url}/doctor/")
    await answered(page)
    assert await page.text(".turn .text") == said
    assert "<b>I have</b> a headache" in await page.text(".turn .asked")
    assert await page.evaluate("document.querySelectorAll('.asked b').length") == 0


async def test_a_server_that_was_killed_is_waited_for(page: Page, doctor: Server) -> None:
    """The page says so, tries again when told to, and goes on with the conversation."""
    page.expected = ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection"]
    await open_doctor(page, doctor)
    await ask(page, "I have a cough")
    await answered(page)
    doctor.stop(signal.SIGKILL)
    try:
        await page.until("!document.getElementById('banner').hidden")
    finally:
        with trio.move_on_after(RESTART_LIMIT, shield=True):
            await trio.to_thread.run_sync(doctor.start)
    await page.evaluate("document.getElementById('retry-now').click()")
    await page.until("document.getElementById('connection').dataset.state === 'connected'")
    await ask(page, "it goes on")
    await answered(page, 2)
    assert await page.evaluate("document.querySelectorAll('.failure').length") == 0
