"""The models that the settings ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs

from smarthealth.llm.offline import Compose, OfflineChatModel
from smarthealth.llm.opening import open_embedder, open_provider
from smarthealth.llm.port import ChatModel, Embedder
from smarthealth.llm.settings import ModelSettings
from smarthealth.retrieval.hashing import HashedEmbedder


@attrs.frozen(kw_only=True)
class Models:
    """A model that writes and one that embeds."""

    provider: ChatModel | None
    """The provider's, None where none is configured."""
    embedder: Embedder

    def chat(self, compose: Compose) -> ChatModel:
        """The model that writes for one application: the provider's, else the offline one with the application's composer."""
        return self.provider or OfflineChatModel(compose)


@asynccontextmanager
async def open_models(settings: ModelSettings) -> AsyncIterator[Models]:
    """Open the provider's models where one is configured, the local ones else."""
    async with (
        open_provider(settings) as provider,
        open_embedder(settings, HashedEmbedder()) as embedder,
    ):
        yield Models(provider=provider, embedder=embedder)
