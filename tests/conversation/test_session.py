"""The reading side of a connection."""

from __future__ import annotations

import attrs
import pytest
import trio
import trio.testing

from smarthealth.conversation.application import Dialogue
from smarthealth.conversation.closing import Closing
from smarthealth.conversation.keepalive import Keepalive
from smarthealth.conversation.session import Session
from smarthealth.conversation.throttle import Throttle
from tests.conversation.conftest import MemorySocket


@attrs.define(eq=False)
class Listener(Dialogue):
    """Writes down what happens to it."""

    heard: list[object] = attrs.field(factory=list)

    def opened(self) -> None:
        """Write it down."""
        self.heard.append("opened")

    async def received(self, text: str) -> None:
        """Write it down."""
        if text == "crash":
            raise LookupError(text)
        self.heard.append(text)

    def closed(self) -> None:
        """Write it down."""
        self.heard.append("closed")


class AudioListener(Listener):
    """Takes binary frames too."""

    async def received_binary(self, data: bytes) -> None:
        """Write it down."""
        self.heard.append(data)


@attrs.define(eq=False)
class Reading:
    """A session in the making, and how it ended its connection."""

    dialogue: Listener = attrs.field(factory=Listener)
    socket: MemorySocket = attrs.field(factory=MemorySocket)
    endings: list[Closing] = attrs.field(factory=list)

    async def run(self) -> None:
        """Run the session to its end."""
        keepalive = Keepalive(
            idle_timeout=100.0,
            sign_in_by=None,
            wall_clock=trio.current_time,
            is_busy=lambda: False,
            end=self.endings.append,
            principal=None,
        )
        throttle = Throttle(rate=1.0, burst=3, now=trio.current_time())
        await Session(self.socket, self.dialogue, keepalive, throttle, self.endings.append).run()

    @property
    def codes(self) -> list[int]:
        """How the connection was asked to end."""
        return [closing.code for closing in self.endings]


async def test_texts_go_to_the_dialogue_until_the_client_leaves(autojump_clock: trio.testing.MockClock) -> None:
    """Each text is handed on in order, and the client's close is the connection's."""
    reading = Reading()
    reading.socket.say("a", "b")
    reading.socket.leave(4000, "bye")
    await reading.run()
    assert reading.dialogue.heard == ["opened", "a", "b", "closed"]
    assert [(closing.code, closing.reason, closing.reachable) for closing in reading.endings] == [(4000, "bye", False)]


async def test_binary_frames_are_refused_by_default(autojump_clock: trio.testing.MockClock) -> None:
    """A binary frame where none is taken ends the connection with 1003."""
    reading = Reading()
    reading.socket.say(b"\0", "never read")
    await reading.run()
    assert reading.codes == [1003]
    assert reading.dialogue.heard == ["opened", "closed"]


async def test_binary_frames_go_to_a_dialogue_that_takes_them(autojump_clock: trio.testing.MockClock) -> None:
    """A dialogue with `received_binary` gets them."""
    reading = Reading(dialogue=AudioListener())
    reading.socket.say(b"\0", "a")
    reading.socket.leave()
    await reading.run()
    assert reading.dialogue.heard == ["opened", b"\0", "a", "closed"]


async def test_a_flood_ends_with_4429(autojump_clock: trio.testing.MockClock) -> None:
    """More messages than the throttle allows end the connection."""
    reading = Reading()
    reading.socket.say(*"abcd")
    await reading.run()
    assert reading.codes == [4429]
    assert reading.dialogue.heard == ["opened", "a", "b", "c", "closed"]


async def test_a_dialogue_that_fails_is_closed_and_reported(autojump_clock: trio.testing.MockClock) -> None:
    """What a dialogue raises leaves the session as itself, after the dialogue was told of the end."""
    reading = Reading()
    reading.socket.say("crash")
    with pytest.raises(LookupError):
        await reading.run()
    assert reading.codes == []
    assert reading.dialogue.heard == ["opened", "closed"]


class LateListener(Listener):
    """Has something to wait for first."""

    async def arrived(self) -> None:
        """Wait, and write it down."""
        await trio.sleep(1)
        self.heard.append("arrived")


async def test_a_dialogue_may_wait_before_it_hears_its_client(autojump_clock: trio.testing.MockClock) -> None:
    """What the client says meanwhile is kept."""
    reading = Reading(dialogue=LateListener())
    reading.socket.say("early")
    reading.socket.leave()
    await reading.run()
    assert reading.dialogue.heard == ["opened", "arrived", "early", "closed"]
