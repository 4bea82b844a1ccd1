"""Opus in WebM or Ogg, as a browser's MediaRecorder makes it, decoded while it comes, by FFmpeg through PyAV.

Each stream has a thread of its own that reads what has come, decodes it and hands on PCM at 16 kHz; there is a bound to such
threads, to what may wait in front of one, and to what one may hand on before it is taken. Nothing but these two containers and
this one codec is opened, whatever the bytes say.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Literal

import trio

from .errors import SpeechProtocolError, SpeechUnavailable
from .ports import HEARING_RATE_HZ

Container = Literal["webm", "ogg"]

MOST_STREAMS: Final = 64
"""Threads that decode."""
MOST_WAITING: Final = 1024 * 1024
"""Bytes that came and are not decoded yet."""
_MOST_PIECES: Final = 32
"""Pieces of audio that are decoded and not taken yet."""
_QUICK: Final = {"probesize": "4096", "analyzeduration": "0", "fflags": "nobuffer"}
"""Begin with the first packet instead of looking at five seconds of audio."""


class _Pipe:
    """Bytes from the event loop to a thread that reads them like a file."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = bytearray()
        self._ended = False

    def write(self, data: bytes) -> bool:
        """Add bytes; False when too many wait already."""
        with self._changed:
            if len(self._waiting) + len(data) > MOST_WAITING:
                return False
            self._waiting += data
            self._changed.notify()
            return True

    def end(self, *, drop: bool = False) -> None:
        with self._changed:
            self._ended = True
            if drop:
                self._waiting.clear()
            self._changed.notify()

    def read(self, size: int) -> bytes:
        with self._changed:
            while not self._waiting and not self._ended:
                self._changed.wait()
            data = bytes(self._waiting[:size])
            del self._waiting[:size]
            return data


class OpusDecoder:
    """A stream that is being decoded; run by a `DecoderPool`."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._pipe = _Pipe()
        self._send, self.audio = trio.open_memory_channel[bytes](_MOST_PIECES)
        """PCM at 16 kHz; ends with the file, or where it cannot be decoded."""
        self.failed = False
        """Whether the file could not be decoded to its end."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the file.

        Raises:
            SpeechProtocolError: They come faster than they can be decoded, or are no Opus.
        """
        if self.failed:
            raise SpeechProtocolError("the audio cannot be decoded")
        if not self._pipe.write(data):
            raise SpeechProtocolError("more audio waits than may")

    def finish(self) -> None:
        """The file has ended."""
        self._pipe.end()

    def drop(self) -> None:
        """Nobody wants the rest."""
        self._pipe.end(drop=True)

    async def run(self, limiter: trio.CapacityLimiter) -> None:
        """Decode until the file ends; what cannot be decoded ends the audio."""
        with self._send:
            self.failed = not await trio.to_thread.run_sync(self._decode, limiter=limiter)

    def _decode(self) -> bool:
        import av  # loads FFmpeg: fifty milliseconds that only who needs it should pay

        try:
            with av.open(self._pipe, "r", format=_FORMATS[self._container], options=_QUICK) as file:
                streams = file.streams.audio
                if not streams or streams[0].codec_context.name not in {"opus", "libopus"}:
                    return False
                resampler = av.AudioResampler(format="s16", layout="mono", rate=HEARING_RATE_HZ)
                for frame in file.decode(streams[0]):
                    for piece in resampler.resample(frame):
                        trio.from_thread.run(self._hand_on, piece.to_ndarray().tobytes())
                return True
        except (av.FFmpegError, ValueError):
            return False

    async def _hand_on(self, pcm: bytes) -> None:
        try:
            await self._send.send(pcm)
        except trio.BrokenResourceError:
            self._pipe.end(drop=True)


_FORMATS: Final = {"webm": "matroska", "ogg": "ogg"}


class DecoderPool:
    """Decodes so many streams at a time, and no more."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._limiter = trio.CapacityLimiter(most)

    @asynccontextmanager
    async def open_decoder(self, container: Container) -> AsyncIterator[OpusDecoder]:
        """Decode one file.

        Raises:
            SpeechUnavailable: So many are being decoded already.

        Cancellation:
            Drops what is not decoded yet; waits for the thread, which ends then.
        """
        decoder = OpusDecoder(container)
        async with self.running(decoder):
            yield decoder

    @asynccontextmanager
    async def running(self, decoder: OpusDecoder) -> AsyncIterator[None]:
        """Run a decoder beside the block; as for `open_decoder`."""
        if self._limiter.available_tokens < 1:
            raise SpeechUnavailable("too many streams are being decoded")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(decoder.run, self._limiter)
            try:
                yield
            finally:
                decoder.drop()
                decoder.audio.close()
