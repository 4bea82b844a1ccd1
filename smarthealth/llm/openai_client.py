"""The openai SDK's client, and its exceptions in our words. Importing this loads the SDK, which takes half a second.

The SDK's own retries are off: they know nothing of the first token, of a limit to Retry-After, or of our settings.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import httpx2
import openai

from .direct import make_transport
from .errors import ModelError, ModelRefused, ModelUnavailable
from .settings import ModelSettings
from .streaming import is_hopeless

_NO_KEY: Final = "none"
"""What compatible providers without keys are sent; the SDK insists on one."""
_RETRYABLE: Final = frozenset({408, 409, 425, 429})


@asynccontextmanager
async def open_openai(settings: ModelSettings) -> AsyncIterator[openai.AsyncOpenAI]:
    """Open a client; leaving closes its connections. Nothing is connected before the first request."""
    limits = httpx2.Limits(max_connections=settings.max_connections)
    async with openai.AsyncOpenAI(
        api_key=settings.api_key or _NO_KEY,
        base_url=settings.base_url or "https://api.openai.com/v1",
        max_retries=0,
        timeout=httpx2.Timeout(settings.read_timeout, connect=settings.connect_timeout),
        http_client=openai.DefaultAsyncHttpxClient(limits=limits, transport=make_transport(limits)),
    ) as client:
        yield client


@contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's exceptions, before any answer, into ours.

    Their text is left behind, and so is the chain to them: they quote the provider, and providers quote prompts.
    """
    try:
        yield
    except openai.APIStatusError as error:
        raise _of_status(error) from None
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        raise ModelUnavailable("the provider cannot be reached", code=type(error).__name__) from None
    except openai.OpenAIError as error:
        raise ModelRefused("the request could not be made", code=type(error).__name__) from None


def _of_status(error: openai.APIStatusError) -> ModelError:
    status = error.status_code
    code = error.code or error.type
    if (status in _RETRYABLE or status >= 500) and not is_hopeless(code):
        wait = retry_after(error.response.headers, time.time())
        return ModelUnavailable("the provider failed", status=status, code=code, retry_after=wait)
    return ModelRefused("the provider refused the request", status=status, code=code)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that a response asks to wait, None when it does not say so intelligibly.

    Args:
        headers: Of the response.
        now: Seconds since the epoch; some responses name a time of day.
    """
    try:
        if "retry-after-ms" in headers:
            wait = float(headers["retry-after-ms"]) / 1000
        elif "retry-after" in headers:
            wait = _seconds(headers["retry-after"], now)
        else:
            return None
    except ValueError:
        return None
    return max(0.0, wait) if wait == wait else None


def _seconds(value: str, now: float) -> float:
    try:
        return float(value)
    except ValueError:
        return email.utils.parsedate_to_datetime(value).timestamp() - now
