"""How much of one thing one client may have: per minute, and at once. Every table is bounded."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import attrs
import trio

MINUTE = 60.0
"""Seconds."""
TABLE_SIZE = 20_000
"""Clients that one table remembers; the one unseen for longest makes way, and starts afresh if it returns."""

K = TypeVar("K", bound=Hashable)


@attrs.define
class _Bucket:
    tokens: float
    at: float


class TokenBuckets(Generic[K]):
    """One bucket for each client: `burst` at once, refilled at a steady rate.

    Args:
        per_minute: Tokens that a bucket regains in a minute.
        burst: Tokens that a bucket holds.
        clock: Seconds, from any start.
        size: Clients remembered.
    """

    def __init__(
        self,
        per_minute: float,
        burst: int,
        *,
        clock: Callable[[], float] = trio.current_time,
        size: int = TABLE_SIZE,
    ) -> None:
        self._rate = per_minute / MINUTE
        self._burst = float(burst)
        self._clock = clock
        self._size = size
        self._buckets: OrderedDict[K, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, client: K) -> float:
        """Seconds until the client may have one; 0 when it may now. Takes nothing."""
        bucket = self._buckets.get(client)
        return 0.0 if bucket is None else self._until_one(self._refilled(bucket))

    def take(self, client: K) -> float:
        """Take one; 0 when there was one, else the seconds after which there will be, and nothing is taken."""
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = _Bucket(self._burst, self._clock())
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(client)
        bucket.tokens, bucket.at = self._refilled(bucket), self._clock()
        wait = self._until_one(bucket.tokens)
        if not wait:
            bucket.tokens -= 1
        return wait

    def _refilled(self, bucket: _Bucket) -> float:
        return min(self._burst, bucket.tokens + (self._clock() - bucket.at) * self._rate)

    def _until_one(self, tokens: float) -> float:
        return 0.0 if tokens >= 1 else (1 - tokens) / self._rate


class QueryLimiter:
    """Counts a user's queries over all connections of this process."""

    def __init__(self, per_minute: float, burst: int, *, clock: Callable[[], float] = trio.current_time) -> None:
        self._buckets: TokenBuckets[int] = TokenBuckets(per_minute, burst, clock=clock)

    def allow(self, user_id: int) -> float:
        """Count one query; 0 when it may go on, else the seconds after which one may."""
        return self._buckets.take(user_id)


class Backoff(Generic[K]):
    """Makes a client that fails again and again wait, twice as long each time.

    Args:
        free: Failures without consequence.
        first: Seconds of the first wait.
        longest: Seconds of the longest wait.
        forget: Seconds without a failure after which all is forgotten.
        clock: Seconds, from any start.
        size: Clients remembered.
    """

    def __init__(
        self,
        *,
        free: int = 5,
        first: float = 1.0,
        longest: float = 30.0,
        forget: float = 15 * MINUTE,
        clock: Callable[[], float] = trio.current_time,
        size: int = TABLE_SIZE,
    ) -> None:
        self._free = free
        self._first = first
        self._longest = longest
        self._forget = forget
        self._clock = clock
        self._size = size
        self._failures: OrderedDict[K, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def wait(self, client: K) -> float:
        """Seconds until the client may try again; 0 when it may now."""
        count, at = self._failures.get(client, (0, 0.0))
        if count <= self._free:
            return 0.0
        delay = min(self._longest, self._first * 2.0 ** min(count - self._free - 1, 32))
        return max(0.0, at + delay - self._clock())

    def fail(self, client: K) -> None:
        """Count a failure."""
        now = self._clock()
        count, at = self._failures.pop(client, (0, -math.inf))
        self._failures[client] = (count + 1 if now - at < self._forget else 1, now)
        if len(self._failures) > self._size:
            self._failures.popitem(last=False)

    def forgive(self, client: K) -> None:
        """Take one failure back: it was not the client's."""
        if client in self._failures:
            count, at = self._failures[client]
            self._failures[client] = (count - 1, at)

    def succeed(self, client: K) -> None:
        """Forget the client's failures."""
        self._failures.pop(client, None)
