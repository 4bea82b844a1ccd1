"""Which sessions are being answered."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.busy import BusySessions, SessionBusy


def test_a_session_is_held_by_one() -> None:
    """Others are held beside it, and it is free again however the block is left."""
    busy = BusySessions()
    with busy.held("a"), busy.held("b"), pytest.raises(SessionBusy), busy.held("a"):
        pass
    with pytest.raises(ValueError, match="x"), busy.held("a"):
        raise ValueError("x")
    with busy.held("a"):
        pass
