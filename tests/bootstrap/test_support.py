"""The support application, put together."""

from __future__ import annotations

import pytest
import trio

from smarthealth.apps.support.services import TokenRefused
from smarthealth.bootstrap.support import TokenDesk, warm_up
from smarthealth.server.errors import unauthorised, unavailable


async def test_refusals_of_accounts_are_told_apart() -> None:
    """For good, or for now."""

    class Door:
        error = unauthorised()

        async def recognise(self, token: str) -> None:
            await trio.lowlevel.checkpoint()
            raise self.error

    door = Door()
    desk = TokenDesk(door)  # type: ignore[arg-type] # as much of the accounts as is asked
    with pytest.raises(TokenRefused) as refused:
        await desk.recognise("x")
    assert not refused.value.is_temporary
    door.error = unavailable("UNAVAILABLE")
    with pytest.raises(TokenRefused) as refused:
        await desk.recognise("x")
    assert refused.value.is_temporary


def test_what_is_read_ahead() -> None:
    """The model, the trees, the tools."""
    warm_up()
