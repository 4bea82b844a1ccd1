import pytest
import trio
import trio_websocket

from smarthealth.testing.errors import ClientGone
from smarthealth.testing.websockets import Peer, open_websocket_server


async def test_messages_go_both_ways() -> None:
    """Bytes and objects in, objects and any text out; a handler that returns closes in order."""

    async def handle(peer: Peer) -> None:
        assert await peer.receive() == b"audio"
        assert await peer.receive() == {"a": 1}
        await peer.send({"path": peer.path, "query": peer.query, "key": peer.headers["x-key"]})
        await peer.send("{nonsense")

    async with (
        open_websocket_server(handle) as url,
        trio_websocket.open_websocket_url(f"{url}/x?q=1", extra_headers=[(b"X-Key", b"k")]) as client,
    ):
        await client.send_message(b"audio")
        await client.send_message('{"a": 1}')
        assert await client.get_message() == '{"path": "/x", "query": {"q": "1"}, "key": "k"}'
        assert await client.get_message() == "{nonsense"
        with pytest.raises(trio_websocket.ConnectionClosed):
            await client.get_message()
        await trio.aclose_forcefully(client._stream)


async def test_connections_are_cut_and_closed() -> None:
    """With the code of the script, or without any."""

    async def handle(peer: Peer) -> None:
        await (peer.close(1013) if peer.path == "/close" else peer.reset())

    async with open_websocket_server(handle) as url:
        for path, code in (("/close", 1013), ("/reset", 1006)):
            async with trio_websocket.open_websocket_url(url + path) as client:
                with pytest.raises(trio_websocket.ConnectionClosed) as raised:
                    await client.get_message()
                assert raised.value.reason is not None
                assert raised.value.reason.code == code
                await trio.aclose_forcefully(client._stream)


async def test_handshakes_are_refused() -> None:
    """With the status that the script wants."""
    async with open_websocket_server(Peer.hang, refuse=lambda request: 429) as url:
        stream = await trio.open_tcp_stream("127.0.0.1", int(url.rpartition(":")[2]))
        async with stream:
            await stream.send_all(
                b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
            assert (await stream.receive_some(100)).startswith(b"HTTP/1.1 429")


async def test_a_client_that_goes_is_noticed() -> None:
    """Who waits for it, and who sends to it."""
    gone = trio.Event()

    async def handle(peer: Peer) -> None:
        try:
            await peer.hang()
        except ClientGone:
            with pytest.raises(ClientGone):
                await peer.send({})
            gone.set()
            raise

    with trio.fail_after(5):
        async with open_websocket_server(handle) as url:
            async with trio_websocket.open_websocket_url(url):
                pass
            await gone.wait()
