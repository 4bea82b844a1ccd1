import json
import os
import time
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
import trio
import trio.testing
from trio.testing import MockClock

from smarthealth.actors import ChildSpec, open_system
from smarthealth.apps.taxi.voice.recordings import MOST_WAITING, SWEEP_INTERVAL, Recordings, Spoken
from smarthealth.apps.taxi.voice.settings import MIB, VoiceSettings

NOW = datetime.now(UTC)
SAID = Spoken(thread="una/../hebra", who="user", text="Hola", pcm=bytes(32_000), rate_hz=16_000)

MOST_LOOKS = 2000


@asynccontextmanager
async def _serving(recordings: Recordings) -> AsyncIterator[None]:
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="recordings", start=recordings.serve))
        yield
        await _written()


async def _written() -> None:
    """Real threads write: give them real moments."""
    for _ in range(50):
        await trio.to_thread.run_sync(lambda: None)
        await trio.testing.wait_all_tasks_blocked()


async def _until(is_so: Callable[[], bool]) -> None:
    """Wait for what a thread does to a disk that others use too."""
    for _ in range(MOST_LOOKS):
        if is_so():
            return
        await trio.to_thread.run_sync(time.sleep, 0.005)
    pytest.fail("never so")


def _files(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[2] or path.name for path in folder.rglob("*") if path.is_file())


def _open(folder: Path, settings: VoiceSettings | None = None, now: datetime = NOW) -> Recordings:
    return Recordings(folder, settings or VoiceSettings(), lambda: now)


async def test_what_is_said_is_a_file_and_a_line(tmp_path: Path) -> None:
    """In a folder whose name nobody chooses; others read the audio."""
    recordings = _open(tmp_path)
    async with _serving(recordings):
        assert recordings.enabled
        assert recordings.days == 30
        assert recordings.keep(SAID)
        assert recordings.keep(attrs.evolve(SAID, who="agent", rate_hz=24_000))
        assert not recordings.keep(attrs.evolve(SAID, pcm=b""))
    folder = recordings.folder_of(SAID.thread)
    assert folder.parent == tmp_path / "recordings"
    assert _files(folder) == ["agent.wav", "transcript.jsonl", "user.wav"]
    lines = [json.loads(line) for line in (folder / "transcript.jsonl").read_text().splitlines()]
    assert [(line["who"], line["text"], line["seconds"]) for line in lines] == [
        ("user", "Hola", 1.0),
        ("agent", "Hola", 0.667),
    ]
    with wave.open(str(folder / lines[0]["file"])) as file:
        assert file.getnframes() == 16_000


async def test_a_thread_and_all_of_them_are_bounded(tmp_path: Path) -> None:
    """What would be too much is not written."""
    recordings = _open(tmp_path, VoiceSettings(recording_minutes=1.5 / 60, recordings_size=MIB))
    async with _serving(recordings):
        assert recordings.keep(SAID)
        assert recordings.keep(SAID)
        assert recordings.keep(attrs.evolve(SAID, thread="otra", pcm=bytes(MIB)))
    assert _files(tmp_path) == ["transcript.jsonl", "user.wav"]


async def test_who_waits_too_long_is_dropped(tmp_path: Path) -> None:
    """Nobody who speaks waits for a disk."""
    recordings = _open(tmp_path)
    assert all(recordings.keep(SAID) for _ in range(MOST_WAITING))
    assert not recordings.keep(SAID)
    assert not _open(tmp_path, VoiceSettings(recordings=False)).keep(SAID)


async def test_what_waits_is_written_when_the_server_stops(tmp_path: Path) -> None:
    """Nobody's words are lost to a restart."""
    recordings = _open(tmp_path)
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="recordings", start=recordings.serve))
        for number in range(20):
            assert recordings.keep(attrs.evolve(SAID, thread=str(number)))
    assert len(_files(tmp_path)) == 40


async def test_a_disk_that_refuses_stops_nobody(tmp_path: Path) -> None:
    """It is logged, and the next one is tried."""
    (tmp_path / "recordings").write_text("no folder")
    recordings = _open(tmp_path)
    async with _serving(recordings):
        assert recordings.keep(SAID)


async def test_what_is_old_is_deleted(tmp_path: Path, mock_clock: MockClock) -> None:
    """At the start and every hour: files first, their lines, and folders that are empty then."""
    clock = [NOW]
    recordings = Recordings(tmp_path, VoiceSettings(recording_days=1.0), lambda: clock[0])
    old, both = recordings.folder_of("old"), recordings.folder_of("both")
    for folder, names in ((old, ["a"]), (both, ["a", "b"])):
        folder.mkdir(parents=True)
        lines = [json.dumps({"file": f"x-{name}.wav", "seconds": 1.0}) for name in names]
        (folder / "transcript.jsonl").write_text("\n".join(lines) + "\n")
        for name in names:
            (folder / f"x-{name}.wav").write_bytes(b"wav")
    for path in (old / "x-a.wav", both / "x-a.wav"):
        os.utime(path, times=((NOW - timedelta(days=2)).timestamp(),) * 2)
    async with _serving(recordings):
        await _written()
        assert not old.exists()
        assert _files(both) == ["b.wav", "transcript.jsonl"]
        assert len((both / "transcript.jsonl").read_text().splitlines()) == 1
        mock_clock.jump(SWEEP_INTERVAL + 1)
        await _written()
        assert _files(both) == ["b.wav", "transcript.jsonl"]
        clock[0] = NOW + timedelta(days=2)
        mock_clock.jump(SWEEP_INTERVAL + 1)
        await _until(lambda: not both.exists())


@pytest.mark.parametrize("thread", ["", "../../etc", "x" * 500])
def test_threads_name_no_files(tmp_path: Path, thread: str) -> None:
    """Whatever a client calls its thread."""
    folder = _open(tmp_path).folder_of(thread)
    assert folder.parent == tmp_path / "recordings"
    assert len(folder.name) == 32
