"""All connections of a process."""

from __future__ import annotations

import trio
import trio.testing

from tests.conversation.conftest import OpenHost


async def test_a_client_is_greeted_answered_and_let_go(open_host: OpenHost) -> None:
    """A connection lives from its greeting to the client's leave, and nothing of it stays."""
    async with open_host() as host:
        socket = await host.visit()
        assert socket.frames == ["hello"]
        socket.say("a", "b")
        await trio.testing.wait_all_tasks_blocked()
        assert socket.frames == ["hello", "echo a", "echo b"]
        print([a.path for a in host.system.snapshot().walk()])
        socket.leave()
        await trio.testing.wait_all_tasks_blocked()
        assert host.connections.count == 0
        assert host.dialogues[0].ended == 1
        print([a.path for a in host.system.snapshot().walk()])
        print(host.instrument.events)
