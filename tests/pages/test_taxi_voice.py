"""The taxi's page, spoken to: a real browser's microphone, real sockets to providers that follow a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import trio

from smarthealth.speech.espeak import find_espeak
from smarthealth.speech.wav import wav_file
from smarthealth.testing.assemblyai import open_assemblyai
from smarthealth.testing.cartesia import open_cartesia
from smarthealth.testing.speech import Heard, Said
from tests.pages.conftest import Server, launched, offline_server
from tests.pages.test_taxi import open_taxi
from tests.speech.synthesis import synthesised

if TYPE_CHECKING:
    from tests.pages.conftest import Page

RATE_HZ = 24_000
FIRST = "hola necesito un taxi"
SECOND = "a la calle setenta y dos número cuarenta y tres veinticinco"
WATCHED = """
window.partials = []; window.sent = [];
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) { sent.push(typeof data === "string" ? JSON.parse(data).type : "audio"); return send.call(this, data); };
addEventListener("DOMContentLoaded", () => new MutationObserver(() => partials.push(document.getElementById("partial").textContent))
  .observe(document.getElementById("partial"), { childList: true, characterData: true, subtree: true }));
"""
LISTED = "[...document.querySelectorAll('#event-list b')].some((one) => one.textContent.startsWith('{kind}'))"


async def _recording(path: Path) -> None:
    """A microphone's view: quiet, a sentence, quiet while the answer begins, a second sentence over it, and quiet."""
    said = [await synthesised(text, RATE_HZ) for text in (FIRST, SECOND)]
    quiet = bytes(2 * RATE_HZ)
    pcm = np.frombuffer(quiet + said[0] + quiet * 5 + said[1] + quiet * 30, "<i2").astype(np.float64)
    noisy = pcm + np.random.default_rng(3).normal(scale=40, size=len(pcm))
    await trio.Path(path).write_bytes(wav_file(np.clip(noisy, -32768, 32767).astype("<i2").tobytes(), RATE_HZ))


@pytest.fixture
async def spoken(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Page, Server]]:
    """A tab whose microphone hears a recording, and a server that hears and speaks."""
    if find_espeak() is None:
        pytest.skip("espeak-ng is not installed")
    folder = tmp_path_factory.mktemp("voice")
    recording = folder / "said.wav"
    await _recording(recording)
    slow = Said(character_seconds=0.15, first_delay=0.02)
    async with AsyncExitStack() as stack:
        hearing = await stack.enter_async_context(open_assemblyai())
        speaking = await stack.enter_async_context(open_cartesia(rule=lambda text: slow))
        hearing.script(Heard(text=FIRST, word_seconds=0.2), Heard(text=SECOND, word_seconds=0.1))
        speech = {
            "ASSEMBLYAI_API_KEY": "scripted-key",
            "ASSEMBLYAI_URL": hearing.url,
            "CARTESIA_API_KEY": "scripted-key",
            "CARTESIA_URL": speaking.url,
        }
        served = offline_server(folder / "data", **speech)
        server = await trio.to_thread.run_sync(stack.enter_context, served)
        profile = tmp_path_factory.mktemp("chromium")
        browser = launched(chromium, profile, f"--use-file-for-fake-audio-capture={recording}%noloop")
        page = await stack.enter_async_context(stack.enter_context(browser).open_page())
        yield page, server


async def test_a_passenger_speaks(spoken: tuple[Page, Server]) -> None:
    """What is said is seen while it is said, the answer is played and spoken over, and the next agent takes the address."""
    page, server = spoken
    await page.before_scripts(WATCHED)
    await open_taxi(page, server)
    await page.click("#speak")
    await page.click("#microphone")
    await page.until_text(".turn:nth-child(1) .asked", FIRST)
    await page.until(LISTED.format(kind="tts_chunk"))
    await page.until_text("#latency", "ms")
    await page.until("sent.includes('playback')")
    await page.until(LISTED.format(kind="interrupted"))
    await page.until_text(".turn:nth-child(2) .asked", SECOND)
    assert await page.evaluate(f"partials.some((one) => one && {SECOND!r}.startsWith(one))")
    assert await page.text(".turn:nth-child(1) .reply > p:last-child") != ""
    await page.until_text(".turn:nth-child(2) .text", "Calle 72 # 43-25")
    assert "Dirección" in await page.text("#agents [aria-current]")
    assert await page.evaluate("document.getElementById('microphone').getAttribute('aria-pressed')") == "true"
    pieces = "[...document.querySelectorAll('#event-list b')].filter((one) => one.textContent.startsWith('tts_chunk')).length"
    assert await page.evaluate(pieces) < 12
    await page.click("#microphone")
    await page.until("sent.at(-1) === 'audio_end' || sent.includes('audio_end')")
    assert await page.low_contrast() == []
    assert page.unexpected() == []
