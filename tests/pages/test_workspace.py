"""The workspace's page: tools at work, approvals, files, several people in one conversation, invites, a server that comes back."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
import trio

from tests.pages.conftest import INHERITED, Server

if TYPE_CHECKING:
    from tests.pages.conftest import Browser, Page

RESTART_LIMIT = 60.0
"""Seconds for a server to come back, whatever the test was told meanwhile."""
CONNECTED = "document.getElementById('connection').dataset.state === 'connected'"
SAVED = (
    "window.saved = []; const keep = URL.createObjectURL; let body = null;"
    " URL.createObjectURL = function (blob) { body = blob; return keep.call(URL, blob); };"
    " HTMLAnchorElement.prototype.click = function () { body.text().then(text => window.saved.push([this.download, text])); }"
)


@pytest.fixture(scope="module")
def workspace(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose model is the offline one."""
    data = tmp_path_factory.mktemp("workspace") / "data"
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    running = Server(data, port, environment | {"SMARTHEALTH_DATA": str(data)})
    running.start()
    yield running
    running.stop()


async def enter(page: Page, server: Server, name: str, *, signed_in: bool = False) -> None:
    """Enter a conversation in Spanish and wait for its connection."""
    token = f"sessionStorage.setItem('token', {json.dumps(server.token())});" if signed_in else ""
    await page.before_scripts(f"localStorage.getItem('language') ?? localStorage.setItem('language', 'es'); {token}")
    await page.open(f"{server.url}/workspace/#{name}")
    await page.until(CONNECTED)
    await page.until("document.querySelectorAll('#people li').length > 0")


async def say(page: Page, words: str) -> None:
    """Say it by keyboard."""
    await page.evaluate("document.getElementById('question').focus()")
    await page.type(words)
    await page.press("Enter")


async def calls(page: Page, state: str, count: int = 1) -> None:
    """Wait until so many tool calls are in a state."""
    await page.until(f"document.querySelectorAll('.tool.{state}').length === {count}")


async def test_a_tool_call_is_folded_and_opens(page: Page, workspace: Server) -> None:
    """What it was given and what came of it; the file it wrote is listed and saved; markup is text."""
    await enter(page, workspace, "folded")
    await say(page, 'crea notas.txt con el contenido "<b>pan</b>"')
    await calls(page, "done")
    await page.until_text("#log .text", "notas.txt")
    assert not await page.evaluate("document.querySelector('.tool').open")
    await page.click(".tool summary")
    await page.until("document.querySelector('.tool').open")
    assert "<b>pan</b>" in await page.text(".tool .part pre")
    assert '"size": 10' in await page.text(".tool .part:last-child pre")
    assert await page.evaluate("document.querySelectorAll('#log b').length") == 0
    await page.until_text("#file-list", "notas.txt")
    await page.evaluate(SAVED)
    await page.click("#file-list button")
    await page.until("window.saved.length")
    assert await page.evaluate("window.saved[0]") == ["notas.txt", "<b>pan</b>"]
    assert await page.low_contrast() == []
    assert await page.nameless() == []
    assert await page.origins() == [workspace.url]


async def test_deleting_asks_and_is_refused_or_allowed(page: Page, workspace: Server) -> None:
    """The call waits, open, with its question; what is answered happens."""
    await enter(page, workspace, "approval")
    await say(page, "crea notas.txt con el contenido hola")
    await calls(page, "done")
    await page.until("document.getElementById('stop').hidden")
    await say(page, "borra notas.txt")
    await calls(page, "asks")
    assert await page.evaluate("document.querySelector('.tool.asks').open")
    await page.until_text("#activity", "delete_file")
    assert await page.low_contrast() == []
    await page.click(".answers .quiet")
    await calls(page, "failed")
    await page.until("document.getElementById('stop').hidden")
    await say(page, "borra notas.txt")
    await calls(page, "asks")
    await page.click(".answers .primary")
    await calls(page, "done", 2)
    await page.until_text("#files-note", "Todavía no hay archivos")


async def test_a_turn_is_stopped(page: Page, workspace: Server) -> None:
    """What waits for an approval ends with the turn."""
    await enter(page, workspace, "stopped")
    await say(page, "borra notas.txt")
    await calls(page, "asks")
    await page.click("#stop")
    await calls(page, "failed")
    await page.until("document.getElementById('stop').hidden")


async def test_several_see_the_same(browser: Browser, workspace: Server) -> None:
    """Who is there, who writes, what is said and done; who comes late has the history."""
    async with AsyncExitStack() as stack:
        ana, ben = [await stack.enter_async_context(browser.open_page()) for _ in range(2)]
        await enter(ana, workspace, "several")
        await enter(ben, workspace, "several")
        await ana.until("document.querySelectorAll('#people li').length === 2")
        await ana.evaluate("document.getElementById('question').focus()")
        await ana.type("crea a.txt con el contenido uno")
        await ben.until_text("#activity", "está escribiendo")
        await ana.press("Enter")
        for page in (ana, ben):
            await calls(page, "done")
            await page.until_text("#log", "crea a.txt con el contenido uno")
            await page.until_text("#file-list", "a.txt")
        assert "Tú" in await ana.text("#log .who")
        assert "Invitado" in await ben.text("#log .who")
        late = await stack.enter_async_context(browser.open_page())
        await enter(late, workspace, "several")
        await calls(late, "done")
        assert await late.text("#log .text") == await ana.text("#log .text")
        await ben.call("Page.navigate", url="about:blank")
        await ana.until("document.querySelectorAll('#people li').length === 2")
        assert [page.unexpected() for page in (ana, ben, late)] == [[], [], []]


async def test_an_invite_lets_watch_until_it_is_taken_back(browser: Browser, workspace: Server) -> None:
    """Without it a conversation of somebody is closed; with it there is everything to see and nothing to write."""
    async with AsyncExitStack() as stack:
        owner, guest = [await stack.enter_async_context(browser.open_page()) for _ in range(2)]
        await enter(owner, workspace, "owned", signed_in=True)
        await say(owner, "crea a.txt con el contenido uno")
        await calls(owner, "done")
        guest.expected = ["403", "WebSocket connection"]
        await guest.before_scripts("localStorage.setItem('language', 'es')")
        await guest.open(f"{workspace.url}/workspace/#owned")
        await guest.until_text("#banner-text", "es de otra persona")
        await owner.evaluate("document.getElementById('share').open = true")
        await owner.click("#share [data-role=viewer]")
        await owner.until("!document.getElementById('invite-made').hidden")
        assert await owner.low_contrast() == []
        address = await owner.evaluate("document.getElementById('invite-link').value")
        await guest.open(str(address))
        await guest.until(CONNECTED)
        await calls(guest, "done")
        await guest.until("document.getElementById('question').disabled")
        await guest.until_text("#file-list", "a.txt")
        await owner.click("#invite-list button")
        await guest.until_text("#banner-text", "fue retirada")
        assert [page.unexpected() for page in (owner, guest)] == [[], []]


async def test_on_a_phone_in_the_dark_all_is_there(page: Page, workspace: Server) -> None:
    """Nothing is wider than the screen, and everything can be read."""
    await page.show_as(width=390, height=800, dark=True)
    await enter(page, workspace, "phone")
    await say(page, "crea notas.txt con el contenido hola y luego léelo")
    await calls(page, "done", 2)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await page.low_contrast() == []
    assert await page.nameless() == []


async def test_another_language_and_another_conversation(page: Page, workspace: Server) -> None:
    """The page changes its words, and a new conversation begins empty; the one before is found in the list."""
    await enter(page, workspace, "first")
    await say(page, "crea notas.txt con el contenido hola")
    await calls(page, "done")
    await page.click(".language")
    await page.until_text(".tool .state", "done")
    await page.click("#new-conversation")
    await page.until("document.querySelectorAll('.tool').length === 0")
    await page.until(CONNECTED)
    await page.click('#session-list a[href="#first"]')
    await calls(page, "done")


async def test_a_server_that_was_killed_is_waited_for(page: Page, workspace: Server) -> None:
    """The page says so, comes back, and has the history, once."""
    page.expected = ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection"]
    await enter(page, workspace, "killed")
    await say(page, "crea notas.txt con el contenido hola")
    await calls(page, "done")
    workspace.stop(signal.SIGKILL)
    try:
        await page.until("!document.getElementById('banner').hidden")
    finally:
        with trio.move_on_after(RESTART_LIMIT, shield=True):
            await trio.to_thread.run_sync(workspace.start)
    await page.evaluate("document.getElementById('retry-now').click()")
    await page.until(CONNECTED)
    await calls(page, "done")
    await say(page, "lista los archivos")
    await calls(page, "done", 2)
