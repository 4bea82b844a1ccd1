from __future__ import annotations

from smarthealth.apps.taxi.presence import Presence


def test_who_is_there_is_counted() -> None:
    """Comers and goers."""
    presence = Presence()
    presence.enter()
    presence.enter()
    presence.leave()
    assert presence.connections == 1
