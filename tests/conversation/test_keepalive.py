"""The clock of one connection."""

from __future__ import annotations

import trio
import trio.testing

from smarthealth.conversation.application import Principal
from smarthealth.conversation.closing import Closing
from smarthealth.conversation.keepalive import Keepalive

EPOCH = 1_000_000.0


def somebody(expires_in: float) -> Principal:
    """A user whose token runs out then."""
    return Principal(user_id=7, email=None, name=None, role="clinician", expires_at=EPOCH + expires_in)


class Watched:
    """A keepalive, and when and how it ended the connection."""

    def __init__(self, *, principal: Principal | None = None, sign_in_by: float | None = None) -> None:
        self.started = trio.current_time()
        self.busy = False
        self.closing: Closing | None = None
        self.at: float | None = None
        self.keepalive = Keepalive(
            idle_timeout=100.0,
            sign_in_by=None if sign_in_by is None else self.started + sign_in_by,
            wall_clock=lambda: EPOCH + trio.current_time() - self.started,
            is_busy=lambda: self.busy,
            end=self.end,
            principal=principal,
        )

    def end(self, closing: Closing) -> None:
        """Write it down."""
        self.closing = closing
        self.at = trio.current_time() - self.started

    async def run(self) -> None:
        """Look, sleep as long as it said or until woken, look again."""
        while (due := self.keepalive.look()) is not None:
            woken = trio.Event()
            self.keepalive.wake = woken.set
            with trio.move_on_at(due):
                await woken.wait()

    @property
    def code(self) -> int | None:
        """The close code."""
        return None if self.closing is None else self.closing.code


async def test_a_silent_client_is_idle(autojump_clock: trio.testing.MockClock) -> None:
    """Without a word the connection ends after the idle time."""
    watched = Watched()
    await watched.run()
    assert (watched.code, watched.at) == (4408, 100.0)


async def test_a_word_starts_the_idle_time_anew(autojump_clock: trio.testing.MockClock) -> None:
    """Idle is who has said nothing since."""
    watched = Watched()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watched.run)
        await trio.sleep(60)
        watched.keepalive.last_heard = trio.current_time()
    assert watched.at == 160.0


async def test_nobody_is_idle_while_a_turn_runs(autojump_clock: trio.testing.MockClock) -> None:
    """Waiting for an answer is not idling, and the idle time is looked at again after it."""
    watched = Watched()
    watched.busy = True
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watched.run)
        await trio.sleep(150)
        watched.busy = False
    assert watched.at == 200.0


async def test_a_token_ends_its_connection(autojump_clock: trio.testing.MockClock) -> None:
    """The connection ends with the token, however busy it is."""
    watched = Watched(principal=somebody(30.0))
    watched.busy = True
    await watched.run()
    assert (watched.code, watched.at) == (4401, 30.0)


async def test_who_does_not_sign_in_is_let_go(autojump_clock: trio.testing.MockClock) -> None:
    """Where a message signs in, it must come in time."""
    watched = Watched(sign_in_by=10.0)
    await watched.run()
    assert (watched.code, watched.at) == (4401, 10.0)
    assert watched.closing is not None
    assert watched.closing.reason == "not authenticated in time"


async def test_signing_in_sets_the_token_s_own_time(autojump_clock: trio.testing.MockClock) -> None:
    """Who signs in in time stays as long as the token is good."""
    watched = Watched(sign_in_by=10.0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watched.run)
        await trio.sleep(5)
        watched.keepalive.sign_in(somebody(20.0))
    assert (watched.code, watched.at) == (4401, 20.0)
