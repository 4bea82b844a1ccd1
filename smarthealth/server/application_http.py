"""The HTTP routes and pages that applications bring along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

import structlog
import trio
from quart import Response, g, request
from quart_trio import QuartTrio

from smarthealth.conversation.application import Application, HttpRequest, HttpRoute, Principal

from .answers import NOT_STORED
from .asgi import LIMIT
from .errors import forbidden, unavailable
from .routes import NAMED_PART

log = structlog.get_logger()

WhoAsks = Callable[[], Awaitable[Principal]]
"""The principal of the request at hand; refuses where there is no good token."""


def mount_application(app: QuartTrio, application: Application, who: WhoAsks) -> None:
    """Add an application's HTTP routes under its prefix."""
    for route in application.http:
        path = f"/{application.name}{route.path}"
        app.add_url_rule(
            NAMED_PART.sub(r"<\1>", path),
            f"{route.method} {path}",
            partial(_answer, route, who),
            methods=[route.method, "OPTIONS", *(["HEAD"] if route.method == "GET" else [])],
        )


async def _answer(route: HttpRoute, who: WhoAsks, **path_parts: str) -> Response:
    _allow(route.time_limit)
    with trio.move_on_after(route.time_limit):
        asked = HttpRequest(
            principal=await _principal(route, who),
            address=g.address,
            path_parts=path_parts,
            query={name: value for name, value in request.args.items() if name != "token"},
            body=await request.get_data(cache=False, as_text=False, parse_form_data=False),
            language=request.headers.get("Accept-Language", ""),
        )
        answer = await route.answer(asked)
        response = Response(answer.body, answer.status, content_type=answer.content_type)
        response.headers["Cache-Control"] = NOT_STORED
        response.headers.update(answer.headers)
        return response
    log.warning("request_timed_out", path=route.path)
    raise unavailable("UNAVAILABLE")


def _allow(seconds: float) -> None:
    """Let the server wait longer for this answer than for one of its own."""
    limit = cast("trio.CancelScope", request.scope.get(LIMIT))  # set by `RootApp`, through which every request comes
    limit.deadline = max(limit.deadline, trio.current_time() + seconds + 1)


async def _principal(route: HttpRoute, who: WhoAsks) -> Principal | None:
    offered = "Authorization" in request.headers or "token" in request.args
    if route.authentication == "none" or (route.authentication == "optional" and not offered):
        return None
    principal = await who()
    if principal.role not in route.roles:
        raise forbidden()
    return principal
