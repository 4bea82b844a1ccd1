"""What a browser may do with this server's answers."""

from __future__ import annotations

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STRICT = POLICY.format(style="")
REDOC_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",  # an empty element, filled by script
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",  # its one fixed sheet, as of redoc 2.5.4
)
REDOCS_OWN = POLICY.format(style=" " + " ".join(REDOC_STYLES))
"""For the page of Redoc, which puts two known sheets into the page; everything else stays as strict."""
YEAR = 31_536_000
"""Seconds."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}


def security_headers(*, secure: bool) -> dict[str, str]:
    """The headers that every answer has; a page's own policy goes before the strict one here."""
    headers = ALWAYS | {"Content-Security-Policy": STRICT}
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return headers
