"""Buckets and back-off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.server.rate import Backoff, QueryLimiter, TokenBuckets


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


def test_burst_is_had_at_once_and_the_rate_for_long(clock: Clock) -> None:
    """A bucket gives its burst, then as much as its rate, and says how long to wait."""
    buckets: TokenBuckets[str] = TokenBuckets(60, 3, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1.0]
    assert buckets.wait("a") == 1.0
    clock.now = 0.75
    assert buckets.take("a") == 0.25
    clock.now = 1.0
    assert (buckets.wait("a"), buckets.take("a"), buckets.take("a")) == (0, 0, 1.0)
    clock.now = 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1.0]


def test_clients_have_buckets_of_their_own(clock: Clock) -> None:
    """One client's thirst is not another's; looking takes nothing."""
    buckets: TokenBuckets[str] = TokenBuckets(60, 1, clock=clock)
    assert buckets.take("a") == 0
    assert (buckets.wait("b"), len(buckets)) == (0, 1)
    assert buckets.take("b") == 0


def test_table_of_buckets_is_bounded(clock: Clock) -> None:
    """The client unseen for longest is forgotten."""
    buckets: TokenBuckets[int] = TokenBuckets(60, 1, clock=clock, size=2)
    for client in (1, 2, 1, 3):
        buckets.take(client)
    assert len(buckets) == 2
    assert (buckets.wait(1), buckets.wait(2)) == (1.0, 0)


@given(st.lists(st.floats(0, 100), max_size=50))
def test_no_client_gets_more_than_burst_and_rate(pauses: list[float]) -> None:
    """Over any time, what was given is at most the burst and what the rate added."""
    clock = Clock()
    buckets: TokenBuckets[int] = TokenBuckets(60, 5, clock=clock)
    given_out = 0
    for pause in pauses:
        clock.now += pause
        given_out += buckets.take(1) == 0
        assert given_out <= 5 + clock.now + 1e-6


def test_queries_are_counted_by_user(clock: Clock) -> None:
    """A user's queries share one bucket, whatever the connection."""
    limiter = QueryLimiter(60, 2, clock=clock)
    assert [limiter.allow(7), limiter.allow(7), limiter.allow(7), limiter.allow(8)] == [0, 0, 1.0, 0]


def test_failures_make_wait_longer_and_longer(clock: Clock) -> None:
    """After the free ones each failure doubles the wait, up to the longest; success forgets them."""
    backoff: Backoff[str] = Backoff(free=1, first=1, longest=3, clock=clock)
    waits = []
    for _ in range(5):
        backoff.fail("a")
        waits.append(backoff.wait("a"))
    assert waits == [0, 1, 2, 3, 3]
    clock.now = 2
    assert backoff.wait("a") == 1
    backoff.succeed("a")
    backoff.succeed("a")
    assert backoff.wait("a") == 0


def test_old_failures_are_forgotten(clock: Clock) -> None:
    """After a quiet time a failure is the first again."""
    backoff: Backoff[str] = Backoff(free=1, forget=60, clock=clock)
    for _ in range(3):
        backoff.fail("a")
    clock.now = 61
    backoff.fail("a")
    assert backoff.wait("a") == 0


def test_failure_that_was_not_the_clients_is_taken_back(clock: Clock) -> None:
    """A forgiven failure never happened."""
    backoff: Backoff[str] = Backoff(free=0, clock=clock)
    backoff.fail("a")
    assert backoff.wait("a") == 1
    backoff.forgive("a")
    backoff.forgive("b")
    assert (backoff.wait("a"), len(backoff)) == (0, 1)


def test_table_of_failures_is_bounded(clock: Clock) -> None:
    """The oldest failures make way."""
    backoff: Backoff[int] = Backoff(clock=clock, size=2)
    for client in (1, 2, 3):
        backoff.fail(client)
    assert len(backoff) == 2
