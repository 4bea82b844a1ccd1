"""Recordings of threads whose people have agreed: a WAV file for each utterance and each answer, and a transcript.

    recordings/THREAD/20261121T081500.123-user.wav
    recordings/THREAD/transcript.jsonl

One actor writes and deletes them, so that nobody who speaks waits for a disk. What a thread may take, and all of them, is bounded;
what is older than the days it may be kept is deleted, at the start and every hour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import attrs
import msgspec
import structlog
import trio

from smarthealth.actors import Context
from smarthealth.speech.ports import SAMPLE_BYTES
from smarthealth.speech.wav import wav_file

from .settings import DAY, VoiceSettings

FOLDER: Final = "recordings"
TRANSCRIPT: Final = "transcript.jsonl"
MOST_WAITING: Final = 64
"""Utterances and answers that wait to be written."""
LAST_WRITES: Final = 3.0
"""Seconds to write what waits when the server stops."""
SWEEP_INTERVAL: Final = 3600.0
"""Seconds."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen(kw_only=True)
class Spoken:
    """What was said, by the person or by the agent."""

    thread: str
    who: Literal["user", "agent"]
    text: str
    pcm: bytes
    rate_hz: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.pcm) / (self.rate_hz * SAMPLE_BYTES)


class Recordings:
    """Keeps what it is given.

    Args:
        folder: Of the server's data.
        settings: How much, and for how long.
        now: The time of day.
    """

    def __init__(self, folder: Path, settings: VoiceSettings, now: Callable[[], datetime]) -> None:
        self._folder = folder / FOLDER
        self._settings = settings
        self._now = now
        self._send, self._receive = trio.open_memory_channel[Spoken](MOST_WAITING)
        self._size = 0
        """Bytes of all recordings."""

    @property
    def enabled(self) -> bool:
        """Whether anybody is recorded."""
        return self._settings.recordings

    @property
    def days(self) -> float:
        """How long a recording is kept."""
        return self._settings.recording_days

    def folder_of(self, thread: str) -> Path:
        """Where the recordings of a thread are; its id, which a client chose, is no name of a file."""
        return self._folder / hashlib.sha256(thread.encode()).hexdigest()[:32]

    def keep(self, spoken: Spoken) -> bool:
        """Have it written, soon; False when it is not."""
        if not self.enabled or not spoken.pcm:
            return False
        try:
            self._send.send_nowait(spoken)
        except trio.WouldBlock:
            log.warning("recording_dropped", reason="busy")
            return False
        return True

    async def serve(self, context: Context) -> None:
        """Write what comes, and delete what is old."""
        await trio.to_thread.run_sync(self._sweep)
        context.started()
        try:
            await self._write_and_sweep()
        finally:
            with trio.move_on_after(LAST_WRITES, shield=True):
                while self._receive.statistics().current_buffer_used:
                    await self._write_safely(self._receive.receive_nowait())

    async def _write_and_sweep(self) -> None:
        swept = trio.current_time()
        while True:
            spoken = None
            with trio.move_on_at(swept + SWEEP_INTERVAL):
                spoken = await self._receive.receive()
            if spoken is not None:
                await self._write_safely(spoken)
            else:
                await trio.to_thread.run_sync(self._sweep)
                swept = trio.current_time()

    async def _write_safely(self, spoken: Spoken) -> None:
        try:
            with trio.move_on_after(LAST_WRITES, shield=True):  # what was taken from the queue is nowhere else
                await trio.to_thread.run_sync(self._write, spoken)
        except OSError as error:
            log.warning("recording_failed", error=type(error).__name__)

    def _write(self, spoken: Spoken) -> None:
        folder = self.folder_of(spoken.thread)
        most = self._settings.recording_minutes * 60
        kept = _seconds_of(folder / TRANSCRIPT)
        data = wav_file(spoken.pcm, spoken.rate_hz)
        if kept + spoken.seconds > most or self._size + len(data) > self._settings.recordings_size:
            log.warning("recording_dropped", reason="full")
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        moment = self._now()
        name = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}-{spoken.who}.wav"
        (folder / name).write_bytes(data)
        line = {
            "at": moment.isoformat(timespec="milliseconds"),
            "who": spoken.who,
            "text": spoken.text,
            "file": name,
            "seconds": round(spoken.seconds, 3),
        }
        with (folder / TRANSCRIPT).open("ab") as transcript:
            transcript.write(msgspec.json.encode(line) + b"\n")
        self._size += len(data)

    def _sweep(self) -> None:
        """Delete what is old, and add up the rest."""
        oldest = self._now().timestamp() - self._settings.recording_days * DAY
        size = 0
        for folder in self._folder.glob("*"):
            files = [(path, path.stat()) for path in folder.glob("*.wav")]
            for path, stat in files:
                if stat.st_mtime < oldest:
                    path.unlink(missing_ok=True)
                else:
                    size += stat.st_size
            if all(stat.st_mtime < oldest for _, stat in files):
                (folder / TRANSCRIPT).unlink(missing_ok=True)
                folder.rmdir()
            else:
                _forget_lines(folder)
        self._size = size


class _Line(msgspec.Struct):
    file: str
    seconds: float


def _lines(path: Path) -> list[tuple[_Line, bytes]]:
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines(keepends=True)
    return [(msgspec.json.decode(line, type=_Line), line) for line in lines]


def _seconds_of(transcript: Path) -> float:
    return sum(line.seconds for line, _ in _lines(transcript))


def _forget_lines(folder: Path) -> None:
    """Leave in the transcript what has its recording still."""
    lines = _lines(folder / TRANSCRIPT)
    kept = [raw for line, raw in lines if (folder / line.file).exists()]
    if len(kept) < len(lines):
        (folder / TRANSCRIPT).write_bytes(b"".join(kept))
