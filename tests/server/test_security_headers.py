"""What browsers may do."""

from __future__ import annotations

from smarthealth.server.security_headers import STRICT, STYLED, security_headers


def test_strict_policy_allows_only_what_is_ours() -> None:
    """No script, style or connection of another place, nothing inline, no frames."""
    assert "unsafe" not in STRICT
    assert "default-src 'none'" in STRICT
    assert "frame-ancestors 'none'" in STRICT
    assert "http" not in STRICT


def test_documentation_may_style_itself_and_no_more() -> None:
    """The wider policy differs in styles alone."""
    assert STYLED.replace(" 'unsafe-inline'", "") == STRICT
    assert "script-src 'self';" in STYLED


def test_tls_is_remembered_where_it_is_used() -> None:
    """Only an answer over TLS asks browsers to stay with TLS."""
    assert "Strict-Transport-Security" in security_headers(secure=True)
    assert "Strict-Transport-Security" not in security_headers(secure=False)
    assert security_headers(secure=False)["Content-Security-Policy"] == STRICT
