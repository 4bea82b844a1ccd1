from __future__ import annotations

from smarthealth.apps.taxi.dispatch.embedded import EmbeddedBackend
from tests.apps.taxi.dispatch.test_http_backend import BOOKING


async def test_a_booking_has_one_reference() -> None:
    """However often it is dispatched; cancelling tells nobody."""
    backend = EmbeddedBackend()
    assert await backend.dispatch(BOOKING, "a") == await backend.dispatch(BOOKING, "b") == "BAQ-000017"
    await backend.cancel("BAQ-000017")
    assert backend.name == "embedded"
