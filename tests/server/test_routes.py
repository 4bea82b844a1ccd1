"""Paths of WebSockets."""

from __future__ import annotations

from typing import Any

import pytest

from smarthealth.server.routes import Routes


@pytest.mark.parametrize(
    ("path", "listener", "application", "parts"),
    [
        ("/ws/chat", "records", "records", {}),
        ("/ws/chat/", "records", "records", {}),
        ("/ws/chat", "other", "other", {}),
        ("/ws/chat", None, "records", {}),
        ("/records/ws/chat", "other", "records", {}),
        ("/other/ws/chat", "records", "other", {}),
        ("/other/ws/rooms/7", "records", "other", {"room": "7"}),
        ("/ws/rooms/a.b", "other", "other", {"room": "a.b"}),
        ("/ws/rooms/7", "records", None, {}),
        ("/ws/rooms/", "other", None, {}),
        ("/ws/rooms/7/8", "other", None, {}),
        ("/ws/chat/x", "records", None, {}),
        ("/ws/chatx", "records", None, {}),
        ("/", "records", None, {}),
        ("/ws/chat", "unknown", None, {}),
    ],
)
def test_path_and_port_decide(
    path: str, listener: str | None, application: str | None, parts: dict[str, str], world: Any
) -> None:
    """Bare paths are the application's whose port it is; with its prefix each is on every port."""
    scope: dict[str, Any] = {"path": path, "state": {"listener": listener} if listener else None}
    route = Routes(world.applications).find(scope, "records")
    if application is None:
        assert route is None
    else:
        assert route is not None
        expected = next(each for each in world.applications if each.name == application)
        assert route.endpoint in expected.endpoints
        assert route.parts == parts
