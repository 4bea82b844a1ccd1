"""An embedding model without a model: deterministic, offline, bilingual by the glossary.

Theory of operation. A text is a bag of features, each hashed (BLAKE2b: the same on every machine, Python and hash seed) to
two places and signs of a vector: the hashing trick. The features are, by falling weight: the glossary's concepts that the
text names and, weaker, the broader concepts they belong to, which are the same whether named in Spanish or in English; the
words' skeletons, which cognates share; and the skeletons' four-letter pieces, which words of one root share. Words that
stand in most entries weigh little. Cosine similarity is then, but for collisions, the weighted share of common features.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import trio
from numpy.typing import NDArray

from .cognates import skeleton
from .glossary import Glossary, load_glossary
from .words import STOP_WORDS, folded_words, set_of

_DIMENSIONS = 384
_VERSION = 1
"""Moves with every change of the features, of their weights, or of the vocabulary's meaning."""
_CONCEPT = 2.0
_BROADER = 0.5
_WORD = 1.0
_COMMON_WORD = 0.25
_NUMBER = 0.2
_PIECE = 0.6
"""Shared by all pieces of one word."""
_PIECE_LETTERS = 4
_COMMON = set_of(
    "oral tablet injection mg ml solution suspension hydrochloride procedure finding disorder situation regime therapy blood "
    "volume mass serum plasma automated count resultado condicion medicamento procedimiento vacuna atencion informe documento "
    "alergia plan cuidado estado active resolved completed final finished stopped unknown veces desde hasta motivo encounter "
    "dr dra hospital clinic center medical patient dosis"
)
_FEW = 4
"""Texts that are embedded at once, since a thread would cost more."""
_BATCH = 256
"""Texts embedded between two checkpoints."""


class HashedEmbedder:
    """The offline embedding model."""

    def __init__(self, glossary: Glossary | None = None) -> None:
        self._glossary = glossary

    @property
    def name(self) -> str:
        """Name and version."""
        return f"smarthealth-hashed-{_VERSION}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return _DIMENSIONS

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: rows of unit length; a text without words gets a fixed direction of its own."""
        await trio.lowlevel.checkpoint()
        if len(texts) <= _FEW:
            return self.embed_now(texts)
        vectors = np.empty((len(texts), _DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            vectors[start : start + len(batch)] = await trio.to_thread.run_sync(self.embed_now, batch)
        return vectors

    def embed_now(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same, at once: about a tenth of a millisecond for a line of a record."""
        vectors = np.empty((len(texts), _DIMENSIONS), dtype=np.float32)
        for number, text in enumerate(texts):
            places, weights = self._features(text)
            vector = np.bincount(places, weights, minlength=_DIMENSIONS)
            length = math.sqrt(float(vector @ vector))
            vectors[number] = vector / length if length else _NOWHERE
        return vectors

    def _features(self, text: str) -> tuple[list[int], list[float]]:
        glossary = self._glossary or load_glossary()
        direct = {match.concept.id for match in glossary.concepts(text)}
        broader = frozenset[str]().union(*(glossary.ancestors(concept) for concept in direct)) - direct
        places: list[int] = []
        weights: list[float] = []
        for features in (
            *(_concept_features(concept, _CONCEPT) for concept in direct),
            *(_concept_features(concept, _BROADER) for concept in broader),
            *(_word_features(word) for word in set(folded_words(text)) - STOP_WORDS),
        ):
            places.extend(features[0])
            weights.extend(features[1])
        return places, weights


_Features = tuple[tuple[int, ...], tuple[float, ...]]
"""Places in a vector, and what is added there."""
_NOWHERE = np.eye(1, _DIMENSIONS, dtype=np.float32)[0]


@lru_cache(maxsize=8192)
def _concept_features(concept_id: str, weight: float) -> _Features:
    return _hashed([(f"concept {concept_id}", weight)])


@lru_cache(maxsize=32768)
def _word_features(word: str) -> _Features:
    if not word.isalpha():
        return _hashed([(f"number {word}", _NUMBER)])
    root = skeleton(word)
    if word in _COMMON:
        return _hashed([(f"word {root}", _COMMON_WORD)])
    pieces = {root[start : start + _PIECE_LETTERS] for start in range(len(root) - _PIECE_LETTERS + 1)}
    weight = _PIECE / len(pieces) if pieces else 0.0
    return _hashed([(f"word {root}", _WORD), *((f"piece {piece}", weight) for piece in sorted(pieces))])


def _hashed(features: Sequence[tuple[str, float]]) -> _Features:
    """Each feature at two places, with a sign at each, as its hash says."""
    places: list[int] = []
    weights: list[float] = []
    for feature, weight in features:
        digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
        for number in (int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")):
            places.append((number >> 1) % _DIMENSIONS)
            weights.append(weight if number & 1 else -weight)
    return tuple(places), tuple(weights)
