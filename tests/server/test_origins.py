"""Which pages may talk to the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.server.origins import OriginRule

HOST = "localhost:8088"
PUBLIC = "care.example"


def allows(
    origin: str | None, *, allowed: tuple[str, ...] = (), loopback: bool = True, host: str = HOST, secure: bool = False
) -> bool:
    """What the rule says."""
    return OriginRule.of(allowed, loopback_only=loopback).allows(origin, host=host, secure=secure)


@pytest.mark.parametrize("loopback", [True, False])
def test_request_without_an_origin_is_no_pages(loopback: bool) -> None:
    """Programs send no origin, and are let in."""
    assert allows(None, loopback=loopback)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:8088", True),
        ("http://localhost:3000", True),
        ("https://localhost", True),
        ("http://127.0.0.1:5173", True),
        ("http://[::1]:5173", True),
        ("null", True),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://localhost@evil.example", False),
        ("", False),
    ],
)
def test_server_on_loopback_lets_in_this_machines_pages(origin: str, expected: bool) -> None:
    """With nothing set: any port of localhost and pages from disk, nobody else."""
    assert allows(origin) is expected


@pytest.mark.parametrize("origin", ["null", "http://localhost:3000", "http://127.0.0.1"])
def test_loopback_pages_are_foreign_once_origins_are_set_or_the_server_is_public(origin: str) -> None:
    """The concession ends with a list, and with other addresses than loopback."""
    assert not allows(origin, allowed=("https://care.example",))
    assert not allows(origin, loopback=False, host=PUBLIC)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://care.example", True),
        ("HTTPS://Care.Example", True),
        ("https://care.example:443", True),
        ("https://care.example:8443", False),
        ("http://care.example", False),
        ("https://sub.care.example", False),
        ("https://care.example.evil", False),
    ],
)
def test_listed_origins_are_let_in_exactly(origin: str, expected: bool) -> None:
    """Scheme, host and port must all be the listed one's; default ports may be written or not."""
    assert allows(origin, allowed=("https://care.example/",), loopback=False, host="api.example") is expected


def test_null_can_be_listed() -> None:
    """Who really wants pages from disk on a public server can say so."""
    assert allows("null", allowed=("null",), loopback=False)


@pytest.mark.parametrize(
    ("origin", "secure", "expected"),
    [
        ("https://care.example", True, True),
        ("http://care.example", True, False),
        ("https://care.example", False, True),
        ("http://care.example", False, True),
        ("http://care.example:8000", False, False),
    ],
)
def test_own_pages_are_always_let_in(origin: str, secure: bool, expected: bool) -> None:
    """A page of the host that is asked is our own; a proxy may have added TLS."""
    assert allows(origin, loopback=False, host=PUBLIC, secure=secure) is expected
    assert allows(origin, allowed=("https://other.example",), loopback=False, host=PUBLIC, secure=secure) is expected


def test_foreign_name_pointed_to_this_machine_is_not_our_own() -> None:
    """DNS rebinding does not make a page ours."""
    assert not allows("http://evil.example:8088", host="evil.example:8088")


@pytest.mark.parametrize(
    "origin", ["care.example", "ftp://care.example", "https://care.example/path", "https://x:y", "*"]
)
def test_setting_that_is_no_origin_is_refused(origin: str) -> None:
    """A mistake in the list is said at the start, not found out by its users."""
    with pytest.raises(ValueError, match="ALLOWED_ORIGINS"):
        OriginRule.of((origin,), loopback_only=True)


@given(st.text(), st.text())
def test_no_header_makes_the_rule_fail(origin: str, host: str) -> None:
    """Whatever a client sends is allowed or not, without an exception, and never on a public server with a list."""
    allows(origin, host=host)
    assert not allows("https://evil.example", allowed=("https://care.example",), loopback=False, host=PUBLIC)
