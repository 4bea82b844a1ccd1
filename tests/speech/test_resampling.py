import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthealth.speech.resampling import Resampler

RATES = st.sampled_from([8000, 16_000, 22_050, 24_000, 44_100, 48_000])


def _tone(rate: int, seconds: float = 0.5, hz: float = 440.0) -> bytes:
    samples = 12_000 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)
    return bytes(samples.astype("<i2").tobytes())


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22_050, 24_000), (48_000, 16_000), (8000, 24_000), (24_000, 16_000)])
def test_a_tone_stays_the_tone(from_hz: int, to_hz: int) -> None:
    """Same pitch, same loudness, same place in time."""
    resampler = Resampler(from_hz, to_hz)
    came = np.frombuffer(resampler.feed(_tone(from_hz)) + resampler.finish(), "<i2")
    wanted = np.frombuffer(_tone(to_hz), "<i2")
    assert abs(len(came) - len(wanted)) <= 1
    inner = slice(200, -200)
    assert np.abs(came[: len(wanted)][inner].astype(int) - wanted[: len(came)][inner]).max() < 120


def test_what_the_slower_rate_cannot_hold_is_filtered_out() -> None:
    """A high tone does not come back as a low one."""
    resampler = Resampler(48_000, 16_000)
    came = np.frombuffer(resampler.feed(_tone(48_000, hz=12_000)), "<i2")
    assert np.abs(came[200:].astype(int)).max() < 200


@settings(deadline=None, max_examples=40)
@given(RATES, RATES, st.binary(max_size=3000), st.lists(st.integers(0, 3000), max_size=8))
def test_pieces_make_no_difference(from_hz: int, to_hz: int, pcm: bytes, splits: list[int]) -> None:
    """However the audio is cut, even within a sample, the same comes out, about as long as it should be."""
    whole, cut = Resampler(from_hz, to_hz), Resampler(from_hz, to_hz)
    bounds = [0, *sorted(min(split, len(pcm)) for split in splits), len(pcm)]
    pieces = [cut.feed(pcm[start:end]) for start, end in itertools.pairwise(bounds)]
    expected = whole.feed(pcm) + whole.finish()
    assert b"".join(pieces) + cut.finish() == expected
    assert abs(len(expected) // 2 - len(pcm) // 2 * to_hz / from_hz) <= 1


@pytest.mark.parametrize(("from_hz", "to_hz"), [(0, 16_000), (16_000, -1), (16_001, 24_000)])
def test_strange_rates_are_refused(from_hz: int, to_hz: int) -> None:
    """No filter of a million phases is built because somebody says so."""
    with pytest.raises(ValueError, match=r"rates|phases"):
        Resampler(from_hz, to_hz)
