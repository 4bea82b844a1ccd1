"""The observer, as whoever runs the server sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pages.conftest import Browser, Console, Page, Server

NAMES = "[...document.querySelectorAll('#tree .name')].filter(n => n.checkVisibility()).map(n => n.textContent)"
STAGES = "[...document.querySelectorAll('.task')].map(task => task.textContent)"
FOCUSED = "document.activeElement.querySelector('.name').textContent"


async def open_observer(page: Page, server: Server) -> None:
    """Open the page and wait for its first picture."""
    await page.open(f"{server.url}/observer")
    await page.until("document.querySelector('#tree .name')")


async def test_tree(page: Page, server: Server) -> None:
    """The parts of the system are there, in the order in which they start, and all of them run."""
    await open_observer(page, server)
    names: list[str] = await page.evaluate(NAMES)
    parts = ["smarthealth", "storage", "models", "index", "connections", "server"]  # and those of the applications
    assert [name for name in names if name in parts] == parts
    assert await page.evaluate("[...new Set([...document.querySelectorAll('.state')].map(s => s.textContent))]") == [
        "running"
    ]
    assert (await page.text("#summary")).startswith(f"{len(names)} actors")


async def test_running_turn(browser: Browser, console: Console, page: Page) -> None:
    """A query that is being answered is seen with its stages, and is gone when it was stopped."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(console.slowly)
    await console.streaming()
    async with browser.open_page() as observer:
        await open_observer(observer, console.server)
        await observer.until(f"{NAMES}.includes('session') && {STAGES}.some(stage => stage.startsWith('generating'))")
        await page.press("Escape")
        await observer.until(f"{STAGES}.length === 0")
        assert observer.unexpected() == []


async def test_keyboard(page: Page, server: Server) -> None:
    """Arrows move over the tree and fold it, as in any tree."""
    await open_observer(page, server)
    names = await page.evaluate(NAMES)
    await page.evaluate("document.querySelector('#tree [tabindex=\"0\"]').focus()")
    await page.press("ArrowDown")
    assert await page.evaluate(FOCUSED) == "storage"
    await page.press("ArrowLeft")
    assert await page.evaluate(FOCUSED) == "smarthealth"
    await page.press("ArrowLeft")
    assert await page.evaluate(NAMES) == ["smarthealth"]
    await page.press("ArrowRight")
    assert await page.evaluate(NAMES) == names


async def test_find(page: Page, server: Server) -> None:
    """Only what is looked for is shown, with the way to it."""
    await open_observer(page, server)
    await page.click("#filter")
    await page.type("conn")
    assert await page.evaluate(NAMES) == ["smarthealth", "connections"]


async def test_pause(page: Page, server: Server) -> None:
    """A paused picture stays as it is, and says so."""
    await open_observer(page, server)
    await page.click("#pause")
    assert "paused" in await page.text("#summary")
    assert await page.evaluate("document.getElementById('pause').ariaPressed") == "true"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_readable(page: Page, server: Server, dark: bool) -> None:
    """Every text has a contrast of 4.5:1 at least, everything has a name, and nothing is wider than a phone."""
    await page.show_as(width=390, height=844, dark=dark)
    await open_observer(page, server)
    assert await page.low_contrast() == []
    assert await page.nameless() == []
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await page.origins() == [server.url]
