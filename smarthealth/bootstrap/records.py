"""The records application, put together."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from smarthealth.actors import ChildSpec
from smarthealth.apps.records.answering import RecordsGrounding, compose
from smarthealth.apps.records.application import records_application
from smarthealth.apps.records.services import RecordsServices
from smarthealth.conversation.application import Application
from smarthealth.server.rate import QueryLimiter

from .world import World


@attrs.frozen
class RecordsPart:
    """Clinicians' questions about patients; storage, models and index are all it needs."""

    world: World

    def children(self) -> Sequence[ChildSpec]:
        """None."""
        return ()

    def application(self) -> Application:
        """The application, over what is open now."""
        world, stores, server = self.world, self.world.stores, self.world.settings.server
        services = RecordsServices(
            patients=stores.patients,
            sessions=stores.sessions,
            audit=stores.audit,
            grounding=RecordsGrounding(stores.pool, world.index),
            chat_model=world.models.chat(compose),
            query_limiter=QueryLimiter(server.queries_per_minute, server.query_burst),
            settings=world.settings.records,
            telemetry=world.metrics,
        )
        return records_application(services)
