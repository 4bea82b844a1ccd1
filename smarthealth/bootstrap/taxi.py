"""The taxi application, put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import attrs
import trio

from smarthealth.actors import ChildSpec, Context, DynamicSupervisor, SupervisorRef
from smarthealth.apps.taxi.agents.offline import compose
from smarthealth.apps.taxi.application import taxi_application
from smarthealth.apps.taxi.desk import Desk
from smarthealth.apps.taxi.dispatch.embedded import EmbeddedBackend
from smarthealth.apps.taxi.dispatch.http_backend import open_http_backend
from smarthealth.apps.taxi.dispatch.port import Backend
from smarthealth.apps.taxi.places.fares import load_fares
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.services import TaxiServices, utc_now
from smarthealth.apps.taxi.sweeping import sweep
from smarthealth.apps.taxi.voice.booth import VoiceServices
from smarthealth.apps.taxi.voice.recordings import Recordings
from smarthealth.conversation.application import Application
from smarthealth.server.rate import TokenBuckets
from smarthealth.speech.decoding import DecoderPool
from smarthealth.speech.opening import SpeechPorts, open_speech
from smarthealth.storage.bookings import Bookings
from smarthealth.storage.threads import Threads

from .errors import StartError
from .stores import data_folder
from .world import World

EARS = "taxi-ears"


class TaxiPart:
    """People who want a taxi: needs a desk that finishes what turns begin, and the fleet's backend."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._desk = Desk()
        self._backend: Backend = EmbeddedBackend()
        self._speech = SpeechPorts(hearing=None, speaking=None)
        self._recordings = Recordings(data_folder(world.settings), world.settings.voice, utc_now)

    def children(self) -> Sequence[ChildSpec]:
        """The backend's connections, then the desk, whose work ends before they close; speech, recordings, old threads and ears."""
        most = self._world.settings.voice.most_voices
        return (
            ChildSpec(name="taxi-backend", start=self._keep_backend),
            ChildSpec(name="taxi-desk", start=self._desk.serve),
            ChildSpec(name="taxi-speech", start=self._keep_speech),
            ChildSpec(name="taxi-recordings", start=self._keep_recordings),
            ChildSpec(name="taxi-sweeper", start=self._sweep),
            ChildSpec(name=EARS, start=DynamicSupervisor(max_children=most)),
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
            voice=self._voice(),
            settings=settings,
            telemetry=world.metrics,
        )
        return taxi_application(services)

    def _voice(self) -> VoiceServices:
        world, speech = self._world, self._speech
        return VoiceServices(
            stt=speech.hearing,
            tts=speech.speaking,
            settings=world.settings.voice,
            decoders=DecoderPool(),
            recordings=self._recordings,
            telemetry=world.metrics,
            supervisor=self._ears,
        )

    def _ears(self) -> SupervisorRef:
        ears = self._world.system.child(EARS)
        assert isinstance(ears, SupervisorRef)
        return ears

    async def _keep_speech(self, context: Context) -> None:
        """Hold the providers' connections open."""
        settings, model = self._world.settings.speech, self._world.settings.model
        settings = attrs.evolve(settings, openai_key=model.api_key, openai_url=model.base_url)
        try:
            async with open_speech(settings) as self._speech:
                context.started()
                await trio.sleep_forever()
        except ValueError as error:
            raise StartError(str(error)) from None

    async def _keep_recordings(self, context: Context) -> None:
        await self._recordings.serve(context)

    async def _sweep(self, context: Context) -> None:
        kept = timedelta(days=self._world.settings.taxi.thread_days)
        await sweep(context, Threads(self._world.stores.pool), kept=kept)

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
