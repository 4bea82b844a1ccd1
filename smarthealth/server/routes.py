"""Which endpoint of which application a WebSocket's path means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

import attrs

from smarthealth.conversation.application import Application, Endpoint

NAMED_PART = re.compile(r"\{(\w+)\}")
LISTENER = "listener"
"""Key of a scope's state: the application whose paths are bare on the port that the client came in by."""


@attrs.frozen(kw_only=True)
class Route:
    """An endpoint and the named parts of the path that led to it."""

    endpoint: Endpoint[Any]
    parts: Mapping[str, str]
    """With what its endpoint wants of the query."""


class Routes:
    """The endpoints of all applications: under `/APP/…` on every port, bare on the port that is the application's own."""

    def __init__(self, applications: Iterable[Application]) -> None:
        self._prefixed: list[tuple[re.Pattern[str], Endpoint[Any]]] = []
        self._bare: dict[str, list[tuple[re.Pattern[str], Endpoint[Any]]]] = {}
        for application in applications:
            for endpoint in application.endpoints:
                bare = (path_pattern(endpoint.path), endpoint)
                self._bare.setdefault(application.name, []).append(bare)
                self._prefixed.append((path_pattern(f"/{application.name}{endpoint.path}"), endpoint))

    def find(self, scope: Mapping[str, Any], default: str) -> Route | None:
        """The route of a scope, None when there is nothing at its path.

        Args:
            scope: Of a WebSocket.
            default: The application that is bare where the server does not say which port this is.
        """
        listener = (scope.get("state") or {}).get(LISTENER, default)
        for pattern, endpoint in (*self._bare.get(listener, ()), *self._prefixed):
            if match := pattern.fullmatch(scope["path"]):
                return Route(endpoint=endpoint, parts=match.groupdict() | _query_parts(endpoint, scope))
        return None


def _query_parts(endpoint: Endpoint[Any], scope: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of the query that the endpoint wants, the first value of each."""
    if not endpoint.query:
        return {}
    query = parse_qs(scope.get("query_string", b"").decode("latin1"))
    return {name: query[name][0] for name in endpoint.query if name in query}


def path_pattern(path: str) -> re.Pattern[str]:
    """A path whose parts in braces match one segment each; a slash at the end is forgiven."""
    pieces = NAMED_PART.split(path)
    return re.compile(
        "".join(f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)) + "/?"
    )
