"""Opens the models that the settings ask for; the one place that chooses between a provider and what needs none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog
import trio

from .errors import ModelError, ModelUnavailable
from .offline import Compose, OfflineChatModel
from .port import ChatModel, Embedder
from .settings import ModelSettings

if TYPE_CHECKING:
    from .openai_embeddings import OpenAIEmbedder

PROBE_LIMIT: Final = 5.0
"""Seconds in which a provider must embed a first text."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def open_provider(settings: ModelSettings) -> AsyncIterator[ChatModel | None]:
    """Open the provider's chat model; None where no provider is configured, and applications write for themselves."""
    if not settings.is_remote:
        yield None
        return
    # Imported here since the SDK takes half a second to load, and most runs do without.
    from .openai_chat import OpenAIChatModel
    from .openai_client import open_openai

    async with open_openai(settings) as client:
        yield OpenAIChatModel(settings, client)


@asynccontextmanager
async def open_chat_model(settings: ModelSettings, compose: Compose) -> AsyncIterator[ChatModel]:
    """Open the chat model of one application: the provider's where one is configured, else the offline one.

    Args:
        settings: Of the models.
        compose: Writes the offline model's answers.
    """
    async with open_provider(settings) as provider:
        yield provider or OfflineChatModel(compose)


@asynccontextmanager
async def open_embedder(settings: ModelSettings, offline: Embedder) -> AsyncIterator[Embedder]:
    """Open the embedder: the provider's when one is configured and embeds, else `offline`.

    Not every provider that chats can embed: `offline` stands in for one that refuses to. One that is merely down keeps its
    place if the length of its vectors is known, so that an index of its vectors is not thrown away for an outage.
    """
    if not settings.is_remote:
        yield offline
        return
    from .openai_client import open_openai
    from .openai_embeddings import OpenAIEmbedder

    async with open_openai(settings) as client:
        embedder = OpenAIEmbedder(settings, client)
        yield embedder if await _embeds(embedder) else offline


async def _embeds(embedder: OpenAIEmbedder) -> bool:
    try:
        with trio.fail_after(PROBE_LIMIT):
            await embedder.embed(["probe"])
    except (ModelUnavailable, trio.TooSlowError) as error:
        log.warning("embeddings_unavailable", error=type(error).__name__)
        return embedder.knows_dimensions
    except ModelError as error:
        log.warning("embeddings_refused", error=type(error).__name__)
        return False
    return True
