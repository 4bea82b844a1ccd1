"""The doctor application, put together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from smarthealth.actors import ChildSpec, Restart
from smarthealth.apps.doctor.agents.offline import compose
from smarthealth.apps.doctor.agents.roles import make_agents
from smarthealth.apps.doctor.application import doctor_application
from smarthealth.apps.doctor.emergency import Detector, load_detector
from smarthealth.apps.doctor.guardrails.incoming import load_rules, screen
from smarthealth.apps.doctor.guardrails.outgoing import OutputBarrier
from smarthealth.apps.doctor.knowledge.loading import load_articles
from smarthealth.apps.doctor.knowledge.search import KnowledgeBase
from smarthealth.apps.doctor.services import DoctorServices
from smarthealth.conversation.application import Application
from smarthealth.llm.errors import ModelError
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.retrieval.language import language_of
from smarthealth.server.rate import TokenBuckets
from smarthealth.storage.profiles import Profiles

from .late import Late
from .stores import data_folder
from .world import World

FOLDER = "knowledge"


class DoctorPart:
    """People's questions about their health: needs the index of its articles besides."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._knowledge = KnowledgeBase(self._open_index, warm_up)
        # A quarter of what a start costs is reading the rules of emergencies, which no other application waits for.
        self._detector: Late[Detector] = Late(partial(load_detector, world.settings.doctor.country))

    def children(self) -> Sequence[ChildSpec]:
        """The knowledge base, and who reads the rules of emergencies."""
        return (
            ChildSpec(name=FOLDER, start=self._knowledge.serve),
            ChildSpec(name="emergencies", start=self._detector.serve, restart=Restart.TRANSIENT),
        )

    def application(self) -> Application:
        """The application, over what is open now."""
        world, settings = self._world, self._world.settings.doctor
        detector = self._detector
        services = DoctorServices(
            sessions=world.stores.sessions,
            profiles=Profiles(world.stores.pool),
            audit=world.stores.audit,
            knowledge=self._knowledge,
            chat_model=world.models.chat(compose),
            agents=make_agents(),
            detect=lambda message, profile, earlier: detector.get()(message, profile, earlier),
            raise_alarm=lambda case: detector.get().of_triage(case),
            screen=screen,
            open_barrier=OutputBarrier,
            language_of=partial(language_of, default="en"),
            limiter=TokenBuckets(settings.messages_per_minute, settings.message_burst),
            settings=settings,
            telemetry=world.metrics,
        )
        return doctor_application(services)

    def _open_index(self, origin: str) -> ChunkIndex:
        folder = data_folder(self._world.settings) / FOLDER
        return ChunkIndex(folder, self._world.models.embedder, origin=origin, embedding_errors=(ModelError,))


def warm_up() -> None:
    """Read what the first message would wait for otherwise."""
    load_articles()
    load_rules()
