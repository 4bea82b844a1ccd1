import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from smarthealth.speech.errors import SpeechCut, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from smarthealth.speech.espeak import EspeakTextToSpeech, find_espeak
from smarthealth.speech.ports import SPEAKING_RATE_HZ, TextToSpeech
from smarthealth.speech.wav import wav_file, wav_header
from smarthealth.testing.speech_conformance import check_text_to_speech


def _program(folder: Path, script: str) -> str:
    path = folder / "speaker"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def _wav(folder: Path, data: bytes) -> str:
    (folder / "said.wav").write_bytes(data)
    return _program(folder, f"cat > /dev/null; cat {folder}/said.wav; sleep 0.05; printf x; sleep 0.05")


async def _say(program: str, text: str = "hola", voice: str | None = None) -> bytes:
    async with EspeakTextToSpeech(program).open_voice("es", voice) as speaker, speaker.open_speech(text) as audio:
        return b"".join([piece async for piece in audio])


@pytest.mark.skipif(find_espeak() is None, reason="espeak-ng is not installed")
async def test_the_real_program_keeps_the_rules_of_the_port() -> None:
    """Several texts after another, broken off and cancelled."""

    @asynccontextmanager
    async def open_port() -> AsyncIterator[TextToSpeech]:
        program = find_espeak()
        assert program is not None
        yield EspeakTextToSpeech(program)

    await check_text_to_speech(open_port)


async def test_audio_is_resampled(tmp_path: Path) -> None:
    """Half a second stays half a second at another rate."""
    audio = await _say(_wav(tmp_path, wav_file(bytes(22_050), 22_050)))
    assert len(audio) // 2 == pytest.approx(SPEAKING_RATE_HZ / 2, abs=2)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", SpeechCut),
        (b"RIFX" + wav_header(22_050, 0)[4:] + bytes(9), SpeechProtocolError),
        (wav_header(22_051, 0) + bytes(9), SpeechProtocolError),
    ],
)
async def test_what_is_no_wav_file_is_an_error(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    """A program that writes something else is not played."""
    with pytest.raises(error):
        await _say(_wav(tmp_path, data))


async def test_a_program_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """So is one that ends at once."""
    with pytest.raises(SpeechUnavailable, match="does not start"):
        await _say(str(tmp_path / "nothing"))
    with pytest.raises((SpeechUnavailable, SpeechCut)):
        await _say(_program(tmp_path, "exec <&-; exit 1"), "x" * 4000)


async def test_a_text_that_does_not_go_in_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that broke is no traceback."""
    program = _program(tmp_path, "exec <&-; sleep 5")
    monkeypatch.setattr("smarthealth.speech.espeak.MOST_TEXT", 1_000_000)
    with pytest.raises(SpeechUnavailable, match="before it had the text"):
        await _say(program, "x" * 500_000)


async def test_names_of_voices_are_no_options() -> None:
    """What a client names is given to a program, so it is looked at first; long texts are refused too."""
    with pytest.raises(SpeechRefused, match="voice"):
        await _say("espeak-ng", voice="../x")
    with pytest.raises(SpeechRefused, match="long"):
        await _say("espeak-ng", "x" * 5000)


async def test_leaving_kills_the_program(tmp_path: Path) -> None:
    """A speech that is interrupted leaves no process behind."""
    program = _program(tmp_path, f"cat > /dev/null; echo $$ > {tmp_path}/pid; cat {tmp_path}/said.wav; exec sleep 60")
    (tmp_path / "said.wav").write_bytes(wav_file(bytes(22_050), 22_050))
    with trio.fail_after(10):
        async with EspeakTextToSpeech(program).open_voice("es") as voice, voice.open_speech("hola") as audio:
            await anext(audio)
            pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
