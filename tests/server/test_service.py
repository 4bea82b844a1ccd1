"""The server as a child of a system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio

from smarthealth.actors import open_system
from smarthealth.server.errors import ConfigurationError
from smarthealth.server.hypercorn import LAST_WORDS, Bind, open_listeners
from smarthealth.server.service import check_origins, load_tls, server_child, shell_grace
from smarthealth.server.settings import ServerSettings
from smarthealth.testing.raw_peer import CLOSE, TEXT, frame, open_raw_peer

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def settings() -> ServerSettings:
    """Settings with a short grace."""
    return ServerSettings(shutdown_grace=2.0)


async def test_server_serves_drains_and_says_1001(world: Any, settings: ServerSettings, ask: Ask) -> None:
    """Ready with its addresses, it serves; when the system stops, connections end with 1001 and nothing is left."""
    addresses: list[Sequence[str]] = []
    world.settings = settings
    token = world.token(world.users.add())
    binds = [Bind(name="records", address="127.0.0.1:0"), Bind(name="other", address="127.0.0.1:0")]
    with open_listeners(binds, settings.limits()) as listeners:
        async with open_system("smarthealth") as system:
            await system.start_child(server_child(settings, world.services(), listeners, addresses.append))
            assert addresses == [[f"http://{listener.address}" for listener in listeners]]
            assert (await ask(listeners[1].port, "/health")).status == 200
            async with open_raw_peer(listeners[0].port) as peer, open_raw_peer(listeners[1].port) as other:
                assert (await peer.upgrade(f"/ws/chat?token={token}")).startswith("HTTP/1.1 101")
                assert (await other.upgrade("/ws/rooms/1")).startswith("HTTP/1.1 101")
                await peer.send(frame(TEXT, b"hola"))
                assert await peer.read_text() == "hola"
                system.stop()
                for each in (peer, other):
                    assert await each.read_close() == (1001, "server going away")
                    await each.send(frame(CLOSE))
                    assert await each.read_rest() == b""
    assert [code for code, _ in world.host.closed] == [1001, 1001] or world.host.closed
    assert world.host.draining


async def test_connected_user_who_is_disabled_is_cut_off(world: Any) -> None:
    """The watch over accounts runs with the server."""
    settings = ServerSettings(account_check_interval=0.1)
    user = world.users.add()
    token = world.token(user)
    with open_listeners([Bind(name="records", address="127.0.0.1:0")], settings.limits()) as listeners:
        async with open_system("smarthealth") as system:
            await system.start_child(server_child(settings, world.services(), listeners, lambda addresses: None))
            async with open_raw_peer(listeners[0].port) as peer:
                await peer.upgrade(f"/ws/chat?token={token}")
                world.users.disable(user.id)
                with trio.fail_after(3):
                    assert await peer.read_close() == (4401, "account disabled")
            system.stop()


def test_the_whole_stop_fits_into_the_grace() -> None:
    """Farewells and the stop of the rest come out of the grace, as far as it is long enough; half is for turns in any case."""
    assert shell_grace(15.0) + LAST_WORDS < 15.0
    assert shell_grace(1.0) == 0.5


def test_bad_settings_stop_the_start(world: Any, tmp_path: Path) -> None:
    """A certificate without its key, one that is none, and an origin that is none are said before anything runs."""
    nonsense = tmp_path / "cert.pem"
    nonsense.write_text("nothing")
    plain = ServerSettings()
    for settings, what in (
        (attrs.evolve(plain, tls_cert=nonsense), "needs its key"),
        (attrs.evolve(plain, tls_key=nonsense), "needs its key"),
        (attrs.evolve(plain, tls_cert=nonsense, tls_key=nonsense), "cannot be used"),
        (attrs.evolve(plain, tls_cert=tmp_path / "missing", tls_key=nonsense), "cannot be used"),
        (attrs.evolve(plain, allowed_origins=("care.example",)), "ALLOWED_ORIGINS"),
    ):
        with pytest.raises(ConfigurationError, match=what):
            server_child(settings, world.services(), (), lambda addresses: None)


def test_certificate_turns_tls_on(certificate: Path) -> None:
    """With both files there is TLS 1.2 or newer; with neither there is none."""
    context = load_tls(ServerSettings(tls_cert=certificate, tls_key=certificate))
    assert context is not None
    assert context.minimum_version.name == "TLSv1_2"
    assert load_tls(ServerSettings()) is None


def test_loopback_is_known_by_the_sockets() -> None:
    """What counts is where the sockets are bound, not what was asked for."""
    with open_listeners([Bind(name="records", address="127.0.0.1:0")], ServerSettings().limits()) as listeners:
        assert check_origins(ServerSettings(), listeners).loopback_only
    with open_listeners([Bind(name="records", address="0.0.0.0:0")], ServerSettings().limits()) as listeners:
        assert not check_origins(ServerSettings(), listeners).loopback_only
