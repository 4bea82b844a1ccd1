"""The taxi application, put together."""

from __future__ import annotations

from collections.abc import Sequence

import trio

from smarthealth.actors import ChildSpec, Context
from smarthealth.apps.taxi.agents.offline import compose
from smarthealth.apps.taxi.application import taxi_application
from smarthealth.apps.taxi.desk import Desk
from smarthealth.apps.taxi.dispatch.embedded import EmbeddedBackend
from smarthealth.apps.taxi.dispatch.http_backend import open_http_backend
from smarthealth.apps.taxi.dispatch.port import Backend
from smarthealth.apps.taxi.places.fares import load_fares
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.services import TaxiServices
from smarthealth.conversation.application import Application
from smarthealth.server.rate import TokenBuckets
from smarthealth.storage.bookings import Bookings
from smarthealth.storage.threads import Threads

from .world import World


class TaxiPart:
    """People who want a taxi: needs a desk that finishes what turns begin, and the fleet's backend."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._desk = Desk()
        self._backend: Backend = EmbeddedBackend()

    def children(self) -> Sequence[ChildSpec]:
        """The backend's connections, then the desk, whose work ends before they close."""
        return (
            ChildSpec(name="taxi-backend", start=self._keep_backend),
            ChildSpec(name="taxi-desk", start=self._desk.serve),
        )

    def application(self) -> Application:
        """The application, over what is open now."""
        world, settings = self._world, self._world.settings.taxi
        services = TaxiServices(
            threads=Threads(world.stores.pool),
            bookings=Bookings(world.stores.pool),
            chat_model=world.models.chat(compose),
            backend=self._backend,
            desk=self._desk,
            gazetteer=load_gazetteer(),
            fares=load_fares(),
            limiter=TokenBuckets(settings.messages_per_minute, settings.message_burst),
            settings=settings,
            telemetry=world.metrics,
        )
        return taxi_application(services)

    async def _keep_backend(self, context: Context) -> None:
        settings = self._world.settings.taxi
        if settings.backend_url is None:
            context.started()
            await trio.sleep_forever()
        async with open_http_backend(
            settings.backend_url,
            token=settings.backend_token,
            timeout=settings.backend_timeout,
            retries=settings.backend_retries,
        ) as self._backend:
            context.started()
            await trio.sleep_forever()
