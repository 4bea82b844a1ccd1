from __future__ import annotations

import numpy as np

from smarthealth.speech.noise import NoiseFloor


def _frame(level: float, seed: int = 0) -> bytes:
    samples = np.random.default_rng(seed).normal(scale=level, size=320).clip(-32768, 32767)
    return bytes(samples.astype("<i2").tobytes())


def test_a_voice_stands_out_from_the_noise() -> None:
    """What is as loud as the last seconds were is noise, whatever its loudness."""
    floor = NoiseFloor()
    assert not floor.is_above(bytes(640))
    assert floor.is_above(_frame(3000))
    for seed in range(500):
        floor.is_above(_frame(500, seed))
    assert not floor.is_above(_frame(500, 501))
    assert floor.is_above(_frame(2000))
    for seed in range(50):
        floor.is_above(_frame(20, seed))
    assert floor.is_above(_frame(500))
