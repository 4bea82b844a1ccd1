"""What can go wrong in retrieval.

RetrievalError
├── IndexUnavailable    the index cannot be read or written; `state` says why
└── IndexNotWritten     a write failed though the index is readable: no room on the disk, say
"""

from __future__ import annotations

from .model import IndexState


class RetrievalError(Exception):
    """Root of this package's errors."""


class IndexUnavailable(RetrievalError):
    """The index cannot be read or written now."""

    def __init__(self, state: IndexState) -> None:
        super().__init__(f"the index is {state.value}")
        self.state = state
        """Why; `DAMAGED` and `OUTDATED` need a rebuild, `MISSING` needs records to be indexed."""


class IndexNotWritten(RetrievalError):
    """A write failed; what the index held before is still found."""
