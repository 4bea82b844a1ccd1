"""The fleet's backend over HTTP.

    POST {url}/services                      the booking as JSON, header Idempotency-Key
      → 200 or 201 {"reference": "…"}
    POST {url}/services/{reference}/cancel   → 2xx; 404 and 409 mean that there is nothing to cancel any more

What may be tried again is: no connection, no answer in time, 408, 425, 429 and 5xx. Anything else is a refusal.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

import attrs
import httpx2
import msgspec
import structlog
import trio

from smarthealth.storage.bookings import Booking, Order

from .port import DispatchRefused, DispatchUnavailable

LONGEST_ANSWER: Final = 64 * 1024
"""Bytes that are read of an answer."""
LONGEST_REFERENCE: Final = 100
"""Characters."""
BACKOFF: Final = 0.5
"""Seconds that are waited at most before the second attempt; twice as many before each further one."""
_AGAIN: Final = frozenset({408, 425, 429})
_NOTHING_TO_CANCEL: Final = frozenset({404, 409, 410})

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class _Answer(msgspec.Struct):
    reference: str | int


@attrs.frozen(kw_only=True)
class HttpBackend:
    """Posts services to the fleet's backend."""

    client: httpx2.AsyncClient
    url: str
    timeout: float
    """Seconds for one attempt."""
    retries: int

    @property
    def name(self) -> str:
        """For the service's row."""
        return "http"

    async def dispatch(self, booking: Booking, key: str) -> str:
        """Post the booking; see `Backend.dispatch`."""
        body = {**_order(booking), "booking_id": booking.id, "thread_id": str(booking.thread_id)}
        status, content = await self._post("/services", msgspec.json.encode(body), {"Idempotency-Key": key})
        if status >= 300:
            raise DispatchRefused(f"status {status}")
        try:
            reference = str(msgspec.json.decode(content, type=_Answer).reference).strip()
        except (msgspec.DecodeError, UnicodeError):
            raise DispatchUnavailable("an answer that is no reference") from None
        if not 0 < len(reference) <= LONGEST_REFERENCE:
            raise DispatchUnavailable("an answer that is no reference")
        return reference

    async def cancel(self, reference: str) -> None:
        """Call the taxi back; see `Backend.cancel`."""
        status, _ = await self._post(f"/services/{quote(reference, safe='')}/cancel", b"{}", {})
        if status >= 300 and status not in _NOTHING_TO_CANCEL:
            raise DispatchRefused(f"status {status}")

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """The answer to a request that is made again while that may help."""
        for attempt in range(self.retries + 1):
            if attempt:
                await trio.sleep(random.random() * BACKOFF * 2.0 ** (attempt - 1))
            answered = await self._attempt(path, body, headers)
            if answered is not None:
                return answered
            log.warning("dispatch_attempt_failed", attempt=attempt + 1)
        raise DispatchUnavailable(f"{self.retries + 1} attempts failed")

    async def _attempt(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes] | None:
        """One answer; None when another attempt may bring one."""
        with trio.move_on_after(self.timeout):
            try:
                request = self.client.stream(
                    "POST",
                    self.url.rstrip("/") + path,
                    content=body,
                    headers={"Content-Type": "application/json", **headers},
                )
                async with request as response:
                    if response.status_code in _AGAIN or response.status_code >= 500:
                        return None
                    return response.status_code, await _read(response)
            except httpx2.HTTPError:
                return None
        return None


@asynccontextmanager
async def open_http_backend(url: str, *, token: str | None, timeout: float, retries: int) -> AsyncIterator[HttpBackend]:  # noqa: ASYNC109 # of one attempt, kept
    """Open the connections to a backend."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # deadlines are ours, by cancel scopes
    async with httpx2.AsyncClient(headers=headers, timeout=None, follow_redirects=False) as client:
        yield HttpBackend(client=client, url=url, timeout=timeout, retries=retries)


def _order(booking: Booking) -> dict[str, Any]:
    """What is booked, without our own bookkeeping."""
    return {field.name: getattr(booking, field.name) for field in attrs.fields(Order)}


async def _read(response: httpx2.Response) -> bytes:
    content = b""
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > LONGEST_ANSWER:
            return b""
    return content
