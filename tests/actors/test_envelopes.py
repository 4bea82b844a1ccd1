"""What a message may be wrapped in."""

from __future__ import annotations

import trio

from smarthealth.actors.asking import Ask, Request
from smarthealth.actors.envelopes import Envelope, Tick, content


async def test_content_is_the_message_itself() -> None:
    """Whatever it is wrapped in, the message is found."""
    request = Request[int]()
    ask = Ask(request, trio.lowlevel.current_task())
    assert content(ask) is request
    assert [content(wrapped) for wrapped in ("a", Envelope("a", None), Tick("a"))] == ["a"] * 3


def test_tick_is_void_once_its_timer_has_gone() -> None:
    """Taken when its turn comes, a tick says whether its timer still stands."""
    tick = Tick("a")
    tick.queued = True
    assert tick.taken()
    assert not tick.queued
    tick.live = False
    assert not tick.taken()
