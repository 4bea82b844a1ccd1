import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.speech.wav import HEADER_BYTES, MOST_DATA_BYTES, wav_file, wav_header


@given(st.binary(max_size=2000).map(lambda data: data[: len(data) // 2 * 2]), st.sampled_from([8000, 16_000, 24_000]))
def test_others_read_what_is_written(pcm: bytes, rate: int) -> None:
    """The standard library finds the same samples, rate and form."""
    with wave.open(io.BytesIO(wav_file(pcm, rate))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, rate)
        assert file.readframes(file.getnframes()) == pcm


def test_a_file_has_a_length_that_fits() -> None:
    """The header says it in 32 bits."""
    assert len(wav_header(16_000, MOST_DATA_BYTES)) == HEADER_BYTES
    with pytest.raises(ValueError, match="do not fit"):
        wav_header(16_000, MOST_DATA_BYTES + 1)
