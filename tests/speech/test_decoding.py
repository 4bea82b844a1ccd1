import io
from collections.abc import Sequence

import av
import numpy as np
import pytest
import trio

from smarthealth.speech.decoding import MOST_WAITING, Container, DecoderPool
from smarthealth.speech.errors import SpeechProtocolError, SpeechUnavailable


def _recording(container: str, codec: str = "libopus", seconds: float = 1.0) -> bytes:
    """A file as a browser's MediaRecorder would make it, of a tone."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        samples = (np.sin(np.arange(int(48_000 * seconds)) * 2 * np.pi * 440 / 48_000) * 12_000).astype(np.int16)
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48_000, start
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return buffer.getvalue()


async def _decode(container: Container, pieces: Sequence[bytes]) -> tuple[bytes, bool]:
    with trio.fail_after(20):
        async with DecoderPool().open_decoder(container) as decoder:
            for piece in pieces:
                decoder.feed(piece)
            decoder.finish()
            audio = b"".join([pcm async for pcm in decoder.audio])
            return audio, decoder.failed


@pytest.mark.parametrize("container", ["webm", "ogg"])
async def test_recordings_become_pcm(container: Container) -> None:
    """A tone of a second is a tone of a second at 16 kHz, however its file was cut."""
    data = _recording(container)
    audio, failed = await _decode(container, [data[start : start + 100] for start in range(0, len(data), 100)])
    samples = np.frombuffer(audio, "<i2")
    spectrum = np.abs(np.fft.rfft(samples[4000:12_000].astype(float)))
    assert not failed
    assert len(samples) == pytest.approx(16_000, abs=800)
    assert int(spectrum.argmax()) * 2 == pytest.approx(440, abs=4)


async def test_audio_comes_before_the_file_is_whole() -> None:
    """What is said can be transcribed while it is said."""
    data = _recording("webm", seconds=3.0)
    with trio.fail_after(20):
        async with DecoderPool().open_decoder("webm") as decoder:
            decoder.feed(data[: len(data) // 3])
            assert await decoder.audio.receive()
            with trio.move_on_after(0.3):
                async for pcm in decoder.audio:
                    assert pcm


@pytest.mark.parametrize("data", [b"nonsense " * 5000, b"", _recording("wav", "pcm_s16le"), _recording("ogg")])
async def test_other_files_are_not_opened(data: bytes) -> None:
    """Neither what is no file at all, nor one of another kind."""
    assert await _decode("webm", [data]) == (b"", True)


async def test_other_codecs_are_not_opened() -> None:
    """The container is right, its content is not."""
    assert await _decode("webm", [_recording("matroska", "pcm_s16le")]) == (b"", True)


async def test_what_cannot_be_decoded_is_refused_from_then_on() -> None:
    """And so is more than may wait."""
    with trio.fail_after(20):
        async with DecoderPool().open_decoder("ogg") as decoder:
            decoder.feed(b"nonsense " * 5000)
            decoder.finish()
            assert [pcm async for pcm in decoder.audio] == []
            await trio.testing.wait_all_tasks_blocked()
            with pytest.raises(SpeechProtocolError, match="cannot be decoded"):
                decoder.feed(b"more")
        async with DecoderPool().open_decoder("ogg") as decoder:
            with pytest.raises(SpeechProtocolError, match="more audio waits"):
                decoder.feed(bytes(MOST_WAITING + 1))


async def test_leaving_ends_the_thread() -> None:
    """In the middle of a file, waiting for more of it or for somebody to take what came."""
    data = _recording("webm", seconds=5.0)
    with trio.fail_after(20):
        for part in (2000, len(data)):
            async with DecoderPool().open_decoder("webm") as decoder:
                decoder.feed(data[:part])
                await decoder.audio.receive()


async def test_so_many_streams_and_no_more() -> None:
    """One more is refused instead of waiting while somebody speaks."""
    pool = DecoderPool(most=1)
    with trio.fail_after(20):
        async with pool.open_decoder("webm"):
            await trio.testing.wait_all_tasks_blocked()
            with pytest.raises(SpeechUnavailable):
                async with pool.open_decoder("webm"):
                    pass
