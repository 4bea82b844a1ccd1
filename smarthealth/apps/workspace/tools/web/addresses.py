"""Which addresses a request may go to: public ones of one machine, and none that stands for another address."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

# Beside what `is_global` knows: forms in which an address of this machine or network may hide, whole blocks of them.
_DISGUISED: Final = tuple(
    IPv6Network(block)
    for block in (
        "::/96",  # IPv4-compatible, with the unspecified address and loopback
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a network's own
        "2002::/16",  # 6to4
        "2001::/32",  # Teredo
        "fec0::/10",  # site-local
    )
)
_RESERVED: Final = tuple(
    IPv4Network(block)
    for block in (
        "100.64.0.0/10",  # shared between providers (CGNAT)
        "192.88.99.0/24",  # relays of 6to4
        "240.0.0.0/4",  # never given to anybody, broadcast included
    )
)


def is_public(address: str) -> bool:
    """Whether a request may go there.

    Args:
        address: As the resolver gives it.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False  # with a zone, it is of a link
    if not found.is_global or found.is_multicast or found.is_reserved or found.is_unspecified:
        return False
    blocks = _RESERVED if found.version == 4 else _DISGUISED
    return not any(found in block for block in blocks)
