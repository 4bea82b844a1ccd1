"""Errors of retrieval."""

from __future__ import annotations

from smarthealth.retrieval.errors import IndexNotWritten, IndexUnavailable, RetrievalError
from smarthealth.retrieval.model import IndexState


def test_an_unavailable_index_says_why() -> None:
    """The error carries the state, and its text is for people."""
    error = IndexUnavailable(IndexState.DAMAGED)
    assert isinstance(error, RetrievalError)
    assert (error.state, str(error)) == (IndexState.DAMAGED, "the index is damaged")
    assert issubclass(IndexNotWritten, RetrievalError)
