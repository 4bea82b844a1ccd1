from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from smarthealth.storage.errors import Conflict, SessionOwnedByAnother
from smarthealth.storage.pool import Pool
from smarthealth.storage.threads import MESSAGES_KEPT, ThreadMessage, Threads

NOW = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)


def said(text: str) -> ThreadMessage:
    """What a person said."""
    return ThreadMessage(role="user", content=text, at=NOW)


async def test_a_thread_is_its_openers(pool: Pool) -> None:
    """A user's is refused to others and to those without a token; one opened without a token is open to all such."""
    threads, theirs, open_to_all = Threads(pool), uuid4(), uuid4()
    opened = await threads.open(theirs, 7)
    assert (opened.id, opened.user_id, opened.state, opened.bookings) == (theirs, 7, "{}", 0)
    assert await threads.open(theirs, 7) == opened
    await threads.open(open_to_all, None)
    assert (await threads.open(open_to_all, None)).user_id is None
    for thread, user in ((theirs, 8), (theirs, None), (open_to_all, 7)):
        with pytest.raises(SessionOwnedByAnother):
            await threads.open(thread, user)


async def test_messages_come_back_in_order(pool: Pool) -> None:
    """With their agents, calls and results; the state stays where none is given."""
    threads, thread_id = Threads(pool), uuid4()
    await threads.open(thread_id, None)
    calls = '[{"id": "call_1", "name": "TransferToNavegante", "arguments": "{}"}]'
    spoken = ThreadMessage(role="assistant", agent="RECEPCIONISTA", content="¡Hola!", tool_calls=calls, at=NOW)
    result = ThreadMessage(role="tool", content="Transfer successful", tool_call_id="call_1", at=NOW)
    await threads.append(thread_id, [said("a\0b"), spoken], '{"agent": "NAVEGANTE"}')
    await threads.append(thread_id, [result])
    history = await threads.history(thread_id, 10)
    assert [one.content for one in history] == ["a\ufffdb", "¡Hola!", "Transfer successful"]
    assert msgspec.json.decode(history[1].tool_calls) == msgspec.json.decode(calls)
    assert (history[1].agent, history[2].tool_call_id, history[0].at) == ("RECEPCIONISTA", "call_1", NOW)
    assert await threads.history(thread_id, 1) == history[-1:]
    assert msgspec.json.decode((await threads.open(thread_id, None)).state) == {"agent": "NAVEGANTE"}


async def test_old_messages_are_forgotten(pool: Pool) -> None:
    """So that a thread does not grow for ever."""
    threads, thread_id = Threads(pool), uuid4()
    await threads.open(thread_id, None)
    await threads.append(thread_id, [said(str(number)) for number in range(MESSAGES_KEPT + 5)])
    history = await threads.history(thread_id, MESSAGES_KEPT * 2)
    assert (len(history), history[0].content) == (MESSAGES_KEPT, "5")


async def test_a_failed_append_leaves_nothing(pool: Pool) -> None:
    """Messages and state are written together or not at all."""
    threads = Threads(pool)
    with pytest.raises(Conflict):
        await threads.append(uuid4(), [said("hola")], "{}")
    assert await pool.fetch("select 1 from taxi_message") == []


async def test_unused_threads_are_forgotten(pool: Pool) -> None:
    """With all that was said in them."""
    threads, thread_id = Threads(pool), uuid4()
    await threads.open(thread_id, None)
    await threads.append(thread_id, [said("hola")])
    assert await threads.forget_unused(datetime.now(UTC) - timedelta(days=1)) == 0
    assert await threads.forget_unused(datetime.now(UTC) + timedelta(days=1)) == 1
    assert await pool.fetch("select 1 from taxi_message") == []


async def test_a_late_state_is_not_saved(pool: Pool) -> None:
    """A state that knows of fewer bookings than there are is older than the thread's."""
    threads, thread_id = Threads(pool), uuid4()
    await threads.open(thread_id, None)
    await threads.append(thread_id, [], '{"now": 1}', bookings=0)
    await threads.append(thread_id, [], '{"late": 1}', bookings=1)
    assert msgspec.json.decode((await threads.open(thread_id, None)).state) == {"now": 1}


async def test_who_wants_a_person_is_written_down(pool: Pool) -> None:
    """With a number to call."""
    threads = Threads(pool)
    thread = await threads.open(uuid4(), 7)
    await threads.ask_person(thread, "3001234567", "quiere hablar con alguien")
    rows = await pool.fetch("select user_id, phone, reason from taxi_handover")
    assert rows == [(7, "3001234567", "quiere hablar con alguien")]
