"""The console: signing in and out, and what a tab keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pages.conftest import Console, Page, Server

MEDICATIONS = "¿Qué medicamentos toma para la presión?"


async def test_sign_in(page: Page, server: Server) -> None:
    """Email and password, typed at a keyboard, lead to the workbench, where one's name stands."""
    await page.open(f"{server.url}/")
    await page.until("document.activeElement.name === 'email'")
    await page.type("demo@smarthealth.local")
    await page.press("Tab")
    await page.type(server.password)
    await page.press("Enter")
    await page.until_text("#user-name", "Demo")
    assert await page.focused() == "patient-search"
    assert "token" not in await page.evaluate("location.href + document.cookie")


async def test_wrong_password(page: Page, server: Server) -> None:
    """Who is refused is told so in words, and may correct the password at once."""
    page.expected = ["401", "429"]
    await page.open(f"{server.url}/")
    await page.click("[name=email]")
    await page.type("nobody@example.org")
    await page.press("Tab")
    await page.type("wrong")
    await page.press("Enter")
    await page.until("document.getElementById('sign-in-error').textContent")
    assert await page.text("#sign-in-error") == "The email or the password is wrong."
    assert await page.evaluate("document.activeElement.name") == "password"
    for _ in range(12):  # after a few failures the next try has to wait
        await page.type("wrong")
        await page.press("Enter")
        await page.until("!document.getElementById('sign-in-button').disabled")
        if "Too many attempts. Wait " in await page.text("#sign-in-error"):
            return
    pytest.fail("never told to wait")


async def test_patients_are_refused_to_patients(page: Page, server: Server) -> None:
    """A patient's account is told that it may not ask, and stays outside."""
    await page.before_scripts(f"sessionStorage.setItem('token', {json.dumps(server.token(role='patient'))})")
    await page.open(f"{server.url}/")
    await page.until("!document.getElementById('sign-in-reason').hidden")
    assert await page.evaluate("document.getElementById('workbench').hidden")


async def test_token_expires(console: Console, page: Page, server: Server) -> None:
    """Whose token expires signs in again and finds the sessions as they were."""
    await console.open(ttl=5.0)
    await console.choose("Laura Morales")
    await console.ask(console.slowly)
    await console.streaming()
    await page.until("!document.getElementById('sign-in').hidden")
    assert "expiró" in await page.text("#sign-in-reason")
    assert not await page.evaluate("sessionStorage.getItem('token')")
    await page.type("demo@smarthealth.local")
    await page.press("Tab")
    await page.type(server.password)
    await page.press("Enter")
    await page.until("!document.getElementById('workbench').hidden")
    assert await page.text("#patient-name") == "Laura Morales"
    assert "Su sesión expiró antes de terminar" in await page.text(".failure")
    await page.until("document.getElementById('connection').dataset.state === 'connected'")


async def test_revoked_token(console: Console, page: Page) -> None:
    """A token that is no good leads to the form, not to a console that does not work."""
    page.expected = ["401"]
    await page.before_scripts("sessionStorage.setItem('visited', 1); sessionStorage.setItem('token', 'x.y.z')")
    await page.open(f"{console.server.url}/")
    await page.until("!document.getElementById('sign-in').hidden")


async def test_reload(console: Console, page: Page) -> None:
    """A reload loses nothing but the answer that was being written."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    await console.ask(console.slowly)
    await console.streaming()
    await page.type("borrador")
    await page.open(f"{console.server.url}/")
    await page.until_text(".failure", "recargó")
    await console.answered(1)
    assert await page.evaluate("document.getElementById('question').value") == "borrador"


async def test_what_is_kept_is_bounded(console: Console, page: Page) -> None:
    """The tab keeps a million characters at most, the latest turns first, and never another user's."""
    await page.open(f"{console.server.url}/")
    sizes = await page.evaluate(
        "import('/pages/console/shelf.js').then(({keep, recall}) => {"
        " const turns = Array.from({length: 200}, (_, number) => ({question: String(number), answer: 'x'.repeat(50_000)}));"
        " keep(7, [{id: 'a', turns}, {id: 'b', turns: turns.slice(0, 3)}]);"
        " return [sessionStorage.sessions.length, recall(7)[0].turns.at(-1).question, recall(7)[1].turns.length, recall(8)]; })"
    )
    assert sizes[0] <= 1_000_000
    assert sizes[1:] == ["199", 3, []]


async def test_signing_out(console: Console, page: Page) -> None:
    """After signing out nothing of any patient is left in the tab."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    await page.click("#sign-out")
    await page.until("document.readyState === 'complete' && document.getElementById('sign-in')?.hidden === false")
    kept = await page.evaluate("JSON.stringify({...sessionStorage, ...localStorage}) + document.body.textContent")
    assert "Laura" not in kept
    assert await page.evaluate("sessionStorage.getItem('token')") is None


async def test_insecure_context(console: Console, page: Page) -> None:
    """Over plain HTTP from another machine, where browsers make no UUIDs, sessions still have them."""
    await page.before_scripts("delete Crypto.prototype.randomUUID")
    await console.open()
    uuid = await page.evaluate("import('/pages/console/uuid.js').then(({randomUuid}) => randomUuid())")
    assert len(uuid) == 36
    assert uuid[14] == "4"
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()


async def test_nothing_foreign(console: Console, page: Page) -> None:
    """The page loads nothing from any other server, and carries no script or style of its own."""
    await console.open()
    assert await page.origins() == [console.server.url]
    assert await page.evaluate("document.querySelectorAll('style, [style], script:not([src]), [onclick]').length") == 0
