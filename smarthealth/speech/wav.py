"""WAV files: RIFF, PCM of 16 bits, mono."""

from __future__ import annotations

import struct
from typing import Final

from .ports import SAMPLE_BYTES

HEADER_BYTES: Final = 44
MOST_DATA_BYTES: Final = 2**32 - 1 - HEADER_BYTES
"""A RIFF file says its length in 32 bits."""
_PCM: Final = 1
_MONO: Final = 1
_BITS: Final = 16


def wav_header(rate_hz: int, data_bytes: int) -> bytes:
    """The header before so many bytes of samples.

    Raises:
        ValueError: A WAV file cannot be so long.
    """
    if not 0 <= data_bytes <= MOST_DATA_BYTES:
        raise ValueError(f"{data_bytes} bytes of samples do not fit into a WAV file")
    rate_bytes = rate_hz * SAMPLE_BYTES
    fields = (b"fmt ", 16, _PCM, _MONO, rate_hz, rate_bytes, SAMPLE_BYTES, _BITS, b"data", data_bytes)
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", data_bytes + HEADER_BYTES - 8, b"WAVE", *fields)


def wav_file(pcm: bytes, rate_hz: int) -> bytes:
    """A whole file."""
    return wav_header(rate_hz, len(pcm)) + pcm
