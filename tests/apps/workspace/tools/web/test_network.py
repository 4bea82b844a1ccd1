from __future__ import annotations

from collections.abc import Sequence

import httpcore2
import pytest
import trio

from smarthealth.apps.workspace.tools.web import network
from smarthealth.apps.workspace.tools.web.network import (
    AddressRefusedError,
    CheckedNetwork,
    NameUnknownError,
    resolve,
)


def names(*addresses: str) -> network.Resolve:
    """A resolver that knows one answer."""

    async def look_up(host: str, port: int) -> Sequence[str]:
        if not addresses:
            raise OSError("unknown")
        return addresses

    return look_up


async def serve(nursery: trio.Nursery) -> int:
    """A server that greets; its port."""

    async def greet(stream: trio.SocketStream) -> None:
        await stream.send_all(b"hello")

    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, greet, listeners)
    port: int = listeners[0].socket.getsockname()[1]
    return port


async def test_the_address_that_was_checked_is_connected_to(nursery: trio.Nursery) -> None:
    """A name is looked up once; what is refused is passed over, and what does not answer, too."""
    port = await serve(nursery)
    asked: list[str] = []

    def allowed(address: str) -> bool:
        asked.append(address)
        return address.startswith("127.")

    checked = CheckedNetwork(names("10.0.0.1", "127.0.0.2", "127.0.0.1"), allowed)
    stream = await checked.connect_tcp("api.example.com", port)
    assert await stream.read(5) == b"hello"
    assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
    assert asked == ["10.0.0.1", "127.0.0.2", "127.0.0.1"]
    await stream.aclose()


async def test_a_name_of_this_machine_is_refused() -> None:
    """What resolves to no public address is not connected to, whatever it is called; nor is what does not resolve."""
    for addresses in (["127.0.0.1"], ["::1", "10.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]):
        with pytest.raises(AddressRefusedError):
            await CheckedNetwork(names(*addresses)).connect_tcp("api.example.com", 80)
    with pytest.raises(AddressRefusedError):
        await CheckedNetwork().connect_tcp("localhost", 80)
    with pytest.raises(NameUnknownError):
        await CheckedNetwork(names()).connect_tcp("api.example.com", 80)


async def test_an_answer_of_the_resolver_that_changes_is_asked_for_once(nursery: trio.Nursery) -> None:
    """A name that leads elsewhere at the second look is never looked at twice."""
    port = await serve(nursery)
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def rebind(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    stream = await CheckedNetwork(rebind, lambda address: True).connect_tcp("api.example.com", port)
    assert await stream.read(5) == b"hello"
    assert answers == [["10.0.0.1"]]
    await stream.aclose()


async def test_the_last_address_tells_the_failure() -> None:
    """When none answers, that is what the library hears."""
    with pytest.raises(httpcore2.ConnectError):
        await CheckedNetwork(names("127.0.0.1"), lambda address: True).connect_tcp("x", 1, timeout=1.0)


async def test_the_systems_resolver_gives_each_address_once() -> None:
    """By name or as it stands."""
    assert list(await resolve("127.0.0.1", 80)) == ["127.0.0.1"]
