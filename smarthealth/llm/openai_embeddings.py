"""Embeddings of OpenAI and of whoever speaks like it, in batches."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import trio
from numpy.typing import NDArray

from .errors import ModelError, ModelProtocolError
from .openai_client import CLOSE_TIMEOUT, Client, translated
from .retries import with_retries
from .settings import ModelSettings

_KNOWN_DIMENSIONS: Final = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
_EMPTY: Final = " "
"""Stands for an empty text, which providers refuse."""


class _Row(msgspec.Struct):
    index: int
    embedding: str | list[float]


class _Answer(msgspec.Struct):
    data: list[_Row]


_decode = msgspec.json.Decoder(_Answer).decode


class OpenAIEmbedder:
    """`Embedder` over an OpenAI-compatible provider.

    Args:
        settings: The model's name, sizes of batches, and how patiently it is asked.
        client: See `open_openai`.
    """

    def __init__(self, settings: ModelSettings, client: Client) -> None:
        self._settings = settings
        self._endpoint = client.endpoint("embeddings")
        self._dimensions = settings.embedding_dimensions or _KNOWN_DIMENSIONS.get(settings.embedding_model)
        self._limiter = trio.CapacityLimiter(settings.embedding_concurrency)

    @property
    def name(self) -> str:
        """The model's name, with the length of its vectors when that was asked for."""
        asked = self._settings.embedding_dimensions
        return self._settings.embedding_model + ("" if asked is None else f"@{asked}")

    @property
    def knows_dimensions(self) -> bool:
        """Whether the length of a vector is known."""
        return self._dimensions is not None

    @property
    def dimensions(self) -> int:
        """Length of a vector.

        Raises:
            ModelProtocolError: Neither the settings nor an answer told it yet; `discover` asks.
        """
        if self._dimensions is None:
            raise ModelProtocolError("the length of this model's vectors is not known yet")
        return self._dimensions

    async def discover(self) -> int:
        """Learn the length of a vector, asking the provider when the model is not a known one.

        Raises:
            ModelError: The provider failed.
        """
        if self._dimensions is None:
            await self.embed(["dimensions"])
        return self.dimensions

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; see `Embedder.embed`. Order is kept, and rows have unit length."""
        batches = list(_batches(texts, self._settings))
        parts: list[NDArray[np.float32] | None] = [None] * len(batches)
        failures: list[ModelError] = []

        async def run(position: int, batch: Sequence[str]) -> None:
            try:
                async with self._limiter:
                    parts[position] = await with_retries(self._settings, lambda: self._ask(batch))
            except ModelError as error:
                failures.append(error)
                nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            for position, batch in enumerate(batches):
                nursery.start_soon(run, position, batch, name=f"embed {position}")
        if failures:
            raise failures[0]
        done = [part for part in parts if part is not None]
        return np.concatenate(done) if done else np.empty((0, await self.discover()), np.float32)

    async def _ask(self, batch: Sequence[str]) -> NDArray[np.float32]:
        body: dict[str, Any] = {
            "model": self._settings.embedding_model,
            "input": [text or _EMPTY for text in batch],
            "encoding_format": "base64",
        }
        if self._settings.embedding_dimensions is not None:
            body["dimensions"] = self._settings.embedding_dimensions
        with translated():
            response = await self._endpoint.post(body)
            try:
                content = await response.aread()
            finally:
                with trio.move_on_after(CLOSE_TIMEOUT, shield=True):
                    await response.aclose()
        rows = _read(content, len(batch))
        if self._dimensions is None:
            self._dimensions = rows.shape[1]
        if rows.shape[1] != self._dimensions:
            raise ModelProtocolError("vectors have another length than before")
        return rows


def _batches(texts: Sequence[str], settings: ModelSettings) -> Iterator[Sequence[str]]:
    start = characters = 0
    for position, text in enumerate(texts):
        full = position - start >= settings.embedding_batch_texts
        if position > start and (full or characters + len(text) > settings.embedding_batch_characters):
            yield texts[start:position]
            start, characters = position, 0
        characters += len(text)
    if start < len(texts):
        yield texts[start:]


def _read(content: bytes, count: int) -> NDArray[np.float32]:
    """The rows of one answer, in order and of unit length."""
    try:
        found = {row.index: _vector(row.embedding) for row in _decode(content).data}
        rows = np.stack([found[index] for index in range(count)])
    except (msgspec.MsgspecError, UnicodeError, RecursionError, binascii.Error, ValueError, KeyError):
        raise ModelProtocolError("the answer holds no vector for each text") from None
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(rows).all() or not lengths.all():
        raise ModelProtocolError("a vector has no direction")
    unit: NDArray[np.float32] = (rows / lengths).astype(np.float32, copy=False)
    return unit


def _vector(value: str | list[float]) -> NDArray[np.float32]:
    if isinstance(value, str):
        return np.frombuffer(base64.b64decode(value, validate=True), dtype="<f4")
    return np.array(value, dtype=np.float32)
