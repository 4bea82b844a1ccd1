"""The taxi application, as the server mounts it."""

from __future__ import annotations

import subprocess
import sys

from smarthealth.apps.taxi.application import CHAT, HEALTH, SOCKET, taxi_application
from smarthealth.apps.taxi.wire import COMMANDS, EVENTS
from smarthealth.conversation.application import HttpRequest
from tests.apps.taxi.conftest import World, open_host


def test_what_is_mounted(world: World) -> None:
    """One WebSocket, whose turns go one after the other, and two HTTP paths."""
    application = taxi_application(world.services())
    (socket,) = application.endpoints
    assert (application.name, socket.path, socket.authentication) == ("taxi", SOCKET, "optional")
    assert (socket.turns.when_busy, socket.turns.sequential) == ("interrupt", True)
    assert [(route.method, route.path, route.authentication) for route in application.http] == [
        ("GET", HEALTH, "none"),
        ("POST", CHAT, "optional"),
    ]
    assert (application.client_messages, application.server_messages) == (COMMANDS, EVENTS)
    assert application.http[1].time_limit > world.settings.turn_timeout


async def test_connections_are_counted(world: World) -> None:
    """By the application, over all of them."""
    async with open_host(world) as host:
        one, other = host.connect(), host.connect()
        await one.settled()
        route = host.application.http[0]
        request = HttpRequest(principal=None, address="x", path_parts={}, query={}, body=b"")
        assert b'"active_connections":2' in (await route.answer(request)).body
        one.socket.leave()
        await other.settled()
        assert b'"active_connections":1' in (await route.answer(request)).body
        other.socket.leave()


def test_nothing_of_speech_is_loaded_before_a_voice() -> None:
    """Neither detectors nor decoders nor providers: most people only type."""
    late = ["av", "webrtcvad", "trio_websocket", "smarthealth.speech.noise", "smarthealth.speech.resampling"]
    late += [
        f"smarthealth.speech.{name}" for name in ("webrtc", "assemblyai", "cartesia", "elevenlabs", "openai_audio")
    ]
    program = f"import sys, smarthealth.apps.taxi.application; print([name for name in {late} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
