"""The offline model's way with the requests of the specialists."""

from __future__ import annotations

from tests.apps.support.conftest import OpenHost


async def test_what_specialists_say(host: OpenHost) -> None:
    """Figures with their marks, columns of the version asked for, and what the documents do not say."""
    async with host() as server:
        client = server.connect()
        answer = await client.answer("What is the engine power of the hybrid?")
        assert "Hybrid: 98 kW" in answer
        assert "[1]" in answer
        assert (await client.answer("¿Cuál es la distancia entre ejes?")).startswith("Según el manual")
        assert "do not say" in await client.answer("what is the torque of the zeppelin gondola hyperdrive")
        assert "Hello" in await client.answer("hello")
        assert "welcome" in await client.answer("thanks")
        assert "none of the things" in await client.answer("who won the world cup")


async def test_what_is_said_of_faults(host: OpenHost) -> None:
    """The fault, the question, once more the question, the advice with its marks, and the workshop."""
    async with host() as server:
        client = server.connect()
        assert "This sounds like" in await client.answer("my brakes squeal")
        assert "I did not understand" in await client.answer("I don't know")
        advice = await client.answer("yes")
        assert "[1]" in advice
        assert "workshop can help" in advice
