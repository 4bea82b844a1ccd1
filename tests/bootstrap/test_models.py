"""The models that the settings ask for are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smarthealth.apps.records.answering import compose
from smarthealth.bootstrap.models import open_models
from smarthealth.llm.port import ChatMessage, ChatRequest, TextDelta
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.testing.provider import open_model_server
from smarthealth.testing.script import Refusal, Reply

if TYPE_CHECKING:
    from tests.bootstrap.conftest import MakeSettings

REQUEST = ChatRequest(messages=(ChatMessage(role="user", content="hola"),))


async def test_with_nothing_set_both_are_local(make_settings: MakeSettings) -> None:
    """Without a provider, the offline model answers and hashing embeds."""
    async with open_models(make_settings().model) as models:
        assert models.chat(compose).name == "smarthealth-offline"
        assert isinstance(models.embedder, HashedEmbedder)


async def test_a_provider_gives_both(make_settings: MakeSettings) -> None:
    """With a provider set, its models answer and embed."""
    async with open_model_server(dimensions=12) as server:
        server.script(Reply(text="buenos días"))
        settings = make_settings(OPENAI_API_KEY="k", OPENAI_BASE_URL=server.url, LLM_MODEL="m", EMBEDDING_MODEL="e")
        async with open_models(settings.model) as models:
            assert (models.chat(compose).name, models.embedder.dimensions) == ("m", 12)
            async with models.chat(compose).open_stream(REQUEST) as stream:
                assert "".join([e.text async for e in stream if isinstance(e, TextDelta)]) == "buenos días"


async def test_a_provider_that_only_chats_is_helped_out(make_settings: MakeSettings) -> None:
    """Where the provider does not embed, hashing does, and its chat model still answers."""
    async with open_model_server() as server:
        server.refuse_embeddings(Refusal(status=404))
        settings = make_settings(OPENAI_API_KEY="k", OPENAI_BASE_URL=server.url, LLM_MODEL="m")
        async with open_models(settings.model) as models:
            assert models.chat(compose).name == "m"
            assert isinstance(models.embedder, HashedEmbedder)
