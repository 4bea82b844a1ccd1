"""When a failed request is asked again, and how long is waited before."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import trio

from .errors import ModelError, ModelUnavailable
from .settings import ModelSettings

T = TypeVar("T")

_LARGEST_EXPONENT: Final = 30


def retry_delay(settings: ModelSettings, attempt: int, error: ModelError, share: float) -> float | None:
    """How long to wait before asking again.

    Args:
        settings: How patient to be.
        attempt: Attempts that failed, this one included; 1 after the first.
        error: How this attempt failed.
        share: Random number in [0, 1]: the share of the back-off that is waited, so that many clients do not come
            back together.

    Returns:
        Seconds, or None when it is not to be asked again.
    """
    if not isinstance(error, ModelUnavailable) or attempt > settings.max_retries:
        return None
    if error.retry_after is None:
        return share * min(settings.max_backoff, settings.backoff * 2.0 ** min(attempt - 1, _LARGEST_EXPONENT))
    if error.retry_after > settings.max_retry_after:
        return None
    return error.retry_after + share * settings.backoff


async def with_retries(settings: ModelSettings, attempt: Callable[[], Awaitable[T]]) -> T:
    """Run `attempt` until it succeeds or is not to be tried again.

    Raises:
        ModelError: The last attempt's.
    """
    failures = 0
    while True:
        try:
            return await attempt()
        except ModelUnavailable as error:
            failures += 1
            delay = retry_delay(settings, failures, error, random.random())
            if delay is None:
                raise
        await trio.sleep(delay)
