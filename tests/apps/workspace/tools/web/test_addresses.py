from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.workspace.tools.web.addresses import is_public

REFUSED = {
    "loopback": ["127.0.0.1", "127.1.2.3", "::1"],
    "nobody": ["0.0.0.0", "::", "255.255.255.255"],
    "private": ["10.0.0.1", "172.16.0.1", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "link-local, with the clouds' metadata": ["169.254.169.254", "fe80::1", "fe80::1%eth0"],
    "multicast": ["224.0.0.251", "239.1.1.1", "ff02::1", "ff0e::1"],
    "shared between providers": ["100.64.0.1", "100.127.255.254"],
    "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:8.8.8.8"],
    "IPv4-compatible and translated": ["::8.8.8.8", "::ffff:0:8.8.8.8"],
    "6to4 and its relays": ["2002:7f00:1::1", "2002:808:808::1", "192.88.99.1"],
    "Teredo": ["2001:0:7f00:1::1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"],
    "site-local": ["fec0::1"],
    "documentation and benchmarks": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1"],
    "reserved": ["240.0.0.1", "192.0.0.1"],
    "no address": ["", "localhost", "0x7f.1", "2130706433", "1.2.3"],
}


@pytest.mark.parametrize("address", [address for addresses in REFUSED.values() for address in addresses])
def test_what_is_not_public_is_refused(address: str) -> None:
    """Nothing of this machine, its networks, many machines at once, or in disguise."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4003:80f::200e"])
def test_public_addresses_are_allowed(address: str) -> None:
    """What anybody can reach may be reached."""
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_no_address_gets_in_by_a_longer_form(number: int) -> None:
    """Whatever an IPv4 address is, none of its forms in IPv6 is public."""
    address = IPv4Address(number)
    for high in (0, 0xFFFF << 32, 0xFFFF << 48, 0x64FF9B << 96):
        assert not is_public(str(IPv6Address(high | number)))
    assert not is_public(str(IPv6Address(0x2002 << 112 | number << 80 | 1)))
    assert is_public(str(address)) <= ip_address(str(address)).is_global
