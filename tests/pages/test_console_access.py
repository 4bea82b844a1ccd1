"""The console, as somebody at a keyboard, on a phone, in the dark or with a screen reader meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pages.conftest import Console, Page

OPENED = "[...document.querySelectorAll('#sources details[open] .mark')].map(mark => mark.textContent)"
MEDICATIONS = "¿Qué medicamentos toma para la presión?"


async def test_combobox(console: Console, page: Page) -> None:
    """Patients are found and chosen by keyboard alone, and of several none by chance."""
    await console.open()
    await page.press("ArrowDown")
    await page.until("document.querySelectorAll('#patient-options [role=option]').length === 5")
    assert await page.evaluate("document.getElementById('patient-search').getAttribute('aria-activedescendant')")
    await page.press("Escape")
    assert await page.evaluate("document.getElementById('patient-search').ariaExpanded") == "false"
    await page.press("Enter")
    await page.until("document.querySelector('#patient-options [aria-selected=true]')")
    assert await page.evaluate("document.getElementById('patient-card').hidden")
    chosen = await page.text("#patient-options [aria-selected=true] strong")
    await page.press("Enter")
    await page.until_text("#patient-name", chosen)
    assert await page.focused() == "question"


async def test_marks_open_sources(console: Console, page: Page) -> None:
    """A mark opens its source and gives it the focus; Escape leads back to the mark."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    await page.evaluate("document.querySelectorAll('button.mark')[1].focus()")
    await page.press("Enter")
    await page.until(f"{OPENED}.length === 1")
    assert await page.evaluate(OPENED) == ["2"]
    assert await page.evaluate("document.activeElement.closest('li').id") == "source-2"
    await page.press("Escape")
    assert await page.evaluate("document.activeElement.matches('#log button.mark')")


async def test_streaming(console: Console, page: Page) -> None:
    """Tokens are seen as they come, and are not read out one by one."""
    await console.open()
    await console.choose("Laura Morales")
    await page.evaluate(
        "window.said = []; new MutationObserver(() => said.push(document.getElementById('polite').textContent))"
        ".observe(document.getElementById('polite'), {childList: true, characterData: true, subtree: true})"
    )
    await page.evaluate("void (window.before = said.length)")
    await console.ask(console.slowly)
    await console.streaming()
    first = await page.text("#log .text")
    await page.until("document.querySelector('#log .text').textContent.includes('palabra9')")
    assert (await page.text("#log .text")).startswith(first)
    assert await page.evaluate("document.querySelector('#log article').ariaBusy") == "true"
    assert "palabra" not in " ".join(await page.evaluate("said"))


async def test_languages(console: Console, page: Page) -> None:
    """The other language is one press away, for everything that is shown, and is remembered."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    await page.click("#account .language")
    await page.until_text("#sources h2", "Sources")
    assert await page.evaluate("document.documentElement.lang") == "en"
    assert "Confidence high" in await page.text(".foot")
    assert "Medication" in await page.text("#source-list")
    await page.open(f"{console.server.url}/")
    await page.until_text("#sources h2", "Sources")


async def test_both_languages_say_everything(console: Console, page: Page) -> None:
    """Each text is there in both languages."""
    await page.open(f"{console.server.url}/")
    names = await page.evaluate(
        "Promise.all([import('/pages/console/texts-es.js'), import('/pages/console/texts-en.js')])"
        ".then(([es, en]) => [Object.keys(es.SPANISH).sort(), Object.keys(en.ENGLISH).sort()])"
    )
    assert names[0] == names[1]


async def test_phone(console: Console, page: Page) -> None:
    """On a phone nothing is wider than the screen, and what lies over the page is left by Escape, back to where one was."""
    await page.show_as(width=390, height=844)
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.click("button.mark")
    await page.until("document.getElementById('sources').classList.contains('open')")
    assert await page.evaluate("document.getElementById('conversation').inert")
    assert await page.evaluate("document.activeElement.closest('li').id") == "source-1"
    await page.press("Escape")
    assert await page.evaluate("document.activeElement.matches('#log button.mark')")
    await page.click("#open-sidebar")
    assert await page.evaluate("document.getElementById('sidebar').role") == "dialog"
    await page.press("Escape")
    assert await page.focused() == "open-sidebar"
    assert not await page.evaluate("document.getElementById('conversation').inert")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_contrast(console: Console, page: Page, dark: bool) -> None:
    """Every text has a contrast of 4.5:1 at least, in the light and in the dark."""
    page.expected = ["401"]
    await page.show_as(dark=dark, still=True)
    await page.open(f"{console.server.url}/")
    await page.until("!document.getElementById('sign-in').hidden")
    assert await page.low_contrast() == []
    await console.open()
    await page.press("ArrowDown")
    await page.until("document.querySelector('[aria-selected=true]')")
    assert await page.low_contrast() == []
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    await console.ask(console.broken)
    await page.until("document.querySelector('.failure')")
    await console.ask(console.slowly)
    await console.streaming()
    await page.evaluate("document.getElementById('more-sources').open = true")
    assert await page.low_contrast() == []


async def test_names_and_landmarks(console: Console, page: Page) -> None:
    """Whatever can be used has a name, there is one main part, and headings tell where one is."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    assert await page.nameless() == []
    visible = "[...document.querySelectorAll('main')].filter(node => node.checkVisibility()).length"
    assert await page.evaluate(visible) == 1
    levels = "[...document.querySelectorAll('h1, h2, h3')].filter(n => n.checkVisibility()).map(n => n.tagName)"
    assert set(await page.evaluate(levels)) == {"H1", "H2", "H3"}


async def test_reduced_motion(console: Console, page: Page) -> None:
    """Who prefers less motion sees none."""
    await page.show_as(still=True)
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(console.slowly)
    await console.streaming()
    assert await page.evaluate("document.getAnimations().length") == 0


async def test_new_line(console: Console, page: Page) -> None:
    """Shift and Enter make a new line, and do not send."""
    await console.open()
    await console.choose("Laura Morales")
    await page.type("uno")
    await page.press("Enter", shift=True)
    await page.type("dos")
    assert await page.evaluate("document.getElementById('question').value") == "uno\ndos"
