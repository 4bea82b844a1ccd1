"""Opens the models that the settings ask for; the one place that chooses between a provider and what needs none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .offline import Compose, OfflineChatModel
from .port import ChatModel, Embedder
from .settings import ModelSettings


@asynccontextmanager
async def open_chat_model(settings: ModelSettings, compose: Compose) -> AsyncIterator[ChatModel]:
    """Open the chat model: the provider's when one is configured, else the offline one.

    Args:
        settings: Of the models.
        compose: Writes the offline model's answers.
    """
    if not settings.is_remote:
        yield OfflineChatModel(compose)
        return
    # Imported here since the SDK takes half a second to load, and most runs do without.
    from .openai_chat import OpenAIChatModel
    from .openai_client import open_openai

    async with open_openai(settings) as client:
        yield OpenAIChatModel(settings, client)


@asynccontextmanager
async def open_embedder(settings: ModelSettings, offline: Embedder) -> AsyncIterator[Embedder]:
    """Open the embedder: the provider's when one is configured, else `offline`.

    Raises:
        ModelError: The length of the provider's vectors had to be asked for, and the provider failed.
    """
    if not settings.is_remote:
        yield offline
        return
    from .openai_client import open_openai
    from .openai_embeddings import OpenAIEmbedder

    async with open_openai(settings) as client:
        embedder = OpenAIEmbedder(settings, client)
        await embedder.discover()
        yield embedder
