"""What browsers may do."""

from __future__ import annotations

import re

from smarthealth.server.security_headers import REDOCS_OWN, STRICT, security_headers


def test_strict_policy_allows_only_what_is_ours() -> None:
    """No script, style or connection of another place, nothing inline, no frames."""
    assert "unsafe" not in STRICT
    assert "default-src 'none'" in STRICT
    assert "frame-ancestors 'none'" in STRICT
    assert "http" not in STRICT


def test_redoc_may_use_its_two_sheets_and_no_more() -> None:
    """Its policy differs in the hashes of styles alone."""
    assert "unsafe" not in REDOCS_OWN
    assert re.sub(r" 'sha256-[^']+'", "", REDOCS_OWN) == STRICT
    assert "script-src 'self';" in REDOCS_OWN


def test_tls_is_remembered_where_it_is_used() -> None:
    """Only an answer over TLS asks browsers to stay with TLS."""
    assert "Strict-Transport-Security" in security_headers(secure=True)
    assert "Strict-Transport-Security" not in security_headers(secure=False)
    assert security_headers(secure=False)["Content-Security-Policy"] == STRICT
