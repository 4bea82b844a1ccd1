"""The tree of actors of a serving process.

    storage ─► models ─► index ─► connections ─► server

Started in this order, each when the one before is ready, and stopped in reverse. What one opens is handed to those after it
through `World`. When one must be restarted, those after it hold what is gone, so they are restarted too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import attrs
import trio

from smarthealth.actors import ChildSpec, Context, System
from smarthealth.apps.records.answering import RecordsGrounding
from smarthealth.apps.records.application import records_application
from smarthealth.apps.records.indexing import Indexer
from smarthealth.apps.records.services import RecordsServices
from smarthealth.conversation.application import Application
from smarthealth.conversation.connections import Connections
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.server.hypercorn import Listener
from smarthealth.server.metrics import Metrics
from smarthealth.server.passwords import Passwords
from smarthealth.server.rate import QueryLimiter
from smarthealth.server.service import AFTER_GRACE, load_tls, serve_http
from smarthealth.server.services import ServerServices
from smarthealth.settings import Settings
from smarthealth.storage.embedded import keep_embedded_running

from .accounts import open_tokens
from .errors import StartError
from .index import make_index
from .models import Models, open_models
from .stores import Stores, data_folder, open_stores

APPLICATIONS = ("records",)
"""What can be listened for; the first needs no prefix on the main port."""

Ready = Callable[[Sequence[str]], None]
T = TypeVar("T")


@attrs.define(eq=False)
class World:
    """What the children have opened so far."""

    settings: Settings
    system: System
    connections: Connections
    metrics: Metrics
    _stores: Stores | None = None
    _models: Models | None = None
    _index: ChunkIndex | None = None

    @property
    def stores(self) -> Stores:
        """The database; there from the first child on."""
        return _opened(self._stores)

    @property
    def models(self) -> Models:
        """The models; there from the second child on."""
        return _opened(self._models)

    @property
    def index(self) -> ChunkIndex:
        """The index; there from the third child on."""
        return _opened(self._index)

    async def keep_storage(self, context: Context) -> None:
        """Hold the database open, and keep the embedded one running."""
        async with open_stores(self.settings) as self._stores:
            context.started()
            if self.settings.database.dsn() is None:
                await keep_embedded_running(data_folder(self.settings))
            await trio.sleep_forever()

    async def keep_models(self, context: Context) -> None:
        """Hold the models' connections open."""
        async with open_models(self.settings.model) as self._models:
            context.started()
            await trio.sleep_forever()

    async def keep_index(self, context: Context) -> None:
        """Keep the index true to the database.

        Its first use opens it, which is here and at once; the server need not wait for that, nor a question but with its search.
        """
        self._index = await make_index(self.settings, self.stores, self.models.embedder)
        await Indexer(self.stores.pool, self._index).serve(context)

    async def serve(self, context: Context, listeners: Sequence[Listener], on_ready: Ready) -> None:
        """Serve HTTP and WebSockets."""
        await serve_http(
            context,
            settings=self.settings.server,
            services=self._server_services(),
            listeners=listeners,
            tls=load_tls(self.settings.server),
            on_ready=on_ready,
        )

    def _server_services(self) -> ServerServices:
        stores, server = self.stores, self.settings.server
        return ServerServices(
            applications=self._applications(),
            connections=self.connections,
            users=stores.users,
            patients=stores.patients,
            audit=stores.audit,
            passwords=Passwords(threads=server.password_threads, queue=server.password_queue),
            tokens=open_tokens(self.settings),
            metrics=self.metrics,
            checks={"database": self.check_database, "index": self.check_index, "model": self.check_model},
            snapshot=self.system.snapshot,
        )

    def _applications(self) -> tuple[Application, ...]:
        stores, server = self.stores, self.settings.server
        records = RecordsServices(
            patients=stores.patients,
            sessions=stores.sessions,
            audit=stores.audit,
            grounding=RecordsGrounding(stores.pool, self.index),
            chat_model=self.models.chat,
            query_limiter=QueryLimiter(server.queries_per_minute, server.query_burst),
            settings=self.settings.records,
            telemetry=self.metrics,
        )
        return (records_application(records),)

    async def check_database(self) -> None:
        """Return when the database answers.

        Raises:
            StorageError: It does not.
        """
        await self.stores.pool.fetch_one("select 1")

    async def check_index(self) -> None:
        """Return when the index can be searched.

        Raises:
            StartError: It cannot, until it is written anew.
        """
        await self.index.reopen()
        if self.index.needs_rebuild:
            raise StartError("the index is being built")

    async def check_model(self) -> None:
        """Return when the model's connections are open."""
        # A look at the provider at every check would cost money; that its connections are open is what is known.
        _ = self.models.chat.name


async def start_tree(settings: Settings, system: System, listeners: Sequence[Listener], on_ready: Ready) -> World:
    """Start every child; returns when the server accepts connections.

    Raises:
        ActorFailed: A child did not start; its failure is the cause.
    """
    metrics = Metrics()
    connections = Connections(settings.conversation, telemetry=metrics)
    world = World(settings, system, connections, metrics)
    metrics.add_tree(system.snapshot, lambda: connections.count)
    await system.start_child(ChildSpec(name="storage", start=world.keep_storage, start_timeout=60.0))
    metrics.add_gauge("pool_in_use", "Database connections in use", lambda: world.stores.pool.statistics().in_use)
    metrics.add_gauge("pool_waiting", "Callers that wait for one", lambda: world.stores.pool.statistics().waiting)
    await system.start_child(ChildSpec(name="models", start=world.keep_models))
    await system.start_child(ChildSpec(name="index", start=world.keep_index))
    await connections.start(system)
    await system.start_child(
        ChildSpec(
            name="server",
            start=partial(world.serve, listeners=listeners, on_ready=on_ready),
            stop_timeout=settings.server.shutdown_grace + AFTER_GRACE,
        )
    )
    return world


def _opened(part: T | None) -> T:
    if part is None:
        raise StartError("a part of the server was used before it was open")
    return part
