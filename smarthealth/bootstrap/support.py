"""The support application, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
import trio

from smarthealth.actors import ChildSpec, Context
from smarthealth.apps.support.agents.offline import compose
from smarthealth.apps.support.application import support_application
from smarthealth.apps.support.knowledge.lexicon import load_lexicon
from smarthealth.apps.support.knowledge.search import KnowledgeBase
from smarthealth.apps.support.maintenance.tools import toolbox
from smarthealth.apps.support.maintenance.workshop import Workshop
from smarthealth.apps.support.routing.model import load_model
from smarthealth.apps.support.routing.router import Router
from smarthealth.apps.support.services import SupportServices, TokenRefused, utc_now
from smarthealth.apps.support.troubleshooting.trees import load_trees
from smarthealth.conversation.application import Application, Principal
from smarthealth.llm.errors import ModelError
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.server.accounts import Accounts
from smarthealth.server.errors import Refused, TryLater
from smarthealth.server.rate import TokenBuckets
from smarthealth.storage.appointments import Appointments
from smarthealth.storage.customers import Customers
from smarthealth.storage.dialogues import Dialogues
from smarthealth.storage.documents import Documents
from smarthealth.storage.errors import StorageError
from smarthealth.storage.tickets import Tickets

from .accounts import open_tokens
from .stores import data_folder
from .world import World

FOLDER = "support-index"
UNAVAILABLE = 503
RETRY = 5.0
"""Seconds until the workshop's services are offered again, where the database did not answer."""
FINISH_INTERVAL = 600.0
"""Seconds between two looks at visits that are over."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class SupportPart:
    """Customers of a car maker: needs the knowledge base and the workshop besides."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._knowledge = KnowledgeBase(self._documents, self._folder, self._open_index)

    def children(self) -> Sequence[ChildSpec]:
        """The knowledge base, then the workshop."""
        return (
            ChildSpec(name="support-knowledge", start=self._knowledge.serve),
            ChildSpec(name="support-workshop", start=self._keep_workshop),
        )

    def application(self) -> Application:
        """The application, over what is open now."""
        world, settings = self._world, self._world.settings.support
        pool = world.stores.pool
        services = SupportServices(
            conversations=Dialogues(pool),
            customers=Customers(pool),
            tickets=Tickets(pool),
            audit=world.stores.audit,
            accounts=TokenDesk(Accounts(open_tokens(world.settings), world.stores.users)),
            knowledge=self._knowledge,
            workshop=self._workshop(),
            chat_model=world.models.chat(compose),
            router=Router(load_model()),
            limiter=TokenBuckets(settings.messages_per_minute, settings.message_burst),
            settings=settings,
            telemetry=world.metrics,
        )
        return support_application(services)

    async def _keep_workshop(self, context: Context) -> None:
        """Offer what the workshop does, and mark what is over; ready at once, as prices alone need the rows."""
        context.started()
        await trio.to_thread.run_sync(warm_up)
        offered = False
        while True:
            try:
                if not offered:
                    await self._workshop().prepare()
                    offered = True
                await self._workshop().book.finish(utc_now())
            except StorageError as error:
                log.warning("workshop_not_prepared", error=type(error).__name__)
                await trio.sleep(RETRY)
            else:
                await trio.sleep(FINISH_INTERVAL)

    def _workshop(self) -> Workshop:
        settings = self._world.settings.support
        return Workshop(
            book=Appointments(self._world.stores.pool),
            zone=ZoneInfo(settings.time_zone),
            bays=settings.bays,
            now=utc_now,
        )

    def _documents(self) -> Documents:
        return Documents(self._world.stores.pool)

    def _folder(self) -> Path:
        return data_folder(self._world.settings) / FOLDER

    def _open_index(self, folder: Path, origin: str) -> ChunkIndex:
        lexicon, embedder = load_lexicon(), self._world.models.embedder
        if isinstance(embedder, HashedEmbedder):
            # which knows things by a glossary; those of a clinic would tell it nothing of a car, and take a second to read
            embedder, origin = HashedEmbedder(lexicon), f"{origin} by its lexicon"
        return ChunkIndex(folder, embedder, origin=origin, embedding_errors=(ModelError,), glossary=lexicon)


class TokenDesk:
    """The server's accounts, as the support chat asks them."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def recognise(self, token: str) -> Principal:
        """Who a token names.

        Raises:
            TokenRefused: Nobody who may come in.
        """
        try:
            return await self._accounts.recognise(token)
        except Refused as refused:
            is_temporary = isinstance(refused, TryLater) or refused.status == UNAVAILABLE
            raise TokenRefused(is_temporary=is_temporary) from None


def warm_up() -> None:
    """Read what the first message would wait for otherwise."""
    load_model().probabilities("warm up")
    load_trees()
    toolbox()
