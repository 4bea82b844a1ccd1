"""The words by which a chunk is found in the text index."""

from __future__ import annotations

from .model import Chunk


def searched_text(chunk: Chunk) -> str:
    """The words by which a chunk is found."""
    return " ".join((chunk.text, chunk.names, *map(concept_word, chunk.concepts)))


def concept_word(concept_id: str) -> str:
    """A word that stands for a concept in the text index: one token, and no stemmer changes it."""
    return f"zc{int.from_bytes(concept_id.encode(), 'big') % 10**18}"
