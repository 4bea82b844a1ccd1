"""Bare HTTP paths of an application, on the port that is its own: led to the same path under its prefix."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from smarthealth.conversation.application import Application

from .asgi import ASGIApp, Receive, Scope, Send
from .routes import LISTENER, path_pattern


class OwnPaths:
    """An ASGI application for HTTP scopes.

    Args:
        app: Knows the paths under the applications' prefixes.
        applications: As mounted.
        default: The one that is bare where the server does not say which port this is.
    """

    def __init__(self, app: ASGIApp, applications: Iterable[Application], default: str) -> None:
        self._app = app
        self._default = default
        self._bare: dict[str, list[re.Pattern[str]]] = {
            application.name: [
                path_pattern(path) for path in (*application.pages, *(route.path for route in application.http))
            ]
            for application in applications
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(self._led(scope), receive, send)

    def _led(self, scope: Scope) -> Scope:
        name: Any = (scope.get("state") or {}).get(LISTENER, self._default)
        if any(pattern.fullmatch(scope["path"]) for pattern in self._bare.get(name, ())):
            path = f"/{name}{scope['path']}"
            return {**scope, "path": path, "raw_path": path.encode()}
        return scope
