import ssl
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
import trio
import trio_websocket
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from smarthealth.speech.websocket import open_socket
from smarthealth.testing.websockets import Peer, open_websocket_server


class _Count(msgspec.Struct):
    count: int


async def _echo(peer: Peer) -> None:
    while True:
        message = await peer.receive()
        await peer.send({"count": len(message)} if isinstance(message, bytes) else message)


async def _close(peer: Peer) -> None:
    message = await peer.receive()
    assert isinstance(message, dict)
    await peer.close(message["code"])


async def test_objects_and_audio_go_through() -> None:
    """JSON as text, audio as bytes, headers and query as they are."""
    seen: list[Peer] = []

    async def look(peer: Peer) -> None:
        seen.append(peer)
        await _echo(peer)

    async with open_websocket_server(look) as url, open_socket(f"{url}/a/b?x=1", {"X-Key": "k"}, 5.0) as socket:
        await socket.send({"count": 7, "more": True})
        await socket.send(b"1234")
        assert [await socket.receive(_Count), await socket.receive(_Count)] == [_Count(7), _Count(4)]
        assert (seen[0].path, seen[0].query, seen[0].headers["x-key"]) == ("/a/b", {"x": "1"}, "k")


async def test_what_is_no_message_is_a_protocol_error() -> None:
    """Whatever the provider sends, it is read or it is that."""
    async with open_websocket_server(_echo) as url, open_socket(url, {}, 5.0) as socket:
        await socket.send({"count": "seven"})
        with pytest.raises(SpeechProtocolError):
            await socket.receive(_Count)


@pytest.mark.parametrize(
    ("code", "error"),
    [(1000, SpeechCut), (1011, SpeechCut), (1008, SpeechRefused), (3006, SpeechRefused), (1013, SpeechUnavailable)],
)
async def test_close_codes_say_who_is_to_blame(code: int, error: type[SpeechError]) -> None:
    """A reason of the provider's own is a refusal, overload is worth another attempt, the rest is a cut."""
    async with open_websocket_server(_close) as url, open_socket(url, {}, 5.0) as socket:
        await socket.send({"code": code})
        with pytest.raises(error):
            await socket.receive(_Count)
        with pytest.raises(SpeechError):
            await socket.send({"code": code})


async def _not_a_websocket(stream: trio.SocketStream) -> None:
    await stream.receive_some(1000)
    await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


async def _nonsense(stream: trio.SocketStream) -> None:
    await stream.receive_some(1000)
    await stream.send_all(b"nonsense\r\n\r\n")


async def _silence(stream: trio.SocketStream) -> None:
    await trio.sleep_forever()


@pytest.mark.parametrize("handler", [_not_a_websocket, _nonsense, _silence])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
async def test_who_speaks_no_websocket_is_an_error(scheme: str, handler: object) -> None:
    """Another service, nonsense, nobody who answers: in time, and as an error of ours."""
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, handler, 0)
        port = listeners[0].socket.getsockname()[1]
        with trio.fail_after(10), pytest.raises((SpeechUnavailable, SpeechRefused)):
            async with open_socket(f"{scheme}://127.0.0.1:{port}/x", {}, 0.5):
                pass
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("status", "error"), [(401, SpeechRefused), (429, SpeechUnavailable), (503, SpeechUnavailable)]
)
async def test_a_handshake_that_is_refused_says_why(status: int, error: type[SpeechError]) -> None:
    """Overload is worth another attempt."""
    async with open_websocket_server(_echo, refuse=lambda request: status) as url:
        with pytest.raises(error):
            async with open_socket(url, {}, 5.0):
                pass


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


async def test_providers_are_reached_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the certificate checked: whom this machine trusts is let speak, others are not."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate, key = _certificate(tmp_path)
    context.load_cert_chain(certificate, key)

    async def serve(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept()
        await connection.send_message('{"count": 1}')
        await connection.get_message()

    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            start = partial(trio_websocket.serve_websocket, serve, "127.0.0.1", 0, context)
            server = await nursery.start(start)
            url = f"wss://localhost:{server.port}/x"
            with pytest.raises(SpeechUnavailable):
                async with open_socket(url, {}, 5.0):
                    pass
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            async with open_socket(url, {}, 5.0) as socket:
                assert await socket.receive(_Count) == _Count(1)
            nursery.cancel_scope.cancel()


async def test_nobody_there_is_unavailable() -> None:
    """A port that nobody listens on."""
    with pytest.raises(SpeechUnavailable):
        async with open_socket("ws://127.0.0.1:1", {}, 5.0):
            pass


async def test_what_the_block_raises_is_raised() -> None:
    """As itself, in no group; and cancellation goes through."""
    async with open_websocket_server(_echo) as url:
        with pytest.raises(KeyError):
            async with open_socket(url, {}, 5.0):
                raise KeyError("x")
        with trio.move_on_after(0.05) as scope:
            async with open_socket(url, {}, 5.0) as socket:
                await socket.receive(_Count)
        assert scope.cancelled_caught
