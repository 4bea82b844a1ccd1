"""Settings of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import attrs
from attrs.validators import ge, gt, in_

from .hypercorn import ShellLimits

HOUR = 3600.0
"""Seconds."""
KIBIBYTE = 1024

Algorithm = Literal["HS256", "RS256", "EdDSA"]


@attrs.frozen(kw_only=True)
class ServerSettings:
    """Addresses, keys and bounds; durations in seconds, sizes in bytes."""

    host: str = attrs.field(
        default="127.0.0.1",
        metadata={"env": "SMARTHEALTH_HOST", "help": "address to listen on; only this machine by default"},
    )
    port: int = attrs.field(
        default=8088,
        metadata={"env": "SMARTHEALTH_PORT", "help": "port of the pages and of every application under its prefix"},
    )
    listen: tuple[str, ...] = attrs.field(
        default=(),
        metadata={
            "env": "SMARTHEALTH_LISTEN",
            "help": "more ports, APP=HOST:PORT separated by commas; APP is there without its prefix",
        },
    )
    workers: int = attrs.field(
        default=1,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_WORKERS", "help": "processes that share the ports"},
    )
    tls_cert: Path | None = attrs.field(
        default=None,
        metadata={"env": "SMARTHEALTH_TLS_CERT", "help": "PEM file with the certificate chain; turns TLS on"},
    )
    tls_key: Path | None = attrs.field(
        default=None,
        metadata={"env": "SMARTHEALTH_TLS_KEY", "help": "PEM file with the certificate's key"},
    )
    allowed_origins: tuple[str, ...] = attrs.field(
        default=(),
        metadata={
            "env": "ALLOWED_ORIGINS",
            "help": "origins of web pages that may connect, separated by commas, besides the server's own; unset, a server on loopback"
            " also lets in localhost and pages opened from disk",
        },
    )
    trusted_proxies: tuple[str, ...] = attrs.field(
        default=(),
        metadata={
            "env": "SMARTHEALTH_TRUSTED_PROXIES",
            "help": "addresses of proxies whose X-Forwarded-For is believed, separated by commas",
        },
    )

    secret_key: str | None = attrs.field(
        default=None,
        repr=False,
        metadata={
            "env": "SECRET_KEY",
            "help": "secret that signs tokens, 32 bytes or more; made and kept when unset",
            "secret": True,
        },
    )
    previous_secret_keys: tuple[str, ...] = attrs.field(
        default=(),
        repr=False,
        metadata={
            "env": "SMARTHEALTH_PREVIOUS_SECRET_KEYS",
            "help": "secrets whose tokens are still taken, separated by commas",
            "secret": True,
        },
    )
    token_algorithm: Algorithm = attrs.field(
        default="HS256",
        validator=in_(("HS256", "RS256", "EdDSA")),
        metadata={
            "env": "SMARTHEALTH_TOKEN_ALGORITHM",
            "help": "HS256 with SECRET_KEY, or RS256 or EdDSA with SMARTHEALTH_TOKEN_KEY_FILE",
        },
    )
    token_key_file: Path | None = attrs.field(
        default=None,
        metadata={"env": "SMARTHEALTH_TOKEN_KEY_FILE", "help": "PEM file with the private key for RS256 or EdDSA"},
    )
    previous_token_key_files: tuple[Path, ...] = attrs.field(
        default=(),
        metadata={
            "env": "SMARTHEALTH_PREVIOUS_TOKEN_KEY_FILES",
            "help": "PEM files with public keys whose tokens are still taken, separated by commas",
        },
    )
    token_ttl: float = attrs.field(
        default=8 * HOUR,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_TOKEN_TTL", "help": "seconds that a token is good for"},
    )
    token_leeway: float = attrs.field(
        default=10.0,
        validator=ge(0),
        metadata={"env": "SMARTHEALTH_TOKEN_LEEWAY", "help": "seconds by which clocks may differ"},
    )
    token_issuer: str = attrs.field(
        default="smarthealth",
        metadata={"env": "SMARTHEALTH_TOKEN_ISSUER", "help": "issuer written into tokens and asked of them"},
    )
    token_audience: str = attrs.field(
        default="smarthealth",
        metadata={"env": "SMARTHEALTH_TOKEN_AUDIENCE", "help": "audience written into tokens and asked of them"},
    )
    account_check_interval: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_ACCOUNT_CHECK_INTERVAL",
            "help": "seconds after which a connected user who was disabled is cut off",
        },
    )

    queries_per_minute: float = attrs.field(
        default=600.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_QUERIES_PER_MINUTE", "help": "queries of one user over all connections"},
    )
    query_burst: int = attrs.field(
        default=600,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_QUERY_BURST", "help": "queries of one user at once"},
    )
    connections_per_user: int = attrs.field(
        default=2000,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_CONNECTIONS_PER_USER", "help": "WebSockets of one user"},
    )
    max_connections: int = attrs.field(
        default=12_000,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_MAX_TCP_CONNECTIONS",
            "help": "TCP connections of all clients, WebSockets among them",
        },
    )
    failures_per_minute: float = attrs.field(
        default=120.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_FAILURES_PER_MINUTE", "help": "refused requests of one address for long"},
    )
    failure_burst: int = attrs.field(
        default=240,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_FAILURE_BURST", "help": "refused requests of one address at once"},
    )
    login_failures_per_minute: float = attrs.field(
        default=10.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_LOGIN_FAILURES_PER_MINUTE", "help": "failed sign-ins of one address for long"},
    )
    login_failure_burst: int = attrs.field(
        default=30,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_LOGIN_FAILURE_BURST", "help": "failed sign-ins of one address at once"},
    )
    password_threads: int = attrs.field(
        default=2,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_PASSWORD_THREADS", "help": "passwords checked at once, 64 MiB of memory each"},
    )
    password_queue: int = attrs.field(
        default=32,
        validator=ge(0),
        metadata={
            "env": "SMARTHEALTH_PASSWORD_QUEUE",
            "help": "sign-ins that may wait for their check; one more is told to come back",
        },
    )

    shutdown_grace: float = attrs.field(
        default=15.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SHUTDOWN_GRACE",
            "help": "seconds for running turns, farewells and all the rest when the server stops",
        },
    )
    handshake_timeout: float = attrs.field(
        default=10.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_HANDSHAKE_TIMEOUT", "help": "seconds to decide whether a WebSocket may come in"},
    )
    request_timeout: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_REQUEST_TIMEOUT", "help": "seconds to answer an HTTP request"},
    )
    header_timeout: float = attrs.field(
        default=10.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_HEADER_TIMEOUT", "help": "seconds for the head of a request"},
    )
    body_timeout: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_BODY_TIMEOUT", "help": "seconds for the body of a request"},
    )
    keep_alive_timeout: float = attrs.field(
        default=15.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_KEEP_ALIVE_TIMEOUT", "help": "seconds between two requests of a connection"},
    )
    send_timeout: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SEND_TIMEOUT",
            "help": "seconds in which a client must read 64 KiB; slower ones are cut",
        },
    )
    ping_interval: float = attrs.field(
        default=20.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_PING_INTERVAL", "help": "seconds of silence after which a WebSocket is pinged"},
    )
    pong_timeout: float = attrs.field(
        default=20.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_PONG_TIMEOUT", "help": "seconds for the answer to a ping"},
    )
    max_body_size: int = attrs.field(
        default=64 * KIBIBYTE,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_MAX_BODY_SIZE", "help": "bytes of a request's body"},
    )
    max_message_size: int = attrs.field(
        default=64 * KIBIBYTE,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_MAX_MESSAGE_SIZE",
            "help": "bytes of a WebSocket message; a larger one ends in 1009",
        },
    )
    compression: bool = attrs.field(
        default=False,
        metadata={"env": "SMARTHEALTH_WEBSOCKET_COMPRESSION", "help": "whether to agree to permessage-deflate"},
    )

    health_timeout: float = attrs.field(
        default=2.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_HEALTH_TIMEOUT", "help": "seconds for each part to answer /health"},
    )

    def limits(self) -> ShellLimits:
        """What of this bounds a single peer."""
        return ShellLimits(
            max_connections=self.max_connections,
            header_timeout=self.header_timeout,
            body_timeout=self.body_timeout,
            keep_alive_timeout=self.keep_alive_timeout,
            send_timeout=self.send_timeout,
            ping_interval=self.ping_interval,
            pong_timeout=self.pong_timeout,
            max_body_size=self.max_body_size,
            max_message_size=self.max_message_size,
            read_ahead=self.max_message_size,
            compression=self.compression,
        )
