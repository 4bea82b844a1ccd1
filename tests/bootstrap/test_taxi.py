from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from smarthealth.actors import ActorFailed, System, open_system
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.models import Models
from smarthealth.bootstrap.stores import Stores
from smarthealth.bootstrap.taxi import EARS, TaxiPart
from smarthealth.bootstrap.world import World
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.server.metrics import Metrics
from smarthealth.settings import Environment, load_settings
from smarthealth.storage.pool import Pool


@asynccontextmanager
async def _open_part(folder: Path, pool: Pool, **variables: str) -> AsyncIterator[tuple[TaxiPart, System]]:
    """The part over a database, with its children running."""
    settings = load_settings(Environment(process={"SMARTHEALTH_DATA": str(folder), **variables}, file={}))
    async with open_system("test") as system:
        world = World(settings, system, Connections(ConversationSettings()), Metrics())
        world._stores = Stores.over(pool)
        world._models = Models(provider=None, embedder=HashedEmbedder())
        part = TaxiPart(world)
        for child in part.children():
            await system.start_child(child)
        yield part, system


async def test_the_taxi_is_put_together(pool: Pool, tmp_path: Path) -> None:
    """With nothing set it has a desk, ears, recordings and the embedded backend; nobody hears and nobody speaks."""
    with trio.fail_after(20):
        async with _open_part(tmp_path, pool) as (part, system):
            assert part.application().name == "taxi"
            voice = part._voice()
            assert (voice.stt, voice.tts) == (None, None)
            assert voice.supervisor() == system.child(EARS)


async def test_keys_and_addresses_choose_providers(pool: Pool, tmp_path: Path) -> None:
    """Of speech, and of the fleet's backend; the models' key is that of OpenAI's speech."""
    variables = {"OPENAI_API_KEY": "k", "CARTESIA_API_KEY": "k", "SMARTHEALTH_TAXI_BACKEND_URL": "http://127.0.0.1:1/"}
    with trio.fail_after(20):
        async with _open_part(tmp_path, pool, **variables) as (part, _):
            voice = part._voice()
            assert voice.stt is not None
            assert voice.tts is not None
            assert (voice.stt.name, voice.tts.name) == ("openai/gpt-4o-mini-transcribe", "cartesia/sonic-2")
            assert part._backend.name != TaxiPart(part._world)._backend.name


async def test_a_voice_without_its_key_is_said_at_start(pool: Pool, tmp_path: Path) -> None:
    """And not at the first word."""
    with pytest.raises(ActorFailed) as raised:
        async with _open_part(tmp_path, pool, SMARTHEALTH_TTS="cartesia"):
            pass
    assert isinstance(raised.value.__cause__, StartError)
    assert "CARTESIA_API_KEY" in str(raised.value.__cause__)
