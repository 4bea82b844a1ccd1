"""The openai SDK's client, and its exceptions in our words. Importing this loads the SDK, which takes half a second.

The SDK's own retries are off: they know nothing of the first token, of a limit to Retry-After, or of our settings.

A turn makes two small requests, and making one of them took the SDK longer than sending it and reading what came: options,
types and headers are put together anew each time. An `Endpoint` takes from the SDK what is always the same, once, and hands
the rest to the SDK's HTTP client.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Any, Final

import httpx2
import msgspec
import openai
import trio

from .direct import make_transport
from .errors import ModelError, ModelRefused, ModelUnavailable
from .settings import ModelSettings
from .streaming import is_hopeless

_NO_KEY: Final = "none"
"""What compatible providers without keys are sent; the SDK insists on one."""
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
CLOSE_TIMEOUT: Final = 2.0
"""Seconds to close a response, whatever the provider does."""
_decode_refusal: Final = msgspec.json.Decoder(dict[str, Any]).decode
_RETRYABLE: Final = frozenset({408, 409, 425, 429})


class Client(openai.AsyncOpenAI):
    """The SDK's client, and a short way through it.

    Args:
        http_client: What the SDK sends with; closed with the client.
        timeout: For each request.
        options: As the SDK's client takes them.
    """

    def __init__(self, *, http_client: httpx2.AsyncClient, timeout: httpx2.Timeout, **options: Any) -> None:
        super().__init__(http_client=http_client, timeout=timeout, **options)
        self._http = http_client
        self._always = {
            name: value
            for name, value in {**self.default_headers, **self.auth_headers}.items()
            if isinstance(value, str)
        }
        self._extensions = {"timeout": timeout.as_dict()}

    @property
    def user_agent(self) -> str:
        """As the SDK names itself, whatever this class is called."""
        return f"AsyncOpenAI/Python {openai.__version__}"

    def endpoint(self, path: str, headers: Mapping[str, str] = _NO_HEADERS) -> Endpoint:
        """Where bodies are posted to.

        Args:
            path: Below the base URL.
            headers: Besides those of every request.
        """
        url = self.base_url.join(path)
        example = httpx2.Request("POST", url, headers={**self._always, **headers}, extensions=self._extensions)
        return Endpoint(self._http, example)


class Endpoint:
    """One address of a provider.

    Args:
        http: What requests are sent with.
        example: A request without a body; others differ from it by theirs alone, so that addresses and headers are not
            made anew each time.
    """

    def __init__(self, http: httpx2.AsyncClient, example: httpx2.Request) -> None:
        self._http = http
        self._example = example

    async def post(self, body: object) -> httpx2.Response:
        """Post a body and return the answer once its head has come; the caller reads and closes it.

        Args:
            body: Of plain values.

        Raises:
            openai.APIStatusError: The provider refused, as the SDK tells it.
            httpx2.HTTPError: It was not reached, or did not answer in time.
        """
        example = self._example
        content = msgspec.json.encode(body)
        stream = httpx2.ByteStream(content)
        request = httpx2.Request(
            example.method, example.url, headers=example.headers, stream=stream, extensions=example.extensions
        )
        request.headers["Content-Length"] = str(len(content))
        response = await self._http.send(request, stream=True)
        if not response.is_success:
            raise await _refusal(response)
        return response


async def _refusal(response: httpx2.Response) -> openai.APIStatusError:
    """A response that is no success as the SDK's exception, its code and its parameter read from the body."""
    try:
        told = _decode_refusal(await response.aread())
    except msgspec.MsgspecError:
        told = None
    finally:
        with trio.move_on_after(CLOSE_TIMEOUT, shield=True):
            await response.aclose()
    return openai.APIStatusError("refused", response=response, body=told.get("error", told) if told else None)


@asynccontextmanager
async def open_openai(settings: ModelSettings) -> AsyncIterator[Client]:
    """Open a client; leaving closes its connections. Nothing is connected before the first request."""
    limits = httpx2.Limits(max_connections=settings.max_connections)
    async with Client(
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
