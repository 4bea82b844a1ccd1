"""Paths of WebSockets."""

from __future__ import annotations

from typing import Any

import attrs
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


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (b"invite=abc&token=secret&invite=second", {"room": "7", "invite": "abc"}),
        (b"other=1&invite=", {"room": "7"}),
        (b"", {"room": "7"}),
    ],
)
def test_an_endpoint_gets_what_it_wants_of_the_query(query: bytes, parts: dict[str, str], world: Any) -> None:
    """The first value of each parameter that it names comes with the parts of the path, and no other."""
    other = next(each for each in world.applications if each.name == "other")
    room = attrs.evolve(next(each for each in other.endpoints if "room" in each.path), query=("invite",))
    routes = Routes([attrs.evolve(other, endpoints=(room,))])
    route = routes.find({"path": "/other/ws/rooms/7", "query_string": query}, "records")
    assert route is not None
    assert route.parts == parts
