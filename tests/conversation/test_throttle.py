"""How many messages a client may send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smarthealth.conversation.throttle import Throttle


def test_a_burst_then_the_rate() -> None:
    """So many at once, then as many as are refilled."""
    throttle = Throttle(rate=2, burst=3, now=0.0)
    assert [throttle.allow(0.0) for _ in range(4)] == [True, True, True, False]
    assert [throttle.allow(moment) for moment in (0.5, 0.5, 1.0)] == [True, False, True]


def test_rest_refills_no_more_than_a_burst() -> None:
    """An hour's silence allows one burst."""
    throttle = Throttle(rate=2, burst=3, now=0.0)
    assert [throttle.allow(3600.0) for _ in range(4)] == [True, True, True, False]


@given(st.lists(st.floats(0, 10), max_size=200))
def test_never_more_than_burst_and_rate_allow(gaps: list[float]) -> None:
    """Whatever the pace, what passes is bounded by the burst and the rate."""
    throttle, now, passed = Throttle(rate=3, burst=5, now=0.0), 0.0, 0
    for gap in gaps:
        now += gap
        passed += throttle.allow(now)
    assert passed <= 5 + 3 * now + 1e-6
