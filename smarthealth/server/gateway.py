"""The door for WebSockets, below Quart: who may come in, and a refusal in words for who may not.

What is cheap and says least is asked first: whether the server is going away, whether there is anything at the path, whether
the page may ask at all, whether this address was refused too often, then the token, the role, and how many connections there
are. A refusal for any reason but ours is held against the address.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs

import attrs
import msgspec
import structlog
import trio

from smarthealth.conversation.application import Endpoint, Language, Principal
from smarthealth.conversation.socket import Socket
from smarthealth.storage.errors import StorageError

from .accounts import Accounts
from .addresses import client_address, subscriber
from .errors import Refused, TryLater, forbidden, not_found, too_many, unavailable
from .origins import OriginRule
from .rate import TokenBuckets
from .routes import Route, Routes
from .settings import ServerSettings
from .websocket_socket import AsgiSocket

log = structlog.get_logger()

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
E = TypeVar("E")

BEARER = "bearer"
RETRY_CONNECTION = 5.0
"""Seconds after which who has too many connections may try again."""
OURS = frozenset({429, 503})
"""Statuses that are no fault of the client's, or counted elsewhere."""


class ConnectionHost(Protocol):
    """Runs accepted connections: `conversation.connections.Connections`."""

    @property
    def draining(self) -> bool:
        """Whether the server is going away and accepts nothing new."""
        ...

    @property
    def full(self) -> bool:
        """Whether one more connection would be one too many."""
        ...

    async def open(
        self,
        socket: Socket,
        endpoint: Endpoint[E],
        principal: Principal | None,
        path_parts: Mapping[str, str],
        *,
        address: str | None = None,
        on_end: Callable[[], object],
    ) -> object:
        """Start a connection on one accepted socket; `on_end` is called once when it has ended, however this does."""
        ...

    async def serve(
        self,
        socket: Socket,
        endpoint: Endpoint[E],
        principal: Principal | None,
        path_parts: Mapping[str, str],
        *,
        address: str | None = None,
    ) -> None:
        """Serve one accepted socket until its connection has ended."""
        ...

    async def drain(self, grace: float) -> None:
        """Start nothing new and close every connection within the grace."""
        ...


class Refusals(Protocol):
    """Counts refused handshakes."""

    def handshake_refused(self, code: str) -> None:
        """One was refused."""
        ...


@attrs.frozen(kw_only=True)
class Doorkeeping:
    """What the door works with."""

    routes: Routes
    connections: ConnectionHost
    accounts: Accounts
    origins: OriginRule
    settings: ServerSettings
    failures: TokenBuckets[str]
    """By address; shared with HTTP."""
    refusals: Refusals
    bare: str
    """The application whose paths are bare where a server does not say by which port a client came."""
    language: Language = "es"
    """Of refusals where there is nothing at the path; else they are in the endpoint's."""


@attrs.frozen(kw_only=True)
class _Admission:
    route: Route
    principal: Principal | None
    subprotocol: str | None


class Gateway:
    """An ASGI application for WebSocket scopes."""

    def __init__(self, door: Doorkeeping) -> None:
        self._door = door
        self._per_user: dict[int, int] = {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one WebSocket, from its handshake to its end, or until it is open where the server lets it outlive this."""
        await receive()
        address = client_address(scope, self._door.settings.trusted_proxies)
        try:
            with trio.fail_after(self._door.settings.handshake_timeout):
                admission = await self._admit(scope, address)
        except Refused as refused:
            await self._refuse(scope, send, refused, address)
        except trio.TooSlowError:
            await self._refuse(scope, send, unavailable("UNAVAILABLE"), address)
        else:
            await self._serve(scope, receive, send, admission, address)

    async def _admit(self, scope: Mapping[str, Any], address: str) -> _Admission:
        door = self._door
        if door.connections.draining:
            raise unavailable("DRAINING")
        wait = door.failures.wait(subscriber(address))
        if wait:
            raise too_many("TOO_MANY_FAILURES", wait)
        route = door.routes.find(scope, door.bare)
        if route is None:
            raise not_found()
        headers = _headers(scope)
        secure = scope.get("scheme") == "wss"
        if not door.origins.allows(headers.get("origin"), host=headers.get("host", ""), secure=secure):
            raise forbidden("ORIGIN_NOT_ALLOWED")
        token, subprotocol = find_token(scope, headers)
        principal = await self._identify(route.endpoint, token)
        self._check_room(principal)
        await self._check_entry(route, principal)
        return _Admission(route=route, principal=principal, subprotocol=subprotocol)

    async def _identify(self, endpoint: Endpoint[Any], token: str | None) -> Principal | None:
        if endpoint.authentication == "in-band":
            try:
                return await self._door.accounts.recognise(token) if token is not None else None
            except TryLater:
                raise
            except Refused:
                return None  # the protocol says itself what it thinks of a bad token
        if token is None and endpoint.authentication == "optional":
            return None
        principal = await self._door.accounts.recognise(token or "")
        if principal.role not in endpoint.roles:
            raise forbidden()
        return principal

    async def _check_entry(self, route: Route, principal: Principal | None) -> None:
        try:
            admitted = await route.endpoint.may_enter(principal, route.parts)
        except StorageError as error:
            log.warning("entry_unknown", error=type(error).__name__)
            raise unavailable("UNAVAILABLE") from None
        if not admitted:
            raise forbidden()

    def _check_room(self, principal: Principal | None) -> None:
        if self._door.connections.full:
            raise too_many("OVERLOADED", RETRY_CONNECTION)
        if (
            principal is not None
            and self._per_user.get(principal.user_id, 0) >= self._door.settings.connections_per_user
        ):
            raise too_many("TOO_MANY_CONNECTIONS", RETRY_CONNECTION)

    async def _serve(
        self, scope: dict[str, Any], receive: Receive, send: Send, admission: _Admission, address: str
    ) -> None:
        socket, connections = AsgiSocket(scope, receive, send), self._door.connections
        endpoint, principal, parts = admission.route.endpoint, admission.principal, admission.route.parts
        leave = partial(self._leave, principal, socket)
        self._enter(principal, socket)
        try:
            if principal is not None:
                socket.take_longer(endpoint.longest_message)
            await send({"type": "websocket.accept", "subprotocol": admission.subprotocol})
        except BaseException:
            leave()
            raise
        if socket.outlive():  # a connection may stay for days: this task and its frames, six kilobytes, need not
            await connections.open(socket, endpoint, principal, parts, address=address, on_end=leave)
            return
        try:
            await connections.serve(socket, endpoint, principal, parts, address=address)
        finally:
            leave()

    def _enter(self, principal: Principal | None, socket: AsgiSocket) -> None:
        if principal is not None:
            self._per_user[principal.user_id] = self._per_user.get(principal.user_id, 0) + 1
            self._door.accounts.connected(principal.user_id, socket.close)

    def _leave(self, principal: Principal | None, socket: AsgiSocket) -> None:
        if principal is not None:
            self._door.accounts.disconnected(principal.user_id, socket.close)
            self._per_user[principal.user_id] -= 1
            if not self._per_user[principal.user_id]:
                del self._per_user[principal.user_id]
        socket.release()

    async def _refuse(self, scope: Mapping[str, Any], send: Send, refused: Refused, address: str) -> None:
        if refused.status not in OURS:
            self._door.failures.take(subscriber(address))
        self._door.refusals.handshake_refused(refused.code)
        log.info("handshake_refused", code=refused.code, address=address)
        route = self._door.routes.find(scope, self._door.bare)
        language = route.endpoint.language if route is not None else self._door.language
        body = msgspec.json.encode(refused.body(language))
        await send(
            {
                "type": "websocket.http.response.start",
                "status": int(refused.status),
                "headers": refusal_headers(refused, body),
            }
        )
        await send({"type": "websocket.http.response.body", "body": body})


def refusal_headers(refused: Refused, body: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of a refusal."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if isinstance(refused, TryLater):
        headers.append((b"retry-after", str(math.ceil(refused.seconds)).encode()))
    if refused.status == 401:  # as RFC 9110, section 15.5.2, has it
        headers.append((b"www-authenticate", b"Bearer"))
    return headers


def find_token(scope: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The token of a request and the subprotocol to answer with.

    In this order: the header `Authorization: Bearer`, the query's `token`, the subprotocols `bearer, <token>`.
    """
    offered = list(scope.get("subprotocols") or ())
    subprotocol = BEARER if BEARER in offered else None
    if "authorization" in headers:
        return bearer_token(headers["authorization"]), subprotocol
    query = parse_qs(scope.get("query_string", b"").decode("latin1"), keep_blank_values=True)
    if "token" in query:
        return query["token"][0], subprotocol
    position = offered.index(BEARER) + 1 if subprotocol else len(offered)
    return (offered[position] if position < len(offered) else None), subprotocol


def bearer_token(authorization: str) -> str:
    """The token of an `Authorization` header; one of another kind is no good token."""
    kind, _, token = authorization.strip().partition(" ")
    return token.strip() if kind.lower() == BEARER else ""


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    return {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
