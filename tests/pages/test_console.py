"""The console: patients, questions, answers, sources, several sessions."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from tests.pages.conftest import Console, Page, Server

STATES = "JSON.stringify([...document.querySelectorAll('#session-list li')].map(item => item.className))"
MEDICATIONS = "¿Qué medicamentos toma para la presión?"


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


UNSEARCHED = """(async () => {
  const { Log } = await import("/pages/console/turns.js");
  const turn = { question: "q", answer: "a", done: true, confidence: 0.9, sources: [], records: 1, passages: 0, searched: %s };
  new Log({}).show({ patient: {}, turns: [turn] });
  return document.querySelector("#log .unsearched")?.textContent ?? "";
})()"""


async def test_that_nothing_was_searched_is_said(console: Console, page: Page) -> None:
    """An answer that rests on the database alone says so quietly; another says nothing of it."""
    await console.open()
    assert "solo en la base de datos" in await page.evaluate(UNSEARCHED % "false")
    assert await page.evaluate(UNSEARCHED % "true") == ""


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


async def test_any_cut_of_an_answer(console: Console, page: Page) -> None:
    """However an answer is cut into tokens, it is drawn as if it had come whole."""
    await page.open(f"{console.server.url}/")
    cut, whole = await page.evaluate(
        "(async () => { const {AnswerWriter} = await import('/pages/console/answer.js');"
        "const text = '# Uno\\n\\n**dos** tres [1, 2].\\n- a [3]\\n- b\\n1. c\\n2. d\\r\\n2016-09-20 fin';"
        "const draw = (size) => { const element = document.createElement('div');"
        " const writer = new AnswerWriter(element, id => Object.assign(document.createElement('i'), {textContent: id}));"
        " for (let end = size; end < text.length; end += size) writer.write(text.slice(0, end));"
        " writer.write(text); return element.innerHTML; };"
        "return [[1, 2, 3, 5, 7, 11].map(draw), draw(text.length)]; })()"
    )
    assert set(cut) == {whole}
    assert whole.startswith(
        '<p class="heading">Uno</p><p><strong>dos</strong> tres <span class="keep"><i>1</i><i>2</i>.</span></p>'
    )


async def test_most_sessions(console: Console, page: Page) -> None:
    """No more than eight sessions are open at once, and a closed one makes room."""
    await console.open()
    for _ in range(7):
        await page.click("#new-session")
    assert await page.evaluate("document.getElementById('new-session').disabled")
    await page.click("#session-list li:first-child .icon")
    await page.until("!document.getElementById('new-session').disabled")
    assert await page.evaluate("document.querySelectorAll('#session-list li').length") == 7
