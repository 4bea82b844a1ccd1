"""The index over the records, in the data folder."""

from __future__ import annotations

from pathlib import Path

from smarthealth.llm.errors import ModelError
from smarthealth.llm.port import Embedder
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.settings import Settings
from smarthealth.storage.installation import installation_id

from .stores import Stores, data_folder

FOLDER = "index"


async def make_index(settings: Settings, stores: Stores, embedder: Embedder) -> ChunkIndex:
    """The index, not looked at yet: its first use opens it, which loads LanceDB and takes a second.

    Raises:
        StorageError: The database failed.
    """
    origin = await installation_id(stores.pool)
    return ChunkIndex(index_folder(settings), embedder, origin=str(origin), embedding_errors=(ModelError,))


async def open_index(settings: Settings, stores: Stores, embedder: Embedder) -> ChunkIndex:
    """Open the index, whatever its state; whoever catches up with the database makes it good.

    Raises:
        StorageError: The database failed.
    """
    index = await make_index(settings, stores, embedder)
    await index.reopen()
    return index


def index_folder(settings: Settings) -> Path:
    """Where the index is."""
    return data_folder(settings) / FOLDER
