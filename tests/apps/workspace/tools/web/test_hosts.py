from __future__ import annotations

import pytest

from smarthealth.apps.workspace.tools import texts
from smarthealth.apps.workspace.tools.web.hosts import AllowedHosts, read_url
from smarthealth.llm.tooling import ToolError

HOSTS = AllowedHosts(("api.example.com", " *.Example.org", "example.net:8443", "[2606:4700::1111]", "bücher.example"))


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/x?y=1",
        "http://API.example.com.:80/",
        "https://a.example.org",
        "https://a.b.example.org:443",
        "https://example.net:8443/",
        "https://[2606:4700::1111]/",
    ],
)
def test_allowed_hosts_pass(url: str) -> None:
    """By name, below a name, on a port; case and a last dot say nothing."""
    assert HOSTS.check(url).scheme in ("http", "https")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://evil-api.example.com",
        "https://api.example.com.evil.test",
        "https://example.org",
        "https://xexample.org",
        "https://.example.org/",
        "https://example.net/",
        "https://api.example.com:8443/",
        "http://api.example.com:22/",
        "https://api.example.com:99999999/",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://0x7f.1/",
        "http://[::1]/",
        "https://evil.test#api.example.com",
        "https://evil.test/api.example.com",
        "https://evil.test\\@api.example.com/",
    ],
)
def test_others_are_refused(url: str) -> None:
    """What only looks like an allowed host is not one."""
    with pytest.raises(ToolError):
        HOSTS.check(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", texts.BAD_URL),
        ("api.example.com", texts.BAD_URL),
        ("file:///etc/passwd", texts.BAD_URL),
        ("ftp://api.example.com", texts.BAD_URL),
        ("https://", texts.BAD_URL),
        ("https://api.example.com:https/", texts.BAD_URL),
        ("https://x\n.example.org", texts.BAD_URL),
        ("https://api.example.com/" + "x" * 2_000, texts.BAD_URL),
        ("https://user:secret@api.example.com", texts.URL_USER),
    ],
)
def test_what_is_no_address_is_refused(url: str, reason: str) -> None:
    """Other schemes, passwords, and what cannot be read."""
    with pytest.raises(ToolError) as caught:
        HOSTS.check(url)
    assert caught.value.reason == reason


def test_without_allowed_hosts_nothing_passes() -> None:
    """By default requests are off, and a call is told so."""
    with pytest.raises(ToolError, match="desactivadas"):
        AllowedHosts(()).check("https://example.com")
    assert read_url("https://example.com").host == "example.com"
