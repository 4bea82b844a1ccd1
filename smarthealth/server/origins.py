"""Which web pages may talk to this server.

A browser says in `Origin` which page is asking; other clients say nothing and are let in. The rule, in order:

1. the server's own pages, always;
2. the origins in `ALLOWED_ORIGINS`;
3. while that is unset and the server listens on loopback only: `null` (a page opened from disk) and any port of localhost;
4. nobody else.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import attrs

from .addresses import is_loopback

DEFAULT_PORTS = {"http": 80, "https": 443}
NULL = "null"


@attrs.frozen(kw_only=True)
class OriginRule:
    """The rule with its settings."""

    allowed: frozenset[str]
    """Normalised origins."""
    loopback_only: bool
    """Whether the server can be reached from this machine only."""

    @classmethod
    def of(cls, allowed: tuple[str, ...], *, loopback_only: bool) -> OriginRule:
        """Read a setting.

        Raises:
            ValueError: One of the origins is none.
        """
        normalised = [_normalise(origin) for origin in allowed]
        for origin, known in zip(allowed, normalised, strict=True):
            if known is None:
                raise ValueError(f"ALLOWED_ORIGINS: {origin!r} is not an origin such as https://example.org")
        return cls(allowed=frozenset(filter(None, normalised)), loopback_only=loopback_only)

    def allows(self, origin: str | None, *, host: str, secure: bool) -> bool:
        """Whether a page may come in.

        Args:
            origin: The request's `Origin`, None when it has none.
            host: The request's `Host`.
            secure: Whether it came over TLS.
        """
        if origin is None:
            return True
        normalised = _normalise(origin)
        if normalised is None:
            return False
        if normalised in self.allowed or self._is_own(normalised, host, secure):
            return True
        if self.allowed or not self.loopback_only:
            return False
        return normalised == NULL or is_loopback(urlsplit(normalised).hostname or "")

    def _is_own(self, origin: str, host: str, secure: bool) -> bool:
        """Whether a page came from where it connects to; a proxy in front may have added TLS, nothing takes it away.

        A name that somebody else's DNS points to this machine is not our own name.
        """
        schemes = ("https",) if secure else ("http", "https")
        if origin not in [_normalise(f"{scheme}://{host}") for scheme in schemes]:
            return False
        return not self.loopback_only or is_loopback(urlsplit(origin).hostname or "")


def _normalise(origin: str) -> str | None:
    """An origin as it is compared: lower case, without a default port; None for what is no origin."""
    origin = origin.strip().lower()
    if origin == NULL:
        return NULL
    try:
        parts = urlsplit(origin.rstrip("/"))
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if (
        parts.scheme not in DEFAULT_PORTS
        or not host
        or parts.path
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, DEFAULT_PORTS[parts.scheme]) else "")
