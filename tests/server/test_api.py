"""Bodies of requests."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.server.api import LoginRequest, read_login
from smarthealth.server.errors import Refused

GOOD = {"email": "ana@example.org", "password": "contraseña"}


def test_sign_in_is_read() -> None:
    """The two texts are what counts; further fields are nobody's."""
    assert read_login(json.dumps(GOOD | {"remember": True}).encode()) == LoginRequest(**GOOD)
    assert "contraseña" not in repr(LoginRequest(**GOOD))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b'{"email": "a@b"}',
        json.dumps(GOOD | {"email": 5}).encode(),
        json.dumps(GOOD | {"password": None}).encode(),
        json.dumps(GOOD | {"password": ""}).encode(),
        json.dumps(GOOD | {"email": "a" * 255}).encode(),
        json.dumps(GOOD | {"password": "a" * 1025}).encode(),
        b'{"email": "\\ud800", "password": "x"}',
    ],
)
def test_anything_else_is_400(body: bytes) -> None:
    """Wrong types, missing, empty or endless texts, and what is no JSON are refused alike."""
    with pytest.raises(Refused) as refused:
        read_login(body)
    assert (refused.value.status, refused.value.code) == (400, "INVALID_REQUEST")


@given(st.binary(max_size=100))
def test_no_body_makes_reading_fail_otherwise(body: bytes) -> None:
    """Read or refused, nothing else."""
    with pytest.raises(Refused):
        read_login(body)
