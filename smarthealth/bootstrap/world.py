"""What the children of a serving process have opened so far: handed from each to those after it."""

from __future__ import annotations

from typing import TypeVar

import attrs
import trio

from smarthealth.actors import Context, System
from smarthealth.apps.records.indexing import Indexer
from smarthealth.conversation.connections import Connections
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.server.metrics import Metrics
from smarthealth.settings import Settings
from smarthealth.storage.embedded import keep_embedded_running

from .errors import StartError
from .index import make_index
from .models import Models, open_models
from .stores import Stores, data_folder, open_stores

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
        _ = self.models.provider


def _opened(part: T | None) -> T:
    if part is None:
        raise StartError("a part of the server was used before it was open")
    return part
