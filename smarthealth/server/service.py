"""The server as a child of the system: the last to start, the first to stop.

`server_child` makes the child. Stopping it begins the drain: nothing new is accepted, every connection is closed with 1001 once
its turns are over, and whoever is left when the grace ends is told by the shell. The sockets are not the service's own, so that
it can be started again after a failure without losing its port.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from functools import partial

import structlog
import trio

from smarthealth.actors import ChildSpec, Context

from .accounts import Accounts
from .addresses import on_loopback_only
from .asgi import ASGIApp, RootApp
from .desk import Desk
from .errors import ConfigurationError
from .gateway import Doorkeeping, Gateway
from .health import HealthChecks
from .hypercorn import LAST_WORDS, Bind, Listener, Shell
from .login import SignIn
from .origins import OriginRule
from .own_paths import OwnPaths
from .rate import TokenBuckets
from .routes import Routes
from .services import ServerServices
from .settings import ServerSettings

log = structlog.get_logger()

TLS_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
AFTER_GRACE = 5.0
"""Seconds beyond the grace before the server is cancelled: with a short one, the shell's farewells pass it."""
CONNECTIONS_SHARE = 0.9
"""Share of the shell's grace that conversations get; the rest is for their sockets to close."""
STOP_BELOW = 1.0
"""Seconds kept of the grace for what lies below the server: index, models, database."""

Ready = Callable[[Sequence[str]], None]
"""Told the addresses, as URLs, when they accept connections."""


def server_child(
    settings: ServerSettings, services: ServerServices, listeners: Sequence[Listener], on_ready: Ready
) -> ChildSpec:
    """The child that serves.

    Args:
        settings: Addresses, keys and bounds.
        services: What is served.
        listeners: Open sockets; see `open_listeners` and `plan_binds`.
        on_ready: Called at every start.

    Raises:
        ConfigurationError: The certificate or an allowed origin cannot be used.
    """
    tls = load_tls(settings)
    check_origins(settings, listeners)
    return ChildSpec(
        name="server",
        start=partial(
            serve_http, settings=settings, services=services, listeners=listeners, tls=tls, on_ready=on_ready
        ),
        stop_timeout=settings.shutdown_grace + AFTER_GRACE,
    )


async def serve_http(
    context: Context,
    *,
    settings: ServerSettings,
    services: ServerServices,
    listeners: Sequence[Listener],
    tls: ssl.SSLContext | None,
    on_ready: Ready,
) -> None:
    """Serve until the context is stopping, then drain."""
    accounts = Accounts(services.tokens, services.users)
    grace = shell_grace(settings.shutdown_grace)
    shell = Shell(make_app(settings, services, accounts, listeners), settings.limits(), services.metrics)

    async def drain() -> None:
        await services.connections.drain(grace * CONNECTIONS_SHARE)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(accounts.watch, settings.account_check_interval)
        async with trio.open_nursery() as serving:
            await serving.start(
                partial(
                    shell.serve,
                    listeners,
                    tls=tls,
                    stopping=context.stopping,
                    drain=drain,
                    grace=grace,
                )
            )
            addresses = [f"{'https' if tls else 'http'}://{listener.address}" for listener in listeners]
            log.info("server_ready", addresses=addresses)
            context.started()
            on_ready(addresses)
        nursery.cancel_scope.cancel()


def shell_grace(grace: float) -> float:
    """Seconds that the shell gets of the whole process's grace: what is left after its last words and the stop of the rest."""
    return max(grace / 2, grace - LAST_WORDS - STOP_BELOW)


def make_app(
    settings: ServerSettings, services: ServerServices, accounts: Accounts, listeners: Sequence[Listener]
) -> RootApp:
    """The ASGI application; it can be served by another ASGI server on Trio too, without the shell's protection."""
    origins = check_origins(settings, listeners)
    failures: TokenBuckets[str] = TokenBuckets(settings.failures_per_minute, settings.failure_burst)
    gateway = Gateway(
        Doorkeeping(
            routes=Routes(services.applications),
            connections=services.connections,
            accounts=accounts,
            origins=origins,
            settings=settings,
            failures=failures,
            refusals=services.metrics,
            bare=services.bare,
            language=services.language,
        )
    )
    desk = Desk(
        settings=settings,
        services=services,
        accounts=accounts,
        origins=origins,
        failures=failures,
        health=HealthChecks(services.checks, settings.health_timeout, lambda: services.connections.draining),
        sign_in=SignIn(services.users, services.passwords, services.tokens, services.audit, settings),
    )
    return RootApp(
        gateway,
        partial(_make_http_app, desk),
        request_timeout=settings.request_timeout,
        language=services.language,
    )


def _make_http_app(desk: Desk) -> ASGIApp:
    from .http import make_http_app

    app: ASGIApp = make_http_app(desk)  # type: ignore[assignment]  # Quart's own types for ASGI
    return OwnPaths(app, desk.services.applications, desk.services.bare)


def check_origins(settings: ServerSettings, listeners: Sequence[Listener]) -> OriginRule:
    """The origin rule for these sockets.

    Raises:
        ConfigurationError: An allowed origin is none.
    """
    binds = [Bind(name=listener.name, address=listener.address) for listener in listeners]
    try:
        return OriginRule.of(settings.allowed_origins, loopback_only=on_loopback_only(binds))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def load_tls(settings: ServerSettings) -> ssl.SSLContext | None:
    """The certificate and key, None when there is none.

    Raises:
        ConfigurationError: One is given without the other, or they cannot be used.
    """
    if settings.tls_cert is None and settings.tls_key is None:
        return None
    if settings.tls_cert is None or settings.tls_key is None:
        raise ConfigurationError("a certificate needs its key and a key its certificate: --tls-cert and --tls-key")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(TLS_CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"the certificate or its key cannot be used: {error.strerror or error}") from None
    return context
