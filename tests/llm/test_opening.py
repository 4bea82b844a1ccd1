import math
import subprocess
import sys

import pytest
import trio
from trio.testing import MockClock

from smarthealth.llm.offline import OfflineChatModel
from smarthealth.llm.openai_chat import OpenAIChatModel
from smarthealth.llm.openai_embeddings import OpenAIEmbedder
from smarthealth.llm.opening import PROBE_LIMIT, open_chat_model, open_embedder, open_provider
from smarthealth.llm.settings import ModelSettings
from smarthealth.testing.embedder import HashedWordsEmbedder
from smarthealth.testing.provider import open_model_server
from smarthealth.testing.script import Refusal


async def test_without_a_provider_models_are_offline() -> None:
    """With nothing configured nothing is connected to."""
    offline = HashedWordsEmbedder()
    async with open_provider(ModelSettings()) as provider:
        assert provider is None
    async with open_chat_model(ModelSettings(), lambda request: []) as model:
        assert isinstance(model, OfflineChatModel)
    async with open_embedder(ModelSettings(), offline) as embedder:
        assert embedder is offline


async def test_with_a_provider_its_models_are_used() -> None:
    """The embedder knows the length of its vectors when it is handed out."""
    async with open_model_server(dimensions=12) as server:
        settings = ModelSettings(base_url=server.url, embedding_model="scripted", max_retries=0)
        async with open_provider(settings) as model:
            assert isinstance(model, OpenAIChatModel)
        async with open_embedder(settings, HashedWordsEmbedder()) as embedder:
            assert isinstance(embedder, OpenAIEmbedder)
            assert embedder.dimensions == 12


@pytest.mark.parametrize(
    ("refusal", "model", "kept"),
    [
        (Refusal(status=404), "scripted", False),
        (Refusal(status=404), "text-embedding-3-small", False),
        (Refusal(status=503), "scripted", False),
        (Refusal(status=503), "text-embedding-3-small", True),
        (Refusal(status=503, delay=math.inf), "scripted", False),
        (Refusal(status=503, delay=math.inf), "text-embedding-3-small", True),
    ],
)
async def test_a_provider_that_does_not_embed_is_stood_in_for(
    refusal: Refusal, model: str, kept: bool, patient_clock: MockClock
) -> None:
    """One that refuses is replaced; one that is down, or hangs, keeps its place if the length of its vectors is known."""
    offline = HashedWordsEmbedder()
    async with open_model_server() as server:
        server.refuse_embeddings(refusal)
        settings = ModelSettings(base_url=server.url, embedding_model=model, max_retries=0)
        async with open_embedder(settings, offline) as embedder:
            assert isinstance(embedder, OpenAIEmbedder) is kept
            assert (embedder is offline) is not kept
    assert trio.current_time() <= PROBE_LIMIT + 1


def test_the_sdk_is_loaded_only_for_a_provider() -> None:
    """The SDK takes half a second to load, which nobody pays who does without."""
    script = "import sys, smarthealth.llm; print('openai' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
