"""What the children of a serving process have opened so far."""

from __future__ import annotations

import pytest

from smarthealth.actors import open_system
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.world import World
from smarthealth.conversation.connections import Connections
from smarthealth.server.metrics import Metrics
from smarthealth.settings import Settings


async def test_parts_are_not_there_before_they_are_open(settings: Settings) -> None:
    """Whoever reaches for a part too early is told so."""
    async with open_system("test") as system:
        metrics = Metrics()
        world = World(settings, system, Connections(settings.conversation, telemetry=metrics), metrics)
        for part in ("stores", "models", "index"):
            with pytest.raises(StartError, match="before it was open"):
                getattr(world, part)
