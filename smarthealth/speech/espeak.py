"""Speech by espeak-ng on this machine: no key, no network, and the voice of a machine."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import trio

from .errors import SpeechCut, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from .ports import SPEAKING_RATE_HZ, SpeechLanguage
from .wav import HEADER_BYTES

if TYPE_CHECKING:
    from .resampling import Resampler

PROGRAM: Final = "espeak-ng"
VOICES: Final[dict[SpeechLanguage, str]] = {"es": "es-419", "en": "en-us"}
MOST_TEXT: Final = 4000
"""Characters of one text."""
MOST_PROCESSES: Final = 8
"""That speak at once; more wait."""
_READ_SIZE: Final = 8192
_KILL_TIMEOUT: Final = 1.0


def find_espeak() -> str | None:
    """The program's path, None where it is not installed."""
    return shutil.which(PROGRAM)


class EspeakTextToSpeech:
    """`TextToSpeech` by one process for each text.

    Args:
        program: Path of espeak-ng.
        words_per_minute: How fast it speaks.
        most_processes: That speak at once.
    """

    def __init__(self, program: str, *, words_per_minute: int = 165, most_processes: int = MOST_PROCESSES) -> None:
        self._program = program
        self._speed = words_per_minute
        self._limiter = trio.CapacityLimiter(most_processes)
        self.name = PROGRAM

    @asynccontextmanager
    async def open_voice(self, language: SpeechLanguage, voice: str | None = None) -> AsyncIterator[_EspeakVoice]:
        """Get ready to speak; see `TextToSpeech.open_voice`."""
        name = voice or VOICES[language]
        if not name.replace("-", "").replace("+", "").replace("_", "").isalnum():
            raise SpeechRefused("no such voice")  # it is given to a program
        command = [self._program, "-v", name, "-s", str(self._speed), "--stdin", "--stdout", "-b", "1"]
        yield _EspeakVoice(command, self._limiter)


class _EspeakVoice:
    def __init__(self, command: list[str], limiter: trio.CapacityLimiter) -> None:
        self._command = command
        self._limiter = limiter

    @asynccontextmanager
    async def open_speech(self, text: str) -> AsyncIterator[AsyncIterator[bytes]]:
        if len(text) > MOST_TEXT:
            raise SpeechRefused("the text is too long")
        async with self._limiter, _open_process(self._command) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                async with process.stdin as stdin:
                    await stdin.send_all(text.encode())
            except trio.BrokenResourceError:
                raise SpeechUnavailable("espeak-ng ended before it had the text") from None
            yield _Audio(process.stdout)


@asynccontextmanager
async def _open_process(command: list[str]) -> AsyncIterator[trio.Process]:
    """Run a program; leaving kills it."""
    try:
        process = await trio.lowlevel.open_process(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise SpeechUnavailable("espeak-ng does not start", code=type(error).__name__) from None
    try:
        yield process
    finally:
        process.kill()
        with trio.move_on_after(_KILL_TIMEOUT, shield=True):
            await process.wait()
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                await stream.aclose()


class _Audio:
    """The samples of a WAV file that is being written, at our rate."""

    def __init__(self, stream: trio.abc.ReceiveStream) -> None:
        self._stream = stream
        self._resampler: Resampler | None = None
        self._ended = False

    def __aiter__(self) -> _Audio:
        return self

    async def __anext__(self) -> bytes:
        while not self._ended:
            if self._resampler is None:
                self._resampler = await self._read_header()
            data = bytes(await self._stream.receive_some(_READ_SIZE))
            self._ended = not data
            piece = self._resampler.feed(data) if data else self._resampler.finish()
            if piece:
                return piece
        raise StopAsyncIteration

    async def _read_header(self) -> Resampler:
        from .resampling import Resampler  # loads numpy, which only who speaks should pay

        header = b""
        while len(header) < HEADER_BYTES:
            data = await self._stream.receive_some(HEADER_BYTES - len(header))
            if not data:
                raise SpeechCut("espeak-ng ended without a word")
            header += data
        rate = int.from_bytes(header[24:28], "little")
        if header[:4] != b"RIFF" or header[22:24] != b"\x01\x00" or header[34:36] != b"\x10\x00":
            raise SpeechProtocolError("espeak-ng writes no mono PCM of 16 bits")
        try:
            return Resampler(rate, SPEAKING_RATE_HZ)
        except ValueError:
            raise SpeechProtocolError("espeak-ng writes at a strange rate") from None
