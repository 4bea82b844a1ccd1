import subprocess
import sys

import pytest

from smarthealth.llm.errors import ModelUnavailable
from smarthealth.llm.offline import OfflineChatModel
from smarthealth.llm.openai_chat import OpenAIChatModel
from smarthealth.llm.openai_embeddings import OpenAIEmbedder
from smarthealth.llm.opening import open_chat_model, open_embedder
from smarthealth.llm.settings import ModelSettings
from smarthealth.testing.embedder import HashedWordsEmbedder
from smarthealth.testing.provider import open_model_server
from smarthealth.testing.script import Refusal


async def test_without_a_provider_models_are_offline() -> None:
    """With nothing configured nothing is connected to."""
    offline = HashedWordsEmbedder()
    async with open_chat_model(ModelSettings(), lambda request: []) as model:
        assert isinstance(model, OfflineChatModel)
    async with open_embedder(ModelSettings(), offline) as embedder:
        assert embedder is offline


async def test_with_a_provider_its_models_are_used() -> None:
    """The embedder knows the length of its vectors when it is handed out."""
    async with open_model_server(dimensions=12) as server:
        settings = ModelSettings(base_url=server.url, embedding_model="scripted", max_retries=0)
        async with open_chat_model(settings, lambda request: []) as model:
            assert isinstance(model, OpenAIChatModel)
        async with open_embedder(settings, HashedWordsEmbedder()) as embedder:
            assert isinstance(embedder, OpenAIEmbedder)
            assert embedder.dimensions == 12
        server.refuse_embeddings(Refusal(status=500))
        with pytest.raises(ModelUnavailable):
            async with open_embedder(settings, HashedWordsEmbedder()):
                pass


def test_the_sdk_is_loaded_only_for_a_provider() -> None:
    """The SDK takes half a second to load, which nobody pays who does without."""
    script = "import sys, smarthealth.llm; print('openai' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
