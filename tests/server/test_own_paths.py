"""Bare HTTP paths on an application's own port."""

from __future__ import annotations

from typing import Any

import pytest

from smarthealth.conversation.application import Application, HttpAnswer, HttpRequest, HttpRoute
from smarthealth.server.own_paths import OwnPaths


async def nothing(*arguments: Any) -> None:
    """Neither receives nor sends."""


async def answer(request: HttpRequest) -> HttpAnswer:
    """Answers nothing: only its path counts here."""
    raise AssertionError("asked")


def route(path: str) -> HttpRoute:
    """A route at a path."""
    return HttpRoute(path=path, method="GET", answer=answer, summary="Something", authentication="none")


@pytest.mark.parametrize(
    ("path", "listener", "led"),
    [
        ("/api/v1/chat", "taxi", "/taxi/api/v1/chat"),
        ("/api/v1/chat", "support", "/support/api/v1/chat"),
        ("/ws/test", "support", "/support/ws/test"),
        ("/files/7", "taxi", "/taxi/files/7"),
        ("/ws/test", "taxi", "/ws/test"),
        ("/api/v1/chat", "records", "/api/v1/chat"),
        ("/api/v1/chat", "unknown", "/api/v1/chat"),
        ("/api/v1/chat", None, "/taxi/api/v1/chat"),
        ("/taxi/api/v1/chat", "support", "/taxi/api/v1/chat"),
        ("/health", "taxi", "/health"),
    ],
)
async def test_bare_paths_are_the_application_s_whose_port_it_is(path: str, listener: str | None, led: str) -> None:
    """A bare path leads to the same path under the prefix, where that application has it; all others stay as they are."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])

    applications = (
        Application(name="taxi", endpoints=(), http=(route("/api/v1/chat"), route("/files/{name}"))),
        Application(
            name="support", endpoints=(), http=(route("/api/v1/chat"),), pages={"/ws/test": "support/test.html"}
        ),
        Application(name="records", endpoints=()),
    )
    scope = {"path": path, "state": {"listener": listener} if listener else None}
    await OwnPaths(app, applications, "taxi")(scope, nothing, nothing)
    assert seen == [led]
