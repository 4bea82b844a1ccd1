"""HTTP routes of applications, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import attrs
import pytest
import structlog
import trio

from smarthealth.conversation.application import HttpAnswer, HttpRequest, HttpRoute
from smarthealth.server.settings import ServerSettings
from smarthealth.storage.errors import StorageUnavailable

OpenServer = Callable[..., AbstractAsyncContextManager[int]]
Ask = Callable[..., Awaitable[Any]]


async def tell(request: HttpRequest) -> HttpAnswer:
    """Say what came."""
    who = request.principal.user_id if request.principal is not None else None
    told = [who, dict(request.path_parts), dict(request.query), request.body.decode(), request.language]
    return HttpAnswer(body=json.dumps(told).encode(), status=201, headers={"X-Told": "yes"})


def route(path: str, answer: Any = tell, **changes: Any) -> HttpRoute:
    """A route that anybody may ask by GET."""
    given: dict[str, Any] = {"method": "GET", "authentication": "none", "summary": "Something"} | changes
    return HttpRoute(path=path, answer=answer, **given)


@pytest.fixture
def with_routes(world: Any) -> Callable[..., Any]:
    """Give the second application of the world routes."""

    def give(*routes: HttpRoute) -> Any:
        records, other = world.applications
        world.applications = (records, attrs.evolve(other, http=routes))
        return world

    return give


async def test_a_route_gets_the_whole_request(
    with_routes: Callable[..., Any], open_server: OpenServer, ask: Ask
) -> None:
    """Named parts, the query without its token, the body and the language come in; status and headers go out."""
    world = with_routes(route("/rooms/{room}", method="POST", authentication="optional"))
    token = world.token(world.users.add())
    async with open_server(world, "other") as port:
        answer = await ask(
            port, f"/rooms/7?a=b&token={token}", "POST", body=b"hello", headers={"Accept-Language": "en"}
        )
        assert answer.status == 201
        assert answer.headers["x-told"] == "yes"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json() == [1, {"room": "7"}, {"a": "b"}, "hello", "en"]
        nobody = await ask(port, "/other/rooms/7", "POST")
        assert nobody.json() == [None, {"room": "7"}, {}, "", ""]
        assert (await ask(port, "/rooms/7")).status == 405


async def test_tokens_are_asked_for_as_the_route_says(
    with_routes: Callable[..., Any], open_server: OpenServer, ask: Ask
) -> None:
    """Required: none is 401. Optional: a bad one is 401. None: nobody looks. A role that is not let in is 403."""
    world = with_routes(
        route("/required", authentication="required"),
        route("/optional", authentication="optional"),
        route("/none"),
        route("/clinicians", authentication="required", roles=frozenset({"clinician"})),
    )
    patient = world.token(world.users.add(role="patient"))
    bad = {"Authorization": "Bearer nonsense"}
    async with open_server(world, "other") as port:
        assert (await ask(port, "/required")).status == 401
        assert (await ask(port, "/required", headers={"Authorization": f"Bearer {patient}"})).status == 201
        assert (await ask(port, "/optional", headers=bad)).status == 401
        assert (await ask(port, "/optional?token=nonsense")).status == 401
        assert (await ask(port, "/optional")).status == 201
        assert (await ask(port, "/none", headers=bad)).status == 201
        assert (await ask(port, f"/clinicians?token={patient}")).status == 403


async def test_a_route_has_its_own_time(with_routes: Callable[..., Any], open_server: OpenServer, ask: Ask) -> None:
    """One may take longer than the server's own answers; past its limit the client gets 503 in words."""

    async def slow(request: HttpRequest) -> HttpAnswer:
        await trio.sleep(1.2)  # real sockets, real time
        return HttpAnswer(body=b"{}")

    world = with_routes(route("/patient", slow, time_limit=5.0), route("/hasty", slow, time_limit=0.05))
    world.settings = ServerSettings(request_timeout=1.0)
    async with open_server(world, "other") as port:
        assert (await ask(port, "/patient")).status == 200
        with structlog.testing.capture_logs() as lines:
            answer = await ask(port, "/hasty")
    assert (answer.status, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert [line["path"] for line in lines if line["event"] == "request_timed_out"] == ["/hasty"]


async def test_failures_of_a_route_are_in_words(
    with_routes: Callable[..., Any], open_server: OpenServer, ask: Ask
) -> None:
    """A database that is gone is 503, a defect 500, a body that is too large 413; none says more than that."""

    async def gone(request: HttpRequest) -> HttpAnswer:
        raise StorageUnavailable("secret")

    async def broken(request: HttpRequest) -> HttpAnswer:
        raise ZeroDivisionError("secret")

    world = with_routes(route("/gone", gone), route("/broken", broken), route("/told", method="POST"))
    world.settings = ServerSettings(max_body_size=10)
    async with open_server(world, "other") as port:
        with structlog.testing.capture_logs():
            answers = [await ask(port, "/gone"), await ask(port, "/broken")]
        answers.append(await ask(port, "/told", "POST", body=b"x" * 11))
    assert [answer.status for answer in answers] == [503, 500, 413]
    assert not any(b"secret" in answer.body for answer in answers)
