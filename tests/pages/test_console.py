"""The console, as somebody at a keyboard, on a phone or with a screen reader meets it."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest
import trio

if TYPE_CHECKING:
    from tests.pages.conftest import Console, Page, Server

STATES = "JSON.stringify([...document.querySelectorAll('#session-list li')].map(item => item.className))"
OPENED = "[...document.querySelectorAll('#sources details[open] .mark')].map(mark => mark.textContent)"
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


async def test_patient_by_document(console: Console, page: Page) -> None:
    """A patient is found by type and number of document, however the number is punctuated."""
    await console.open()
    await page.click("#by-document summary")
    await page.until("document.querySelectorAll('#document-type option').length === 13")
    await page.evaluate("document.getElementById('document-type').value = '8'")
    await page.click("#document-number")
    await page.type("30.995.750")
    await page.press("Enter")
    await page.until_text("#patient-name", "Laura Morales")
    assert "CD 30995750" in await page.text("#patient-details")


async def test_answer(console: Console, page: Page) -> None:
    """An answer stands with what it cites beside it, the rest folded away, and how far it can be trusted."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    cited = await page.evaluate(
        "[...new Set([...document.querySelectorAll('#log .text .mark')].map(m => m.textContent))]"
    )
    shown = await page.evaluate("[...document.querySelectorAll('#source-list .mark')].map(mark => mark.textContent)")
    assert shown == sorted(cited, key=int)
    assert not await page.evaluate("document.getElementById('more-sources').open")
    assert "Confianza" in await page.text(".foot")
    assert (await page.text("#polite")).startswith("Respuesta completa. Los")


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


async def test_stop(console: Console, page: Page) -> None:
    """Escape stops the answer, whose text stays, and the next question is answered."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(console.slowly)
    await console.streaming()
    await page.press("Escape")
    await page.until_text(".failure", "Detuvo esta respuesta")
    assert "palabra3" in await page.text("#log .text")
    await console.ask(MEDICATIONS)
    await console.answered()
    assert await page.evaluate("document.querySelectorAll('#log .failure').length") == 1
    await page.click(".failure button")
    await page.until("document.querySelectorAll('#log .turn').length === 3")
    assert await page.text("#log .turn:last-child .asked") == f"Usted preguntó: {console.slowly}"


async def test_sessions_go_on(console: Console, page: Page) -> None:
    """An answer goes on while another session is shown; stopping one stops no other; an answer not yet seen is marked."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(console.slowly)
    await console.streaming()
    await page.click("#new-session")
    await console.choose("Carlos Andrés")
    await console.ask(console.slowly)
    await console.streaming()
    assert json.loads(await page.evaluate(STATES)) == ["running", "current running"]
    await page.click("#stop")
    assert json.loads(await page.evaluate(STATES)) == ["running", "current"]
    await page.click("#session-list li:first-child .session")
    await console.streaming()
    seen = await page.text("#log .text")
    await page.until(f"document.querySelector('#log .text').textContent.length > {len(seen)}")
    await page.click("#stop")
    await page.until_text("#log", "Detuvo esta respuesta")
    await console.ask(MEDICATIONS)
    await page.click("#session-list li:last-child .session")
    await page.until_text("#session-list li:first-child", "Respuesta nueva")


async def test_changing_the_patient(console: Console, page: Page) -> None:
    """Another patient begins another session, so that no conversation is about two."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(MEDICATIONS)
    await console.answered()
    await console.choose("Carlos Andrés")
    assert await page.evaluate("document.querySelectorAll('#session-list li').length") == 2
    assert await page.evaluate("document.querySelectorAll('#log article').length") == 0


async def test_reconnects(console: Console, page: Page, server: Server) -> None:
    """A server that was killed in the middle of an answer is waited for; the question can then be asked again."""
    page.expected = ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection"]
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(console.slowly)
    await console.streaming()
    server.stop(signal.SIGKILL)
    try:
        await page.until("!document.getElementById('banner').hidden")
        assert "Se perdió la conexión antes de terminar" in await page.text(".failure")
        assert "reintentará" in await page.text("#assertive")
        assert await page.evaluate("document.getElementById('to-end').hidden")
    finally:
        await trio.to_thread.run_sync(server.start)
    await page.evaluate("document.getElementById('retry-now').click()")
    await page.until("document.getElementById('connection').dataset.state === 'connected'")
    assert await page.evaluate("document.getElementById('banner').hidden")
    await page.click(".failure button")
    await console.streaming()


async def test_token_expires(console: Console, page: Page, server: Server) -> None:
    """Whose token expires signs in again and finds the sessions as they were."""
    await console.open(ttl=4.0)
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


async def test_unknown_patient(console: Console, page: Page) -> None:
    """A document that nobody has is told in words, and another patient can be chosen right there."""
    await console.open(language="en")
    await page.click("#by-document summary")
    await page.until("document.querySelectorAll('#document-type option').length === 13")
    await page.click("#document-number")
    await page.type("1")
    await page.press("Enter")
    await page.until_text("#patient-name", "CC 1")
    await console.ask("Any allergies?")
    await page.until_text(".failure", "No patient has that document.")
    assert "PATIENT_NOT_FOUND" in await page.text(".failure")
    await page.click(".failure button")
    await page.until("document.activeElement.id === 'patient-search'")


async def test_model_breaks(console: Console, page: Page) -> None:
    """A model that fails half-way is told as that, with the unfinished text marked as such."""
    await console.open()
    await console.choose("Laura Morales")
    await console.ask(console.broken)
    await page.until_text(".failure", "LLM_ERROR")
    assert "No use el texto incompleto" in await page.text(".failure")
    assert "El modelo falló" in await page.text("#assertive")
    assert await page.evaluate("document.querySelectorAll('#source-list li').length") == 0
    await page.click(".failure button")
    await page.until(
        "document.querySelectorAll('#log .failure').length === 1 && document.activeElement.id === 'question'"
    )


async def test_markup_is_text(console: Console, page: Page) -> None:
    """Markup in a patient's name, a source or an answer is shown as text."""
    await page.before_scripts("window.alert = () => { window.alerted = true; }")
    await console.open()
    await console.choose("Marca")
    await console.ask(console.markup)
    await console.answered()
    assert "<img src=x onerror=alert(1)>" in await page.text("#patient-name")
    assert "<img src=x onerror=alert(1)>" in await page.text("#log .text")
    assert "<img" in await page.evaluate("document.getElementById('sources').textContent")
    assert await page.evaluate("document.querySelectorAll('#conversation img, #sources img, #log b').length") == 0
    assert not await page.evaluate("window.alerted")


async def test_light_markdown(console: Console, page: Page) -> None:
    """Lists and emphasis of a model are drawn as such, and a mark without a source opens nothing."""
    await console.open()
    await console.choose("Marca")
    await console.ask(console.markup)
    await console.answered()
    assert await page.text("#log .text strong") == "fuerte"
    assert await page.evaluate("document.querySelectorAll('#log .text ul > li').length") == 2
    marks = await page.evaluate(
        "[...document.querySelectorAll('#log .text li .mark')].map(m => m.tagName + m.textContent)"
    )
    assert marks == ["BUTTON1", "SPAN99"]


@pytest.mark.parametrize("cuts", [1, 3, 7])
async def test_any_cut_of_an_answer(console: Console, page: Page, cuts: int) -> None:
    """However an answer is cut into tokens, it is drawn as if it had come whole."""
    await page.open(f"{console.server.url}/")
    drawn = await page.evaluate(
        "(async () => { const {AnswerWriter} = await import('/pages/console/answer.js');"
        "const text = '# Uno\\n\\n**dos** tres [1, 2].\\n- a [3]\\n- b\\n1. c\\n2. d\\r\\n2016-09-20 fin';"
        "const draw = (size) => { const element = document.createElement('div');"
        " const writer = new AnswerWriter(element, id => Object.assign(document.createElement('i'), {textContent: id}));"
        " for (let end = size; end < text.length; end += size) writer.write(text.slice(0, end));"
        " writer.write(text); return element.innerHTML; };"
        f"return [draw({cuts}), draw(text.length)]; }})()"
    )
    assert drawn[0] == drawn[1]
    assert drawn[1].startswith('<p class="heading">Uno</p><p><strong>dos</strong> tres <i>1</i><i>2</i>.</p><ul><li>a')


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


async def test_most_sessions(console: Console, page: Page) -> None:
    """No more than eight sessions are open at once, and a closed one makes room."""
    await console.open()
    for _ in range(7):
        await page.click("#new-session")
    assert await page.evaluate("document.getElementById('new-session').disabled")
    await page.click("#session-list li:first-child .icon")
    await page.until("!document.getElementById('new-session').disabled")
    assert await page.evaluate("document.querySelectorAll('#session-list li').length") == 7
