import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import numpy as np
import pytest
import trio
import trio.testing

from smarthealth.llm.errors import ModelProtocolError, ModelRefused, ModelUnavailable
from smarthealth.llm.openai_client import open_openai
from smarthealth.llm.openai_embeddings import OpenAIEmbedder
from smarthealth.llm.settings import ModelSettings
from smarthealth.testing.conformance import check_embedder
from smarthealth.testing.embedder import hashed_vector
from smarthealth.testing.http import Exchange, open_http_server
from smarthealth.testing.provider import ScriptedModelServer, open_model_server
from smarthealth.testing.script import Refusal


@asynccontextmanager
async def _open_embedder(url: str, **settings: Any) -> AsyncIterator[OpenAIEmbedder]:
    chosen = attrs.evolve(
        ModelSettings(base_url=url, embedding_model="scripted", max_retries=1, backoff=0.0), **settings
    )
    async with open_openai(chosen) as client:
        yield OpenAIEmbedder(chosen, client)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedModelServer]:
    """A scripted provider of short vectors."""
    async with open_model_server(dimensions=16) as server:
        yield server


async def test_the_adapter_is_an_embedder(server: ScriptedModelServer) -> None:
    """It does what every embedder must."""
    async with _open_embedder(server.url) as embedder:
        await check_embedder(embedder)


async def test_texts_go_in_batches_and_keep_their_order(server: ScriptedModelServer) -> None:
    """Batches are bounded in texts and characters, and rows come back in the order of the texts."""
    texts = [f"text {number}" for number in range(7)] + ["long " * 20, "short"]
    async with _open_embedder(server.url, embedding_batch_texts=3, embedding_batch_characters=60) as embedder:
        rows = await embedder.embed(texts)
    assert np.allclose(rows, [hashed_vector(text, 16) for text in texts], atol=1e-6)
    sizes = sorted(len(received.body["input"]) for received in server.requests)
    assert sizes == [1, 1, 1, 3, 3]
    assert all(received.body["encoding_format"] == "base64" for received in server.requests)


async def test_an_empty_text_is_sent_as_a_space(server: ScriptedModelServer) -> None:
    """Providers refuse empty texts, and a record may hold one."""
    async with _open_embedder(server.url) as embedder:
        await embedder.embed(["", "a"])
    assert server.requests[0].body["input"] == [" ", "a"]


async def test_dimensions_are_known_asked_for_or_discovered(server: ScriptedModelServer) -> None:
    """An index needs the length before the first vector; only an unknown model has to be asked."""
    async with _open_embedder(server.url) as embedder:
        with pytest.raises(ModelProtocolError, match="not known"):
            _ = embedder.dimensions
        assert not embedder.knows_dimensions
        assert await embedder.discover() == 16
        assert embedder.dimensions == 16
        assert embedder.knows_dimensions
        assert embedder.name == "scripted"
    async with _open_embedder(server.url, embedding_dimensions=8) as embedder:
        assert (embedder.dimensions, embedder.name) == (8, "scripted@8")
        assert (await embedder.embed(["a"])).shape == (1, 8)
    asked = len(server.requests)
    async with _open_embedder(server.url, embedding_model="text-embedding-3-small") as embedder:
        assert await embedder.discover() == 1536
        assert (await embedder.embed([])).shape == (0, 1536)
    assert len(server.requests) == asked


async def test_an_outage_is_asked_again(server: ScriptedModelServer) -> None:
    """One failing request of a batch does not fail the batch."""
    server.refuse_embeddings(Refusal(status=500))
    async with _open_embedder(server.url) as embedder:
        assert (await embedder.embed(["a"])).shape == (1, 16)


@pytest.mark.parametrize(("status", "kind"), [(500, ModelUnavailable), (400, ModelRefused)])
async def test_a_failure_of_one_batch_is_the_failure(
    server: ScriptedModelServer, status: int, kind: type[Exception]
) -> None:
    """It leaves as itself, in no group, and the other batches stop."""
    server.refuse_embeddings(*[Refusal(status=status)] * 20)
    async with _open_embedder(server.url, embedding_batch_texts=1, embedding_concurrency=2) as embedder:
        with pytest.raises(kind):
            await embedder.embed([f"text {number}" for number in range(20)])
    assert len(server.requests) < 20


async def test_requests_at_a_time_are_bounded() -> None:
    """A large index does not open a hundred connections."""
    open_now = most = 0
    together = trio.Event()

    async def handle(exchange: Exchange) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        if open_now == 3:
            await trio.testing.wait_all_tasks_blocked(0.01)  # time for a fourth to come, if one does
            together.set()
        await together.wait()
        open_now -= 1
        rows = [{"index": 0, "embedding": [1.0, 0.0]}]
        await exchange.respond(200, {"data": rows})

    async with (
        open_http_server(handle) as url,
        _open_embedder(url, embedding_batch_texts=1, embedding_concurrency=3) as embedder,
    ):
        assert (await embedder.embed(["a"] * 12)).shape == (12, 2)
    assert most == 3


def _base64(*numbers: float) -> str:
    return base64.b64encode(np.array(numbers, "<f4").tobytes()).decode()


async def _embed_from(data: object, texts: list[str], dimensions: int | None = None) -> list[list[float]]:
    async def handle(exchange: Exchange) -> None:
        await exchange.respond(200, json.loads(json.dumps({"data": data})))

    async with open_http_server(handle) as url, _open_embedder(url, embedding_dimensions=dimensions) as embedder:
        rows: list[list[float]] = (await embedder.embed(texts)).tolist()
        return rows


async def test_rows_are_sorted_and_normalised() -> None:
    """Providers may answer out of order, as numbers or as base64, and with vectors of any length."""
    data = [{"index": 1, "embedding": [0, 5]}, {"index": 0, "embedding": _base64(3, 0)}]
    assert await _embed_from(data, ["a", "b"]) == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"index": 1, "embedding": [1]}],
        [{"index": 0, "embedding": "not base64"}],
        [{"index": 0, "embedding": "YWI="}],
        [{"index": 0, "embedding": None}],
        [{"index": 0, "embedding": [0, 0]}],
        [{"index": 0, "embedding": _base64(float("nan"), 1)}],
        [{"index": 0, "embedding": [1, 2, 3]}],
        "nonsense",
    ],
)
async def test_answers_without_a_vector_for_each_text_are_refused(data: object) -> None:
    """A missing, empty, crooked or wrongly long vector never reaches an index."""
    with pytest.raises(ModelProtocolError):
        await _embed_from(data, ["a"], dimensions=2)
