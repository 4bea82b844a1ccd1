"""Settings are checked when made, and backoff grows, jitters and stays within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.actors.policy import DEFAULT_MAILBOX, Backoff, Mailbox


@given(
    attempt=st.integers(0, 10_000),
    initial=st.floats(0, 100),
    factor=st.floats(1, 10),
    maximum=st.floats(0, 1000),
    jitter=st.floats(0, 1),
)
def test_delay_stays_within_its_bounds(
    attempt: int, initial: float, factor: float, maximum: float, jitter: float
) -> None:
    """No restart, however late in a row, waits longer than the maximum and its jitter, nor less than nothing."""
    backoff = Backoff(initial=min(initial, maximum), factor=factor, maximum=maximum, jitter=jitter)
    assert 0 <= backoff.delay(attempt) <= maximum * (1 + jitter)


def test_delay_doubles_up_to_the_maximum() -> None:
    """Without jitter, delays grow by the factor until they reach the maximum."""
    backoff = Backoff(initial=0.1, factor=2, maximum=0.5, jitter=0)
    assert [backoff.delay(attempt) for attempt in range(4)] == [0.1, 0.2, 0.4, 0.5]


def test_jitter_spreads_delays() -> None:
    """Children that failed together do not come back together."""
    backoff = Backoff(initial=1, jitter=0.5)
    delays = {backoff.delay(0) for _ in range(20)}
    assert len(delays) > 1
    assert all(0.5 <= delay <= 1.5 for delay in delays)


def test_nonsense_is_refused() -> None:
    """Sizes and times that make no sense are refused when the setting is made."""
    with pytest.raises(ValueError, match="capacity"):
        Mailbox(capacity=0)
    with pytest.raises(ValueError, match="initial"):
        Backoff(initial=-1)
    with pytest.raises(ValueError, match=r"initial, 20 s, must be <= maximum, 10 s"):
        Backoff(initial=20)


def test_messages_of_one_class_share_a_key() -> None:
    """By default a mailbox that keeps the latest message keeps one of each class."""
    assert DEFAULT_MAILBOX.key("a") == DEFAULT_MAILBOX.key("b") != DEFAULT_MAILBOX.key(1)
