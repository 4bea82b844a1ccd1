"""The fleet's backend, as a real HTTP server on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import attrs
import msgspec
import pytest
import trio

from smarthealth.apps.taxi.dispatch import http_backend
from smarthealth.apps.taxi.dispatch.http_backend import LONGEST_ANSWER, HttpBackend, open_http_backend
from smarthealth.apps.taxi.dispatch.port import DispatchRefused, DispatchUnavailable
from smarthealth.storage.bookings import Booking
from smarthealth.testing.http import Exchange, open_http_server
from tests.apps.taxi.conftest import NOW
from tests.storage.test_bookings import ORDER

BOOKING = Booking(
    **{field.name: getattr(ORDER, field.name) for field in attrs.fields(type(ORDER))},
    id=17,
    thread_id=UUID("550e8400-e29b-41d4-a716-446655440000"),
    number=1,
    user_id=7,
    status="pending",
    created_at=NOW,
    reference=None,
)

Answer = Callable[[Exchange], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other at once."""
    monkeypatch.setattr(http_backend, "BACKOFF", 0.0)


@attrs.define(eq=False)
class Fleet:
    """Answers as scripted, the last answer for ever."""

    answers: list[Answer]
    seen: list[Exchange] = attrs.field(factory=list)

    async def handle(self, exchange: Exchange) -> None:
        """Answer one request."""
        self.seen.append(exchange)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await answer(exchange)


def status(code: int, value: object = None) -> Answer:
    """Answer with a status and JSON."""

    async def answer(exchange: Exchange) -> None:
        await exchange.respond(code, value)

    return answer


async def hang(exchange: Exchange) -> None:
    """Never answer."""
    await trio.sleep_forever()


async def cut(exchange: Exchange) -> None:
    """Reset the connection."""
    await exchange.reset()


@asynccontextmanager
async def backend_of(
    *answers: Answer, retries: int = 2, token: str | None = None
) -> AsyncIterator[tuple[HttpBackend, Fleet]]:
    """A backend that talks to a fleet."""
    fleet = Fleet(list(answers))
    async with (
        open_http_server(fleet.handle) as url,
        open_http_backend(url + "/", token=token, timeout=0.3, retries=retries) as backend,
    ):
        yield backend, fleet


async def test_a_booking_is_posted() -> None:
    """Whole, with its idempotency key and our token, and its reference comes back."""
    async with backend_of(status(201, {"reference": "TX-9", "eta": 4}), token="secret") as (backend, fleet):
        assert await backend.dispatch(BOOKING, "thread/1") == "TX-9"
    (seen,) = fleet.seen
    body = msgspec.json.decode(seen.body)
    assert (seen.method, seen.path, backend.name) == ("POST", "/services", "http")
    assert (seen.headers["idempotency-key"], seen.headers["authorization"]) == ("thread/1", "Bearer secret")
    assert (body["destination"], body["fare"], body["features"], body["booking_id"]) == (
        BOOKING.destination,
        9500,
        ["mascota"],
        17,
    )
    assert body["thread_id"] == str(BOOKING.thread_id)


@pytest.mark.parametrize("trouble", [status(503), status(429), hang, cut], ids=["503", "429", "hang", "cut"])
async def test_what_may_pass_is_tried_again(trouble: Answer) -> None:
    """With the same key, until it works."""
    async with backend_of(trouble, trouble, status(200, {"reference": 12})) as (backend, fleet):
        assert await backend.dispatch(BOOKING, "thread/1") == "12"
    assert {seen.headers["idempotency-key"] for seen in fleet.seen} == {"thread/1"}
    assert len(fleet.seen) == 3


async def test_attempts_come_to_an_end() -> None:
    """As many as are set, no more."""
    async with backend_of(status(500), retries=1) as (backend, fleet):
        with pytest.raises(DispatchUnavailable):
            await backend.dispatch(BOOKING, "thread/1")
    assert len(fleet.seen) == 2


@pytest.mark.parametrize("value", [{}, {"reference": ""}, {"reference": "x" * 101}, [], "x" * (LONGEST_ANSWER + 1)])
async def test_an_answer_that_makes_no_sense(value: object) -> None:
    """Is no dispatch: it is not known whether a taxi comes."""
    async with backend_of(status(200, value)) as (backend, _):
        with pytest.raises(DispatchUnavailable):
            await backend.dispatch(BOOKING, "thread/1")


async def test_a_refusal_is_not_tried_again() -> None:
    """The backend has understood, and said no."""
    async with backend_of(status(422)) as (backend, fleet):
        with pytest.raises(DispatchRefused):
            await backend.dispatch(BOOKING, "thread/1")
    assert len(fleet.seen) == 1


async def test_calling_back() -> None:
    """By reference, whatever is in it; where there is nothing to call back any more, all is well."""
    async with backend_of(status(200), status(404), status(403)) as (backend, fleet):
        await backend.cancel("TX/9")
        await backend.cancel("TX-9")
        with pytest.raises(DispatchRefused):
            await backend.cancel("TX-9")
    assert [seen.path for seen in fleet.seen][:2] == ["/services/TX%2F9/cancel", "/services/TX-9/cancel"]


async def test_a_backend_that_is_not_there() -> None:
    """Cannot be reached."""
    async with open_http_backend("http://127.0.0.1:9", token=None, timeout=1, retries=0) as backend:
        with pytest.raises(DispatchUnavailable):
            await backend.dispatch(BOOKING, "thread/1")
