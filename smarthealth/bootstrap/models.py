"""The models that the settings ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs

from smarthealth.apps.records.answering import compose
from smarthealth.llm.opening import open_chat_model, open_embedder
from smarthealth.llm.port import ChatModel, Embedder
from smarthealth.llm.settings import ModelSettings
from smarthealth.retrieval.hashing import HashedEmbedder


@attrs.frozen(kw_only=True)
class Models:
    """A model that writes and one that embeds."""

    chat: ChatModel
    embedder: Embedder


@asynccontextmanager
async def open_models(settings: ModelSettings) -> AsyncIterator[Models]:
    """Open the provider's models where one is configured, the local ones else."""
    async with (
        open_chat_model(settings, compose) as chat,
        open_embedder(settings, HashedEmbedder()) as embedder,
    ):
        yield Models(chat=chat, embedder=embedder)
