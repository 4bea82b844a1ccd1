"""Where to listen, and who is calling."""

from __future__ import annotations

import pytest

from smarthealth.server.addresses import (
    Endpoint,
    ListenError,
    came_through_proxy,
    client_address,
    is_loopback,
    on_loopback_only,
    parse_listen,
    plan_binds,
    subscriber,
)
from smarthealth.server.hypercorn import Bind
from smarthealth.server.settings import ServerSettings

APPLICATIONS = ("records", "taxi")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("taxi=:8000", ("taxi", Endpoint(host="127.0.0.1", port=8000))),
        ("taxi=0.0.0.0:0", ("taxi", Endpoint(host="0.0.0.0", port=0))),
        ("taxi=[::1]:80", ("taxi", Endpoint(host="::1", port=80))),
    ],
)
def test_listen_is_read(text: str, expected: tuple[str, Endpoint]) -> None:
    """An empty host is the default one, brackets hold IPv6."""
    assert parse_listen(text, "127.0.0.1") == expected


@pytest.mark.parametrize("text", ["", "taxi", "taxi=8000", "=:8000", "taxi=:", "taxi=:x", "taxi=:65536", "taxi=:²"])
def test_malformed_listen_is_refused(text: str) -> None:
    """What is no APP=HOST:PORT is named in the error."""
    with pytest.raises(ListenError, match="APP=HOST:PORT"):
        parse_listen(text, "127.0.0.1")


def test_main_port_is_there_beside_the_others() -> None:
    """Without more, one port with the first application bare; each `--listen` adds a port."""
    assert plan_binds(ServerSettings(), APPLICATIONS, "records") == (Bind(name="records", address="127.0.0.1:8088"),)
    settings = ServerSettings(host="::1", listen=("taxi=:8000",))
    assert plan_binds(settings, APPLICATIONS, "records") == (
        Bind(name="records", address="[::1]:8088"),
        Bind(name="taxi", address="[::1]:8000"),
    )


def test_port_asked_for_takes_the_main_ports_place() -> None:
    """Two bindings of one port would fail: the one asked for counts, and free ports never clash."""
    settings = ServerSettings(listen=("taxi=:8088",))
    assert plan_binds(settings, APPLICATIONS, "records") == (Bind(name="taxi", address="127.0.0.1:8088"),)
    settings = ServerSettings(port=0, listen=("taxi=:0", "records=:0"))
    assert len(plan_binds(settings, APPLICATIONS, "records")) == 3


def test_unknown_application_and_port_asked_for_twice_are_refused() -> None:
    """The error says what is wrong."""
    with pytest.raises(ListenError, match="no application 'pizza'"):
        plan_binds(ServerSettings(listen=("pizza=:1",)), APPLICATIONS, "records")
    with pytest.raises(ListenError, match="one port"):
        plan_binds(ServerSettings(listen=("taxi=:1", "records=:1")), APPLICATIONS, "records")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("::", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_else(host: str, expected: bool) -> None:
    """Neither addresses of every interface nor names that only begin like it count."""
    assert is_loopback(host) is expected
    assert on_loopback_only([Bind(name="a", address=f"{host}:1"), Bind(name="b", address="127.0.0.1:2")]) is expected


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ([], "10.0.0.1"),
        (["198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9", "198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        (["10.0.0.2"], "10.0.0.2"),
        ([","], "10.0.0.1"),
    ],
)
def test_trusted_proxy_says_who_the_client_is(forwarded: list[str], expected: str) -> None:
    """The first address from the right that is no proxy of ours counts; what the client wrote itself does not."""
    headers = [(b"X-Forwarded-For", value.encode()) for value in forwarded]
    scope = {"client": ("10.0.0.1", 5), "headers": headers}
    assert client_address(scope, ("10.0.0.1", "10.0.0.2")) == expected


def test_without_trusted_proxies_the_peer_counts() -> None:
    """Anybody can write a header."""
    scope = {"client": ("192.0.2.1", 5), "headers": [(b"x-forwarded-for", b"1.1.1.1")]}
    assert client_address(scope, ()) == "192.0.2.1"
    assert client_address({"client": None, "headers": []}, ()) == ""
    assert came_through_proxy(scope)
    assert not came_through_proxy({"headers": [(b"host", b"x")]})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix", "unix"),
    ],
)
def test_subscriber_is_one_client(address: str, expected: str) -> None:
    """Who has a whole network of IPv6 is one client."""
    assert subscriber(address) == expected
