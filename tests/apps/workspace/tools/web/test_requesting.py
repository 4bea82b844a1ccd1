from __future__ import annotations

import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smarthealth.apps.workspace.tools import texts
from smarthealth.apps.workspace.tools.web.hosts import AllowedHosts
from smarthealth.apps.workspace.tools.web.network import CheckedNetwork
from smarthealth.apps.workspace.tools.web.requesting import Answer, Requester
from smarthealth.llm.tooling import ToolError
from smarthealth.testing.http import Exchange, open_http_server

PUBLIC = {"api.example.com": "127.0.0.1", "other.example.com": "127.0.0.1", "bad.example.com": "10.0.0.1"}


async def look_up(host: str, port: int) -> Sequence[str]:
    """The world of these tests, in which one address of this machine stands for the public ones."""
    if host not in PUBLIC:
        raise OSError("unknown")
    return [PUBLIC[host]]


@attrs.define
class Site:
    """A real server with pages that misbehave; what it was asked."""

    port: int = 0
    asked: list[Exchange] = attrs.field(factory=list)

    async def answer(self, exchange: Exchange) -> None:
        """Answer by the path."""
        self.asked.append(exchange)
        here = f"http://api.example.com:{self.port}"
        moved = {
            "/inside": "/echo",
            "/other": f"http://other.example.com:{self.port}/echo",
            "/private": f"http://bad.example.com:{self.port}/",
            "/loopback": f"http://127.0.0.1:{self.port}/echo",
            "/metadata": "http://169.254.169.254/latest/meta-data/",
            "/loop": f"{here}/loop",
            "/file": "file:///etc/passwd",
            "/nonsense": "http://api.example.com:http/",
        }
        if exchange.path in moved:
            await exchange.respond(302, {}, {"Location": moved[exchange.path]})
        elif exchange.path == "/again":
            await exchange.respond(307, {}, {"Location": "/echo"})
        elif exchange.path == "/no-location":
            await exchange.respond(302, {"here": True})
        elif exchange.path == "/long":
            await exchange.begin_stream("text/plain")
            while True:
                await exchange.send_data(b"x" * 1_000)
        elif exchange.path == "/silent":
            await trio.sleep_forever()
        elif exchange.path == "/reset":
            await exchange.begin_stream("text/plain")
            await exchange.reset()
        elif exchange.path == "/bomb":
            await exchange.begin_stream("text/plain")
            await exchange.send_data(gzip.compress(b"\0" * 5_000_000))
            await exchange.end_stream()
        else:
            await exchange.respond(200, {"method": exchange.method, "body": exchange.body.decode()})


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The site, served."""
    site = Site()
    async with open_http_server(site.answer) as url:
        site.port = int(url.rpartition(":")[2])
        yield site


def requester(port: int, **changes: Any) -> Requester:
    """One that may go to the site."""
    values: dict[str, Any] = {
        "hosts": AllowedHosts((f"*.example.com:{port}",)),
        "allowed_headers": frozenset({"accept", "content-type", "x-key"}),
        "time_limit": 5.0,
        "longest_body": 100,
        "longest_answer": 10_000,
        "network": CheckedNetwork(look_up, lambda address: address == "127.0.0.1"),
    }
    return Requester(**values | changes)


async def get(site: Site, path: str, **changes: Any) -> Answer:
    """Ask the site for a page."""
    return await requester(site.port, **changes).request("GET", f"http://api.example.com:{site.port}{path}", {}, None)


async def reason_of(waited: Callable[[], Awaitable[object]]) -> str:
    """Why it was not answered."""
    with pytest.raises(ToolError) as caught:
        await waited()
    return caught.value.reason


async def test_a_request_is_answered(site: Site) -> None:
    """Method, headers and body arrive; the host is named as it was, and nothing packed is asked for."""
    url = f"http://api.example.com:{site.port}/echo?a=1"
    answer = await requester(site.port).request("POST", url, {"X-Key": "k "}, "hola")
    assert (answer.status, answer.url, answer.truncated) == (200, url, False)
    assert b'"body": "hola"' in answer.body
    headers = site.asked[0].headers
    assert headers["host"] == f"api.example.com:{site.port}"
    assert (headers["x-key"], headers["accept-encoding"]) == ("k", "identity")
    assert headers["connection"] == "close"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/private", texts.ADDRESS_NOT_ALLOWED.format("bad.example.com")),
        ("/loopback", texts.HOST_NOT_ALLOWED.format("127.0.0.1")),
        ("/metadata", texts.HOST_NOT_ALLOWED.format("169.254.169.254")),
        ("/loop", texts.TOO_MANY_REDIRECTS),
        ("/file", texts.BAD_URL),
        ("/nonsense", texts.BAD_URL),
        ("/reset", texts.HTTP_FAILED),
    ],
)
async def test_a_redirect_is_checked_like_a_request(site: Site, path: str, reason: str) -> None:
    """Where a host sends a request is allowed or refused anew, and so often at most."""
    assert await reason_of(lambda: get(site, path)) == reason


async def test_redirects_are_followed(site: Site) -> None:
    """What asks for another page becomes a GET without a body; secrets do not go to another host."""
    ask = requester(site.port)
    here = f"http://api.example.com:{site.port}"
    sent = {"X-Key": "k", "Content-Type": "text/plain"}
    answer = await ask.request("POST", f"{here}/inside", sent, "hola")
    assert (answer.url, b'"GET"' in answer.body) == (f"{here}/echo", True)
    assert site.asked[-1].headers["x-key"] == "k"
    assert "content-type" not in site.asked[-1].headers
    answer = await ask.request("POST", f"{here}/again", sent, "hola")
    assert b'"POST", "body": "hola"' in answer.body
    await ask.request("GET", f"{here}/other", sent, None)
    assert site.asked[-1].headers["host"].startswith("other.")
    assert "x-key" not in site.asked[-1].headers
    assert (await get(site, "/no-location")).status == 302


async def test_addresses_are_checked_at_connect(site: Site) -> None:
    """An allowed name that leads inside is refused, and so is one that leads nowhere."""
    for host, reason in (("bad", texts.ADDRESS_NOT_ALLOWED), ("none", texts.NO_ADDRESS)):
        name = f"{host}.example.com"
        asked = partial(requester(site.port).request, "GET", f"http://{name}:{site.port}/", {}, None)
        assert await reason_of(asked) == reason.format(name)
    real = requester(site.port, network=CheckedNetwork(), hosts=AllowedHosts((f"localhost:{site.port}",)))
    url = f"http://localhost:{site.port}/"
    assert await reason_of(lambda: real.request("GET", url, {}, None)) == texts.ADDRESS_NOT_ALLOWED.format("localhost")
    assert site.asked == []


async def test_the_environments_proxy_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect to what was not checked."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await get(site, "/echo")).status == 200


async def test_what_is_sent_has_bounds(site: Site) -> None:
    """Headers by a list, bodies by length and method."""
    ask, url = requester(site.port), f"http://api.example.com:{site.port}/echo"
    assert await reason_of(lambda: ask.request("GET", url, {"Host": "x"}, None)) == texts.HEADER_NOT_ALLOWED.format(
        "Host"
    )
    assert await reason_of(lambda: ask.request("GET", url, {"accept": "a\r\nx: y"}, None)) == texts.BAD_HEADER.format(
        "accept"
    )
    assert await reason_of(lambda: ask.request("GET", url, {}, "x")) == texts.BODY_NOT_TAKEN.format("GET")
    assert await reason_of(lambda: ask.request("POST", url, {}, "x" * 101)) == texts.BODY_TOO_BIG.format(100)
    assert site.asked == []


async def test_what_is_read_has_bounds(site: Site) -> None:
    """An answer without end is cut, a packed one stays packed, and a silent host has its time."""
    answer = await get(site, "/long")
    assert (len(answer.body), answer.truncated) == (10_000, True)
    assert len((await get(site, "/bomb")).body) < 10_000
    assert await reason_of(lambda: get(site, "/silent", time_limit=0.1)) == texts.HTTP_SLOW.format(0.1)


def certificate(folder: Path, name: str) -> Path:
    """A certificate for a name and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return path


async def test_over_tls_the_name_is_proved(tmp_path: Path, nursery: trio.Nursery) -> None:
    """The connection goes to an address, and the certificate must still be the name's."""
    path = certificate(tmp_path, "api.example.com")
    server, trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context(cafile=path)
    server.load_cert_chain(path)
    named: list[str] = []
    server.set_servername_callback(lambda connection, name, context: named.append(str(name)))

    async def answer(stream: trio.SSLStream[trio.SocketStream]) -> None:
        try:
            await stream.receive_some()
            await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhola")
        except trio.BrokenResourceError:
            pass  # a client that does not believe the certificate

    listeners = await trio.open_ssl_over_tcp_listeners(0, server, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, answer, listeners)
    inner = listeners[0].transport_listener
    assert isinstance(inner, trio.SocketListener)
    port = inner.socket.getsockname()[1]
    ask = requester(port, trust=trust)
    assert (await ask.request("GET", f"https://api.example.com:{port}/", {}, None)).body == b"hola"
    assert named == ["api.example.com"]
    assert (
        await reason_of(lambda: ask.request("GET", f"https://other.example.com:{port}/", {}, None)) == texts.HTTP_FAILED
    )
