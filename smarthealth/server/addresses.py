"""Network addresses: where to listen, who is calling, and who counts as this machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs

from .hypercorn import Bind
from .settings import ServerSettings

IPV6_SUBSCRIBER_BITS = 64
"""Bits of an IPv6 address that stand for one subscriber, who may use any address below them."""
FORWARDED = frozenset({b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"})
"""Headers that only a proxy sends."""


class ListenError(ValueError):
    """What was given as an address to listen on is none; the text is for people."""


@attrs.frozen(kw_only=True)
class Endpoint:
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_listen(text: str, default_host: str) -> tuple[str, Endpoint]:
    """Read `APP=HOST:PORT`; an empty host is the default one.

    Raises:
        ListenError: It is not of that form.
    """
    application, equals, address = text.partition("=")
    host, colon, port = address.rpartition(":")
    if not (application and equals and colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ListenError(f"{text!r} is not of the form APP=HOST:PORT")
    return application, Endpoint(host=host.strip("[]") or default_host, port=int(port))


def plan_binds(settings: ServerSettings, applications: Collection[str], bare: str) -> tuple[Bind, ...]:
    """What to listen on: the main port, where `bare` needs no prefix, and a port for each further application asked for.

    A port asked for an application takes the main port's place when it is the same.

    Raises:
        ListenError: An application is unknown, or an address is malformed or asked for twice.
    """
    asked = [parse_listen(text, settings.host) for text in settings.listen]
    for name, _ in asked:
        if name not in applications:
            raise ListenError(f"there is no application {name!r} to listen for; there are {', '.join(applications)}")
    ports = [endpoint.port for _, endpoint in asked if endpoint.port]
    if len(set(ports)) < len(ports):
        raise ListenError("two applications cannot listen on one port")
    main = (
        [] if settings.port and settings.port in ports else [(bare, Endpoint(host=settings.host, port=settings.port))]
    )
    return tuple(Bind(name=name, address=str(endpoint)) for name, endpoint in (*main, *asked))


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine and can be nothing else."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def on_loopback_only(binds: Iterable[Bind]) -> bool:
    """Whether nobody but this machine can connect."""
    return all(is_loopback(bind.address.rpartition(":")[0]) for bind in binds)


def client_address(scope: Mapping[str, Any], trusted_proxies: Collection[str]) -> str:
    """The address of the client: the peer's, or what trusted proxies say.

    `X-Forwarded-For` is read from the right, where our own proxies wrote, up to the first address that is not one of them.
    """
    peer = scope["client"][0] if scope.get("client") else ""
    if peer not in trusted_proxies:
        return str(peer)
    values = [value.decode("latin1") for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
    for hop in reversed(",".join(values).split(",")):
        if not (hop := hop.strip()):
            break
        peer = hop
        if hop not in trusted_proxies:
            break
    return str(peer)


def came_through_proxy(scope: Mapping[str, Any]) -> bool:
    """Whether some proxy left its mark, so that the peer's address says nothing of the client."""
    return any(name.lower() in FORWARDED for name, _ in scope["headers"])


def subscriber(address: str) -> str:
    """What stands for one client in tables: the address, or its network where one client has a whole one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_SUBSCRIBER_BITS), strict=False))
