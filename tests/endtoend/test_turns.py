"""Turns beside, against and after one another, with a model that takes its time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

import trio

from smarthealth.testing.script import Ending, Reply

if TYPE_CHECKING:
    from tests.endtoend.conftest import Chat, Eventually, Message, Model, Server


def code(message: Message) -> str:
    """The code of an error, empty for another message."""
    return str(message["error"]["code"]) if message["type"] == "error" else ""


async def until(chat: Chat, kind: str) -> list[Message]:
    """All messages up to the first of this type."""
    messages = [await chat.receive()]
    while messages[-1]["type"] != kind:
        messages.append(await chat.receive())
    return messages


def by_session(messages: list[Message]) -> dict[str, list[str]]:
    """Types of the messages that name a session, by session."""
    found: dict[str, list[str]] = defaultdict(list)
    for message in messages:
        if "session_id" in message:
            found[message["session_id"]].append(message["type"])
    return found


async def test_ping_is_answered_in_the_middle_of_a_turn(scripted: Server, model: Model) -> None:
    """A pong comes between the tokens of an answer, at once, and the answer is whole all the same."""
    word = model.on(Reply(text="uno dos tres cuatro cinco seis", pace=20))
    async with scripted.chat() as chat:
        await chat.query(word)
        await until(chat, "token")
        await chat.send(type="ping")
        with trio.fail_after(1):
            between = await until(chat, "pong")
        rest = await chat.turn()
    assert len(between) < 6
    assert rest[-1]["answer"]["text"] == "uno dos tres cuatro cinco seis"


async def test_tokens_are_sent_as_they_come(scripted: Server, model: Model) -> None:
    """The first token is there before the model has said the last, and all of them together are the answer."""
    word = model.on(Reply(tokens=("El ", "paciente ", "tiene ", "56", " años", ".", "\n", "😀"), pace=40))
    async with scripted.chat() as chat:
        await chat.query(word)
        before = await until(chat, "token")
        assert not model.asked(word)[0].answered
        rest = await chat.turn()
    tokens = [message["token"] for message in [*before, *rest] if message["type"] == "token"]
    assert "".join(tokens) == rest[-1]["answer"]["text"] == "El paciente tiene 56 años.\n😀"
    assert rest[-1]["answer"]["model_used"] == "gpt-4o-mini"
    assert rest[-1]["metadata"]["usage"]["completion_tokens"] == 8


async def test_several_sessions_are_answered_at_once(scripted: Server, model: Model) -> None:
    """Four queries of one connection run side by side, each with its own messages in order; the fifth is refused."""
    word = model.on(Reply(text="uno dos tres cuatro", first_token_delay=0.6, pace=20))
    async with scripted.chat() as chat:
        sessions = [await chat.query(word) for _ in range(5)]
        messages: list[Message] = []
        while sum(message["type"] in ("complete", "error") for message in messages) < 5:
            messages.append(await chat.receive())
        refusal = next(message for message in messages if message["type"] == "error")
        assert (code(refusal), refusal["session_id"]) == ("TOO_MANY_REQUESTS", sessions[4])
        assert next(message["type"] for message in messages if "session_id" in message) == "error"
        for session, kinds in by_session(messages).items():
            if session != sessions[4]:
                assert kinds == ["stream_start", *["token"] * (len(kinds) - 3), "stream_end", "complete"]
        assert (await chat.ask(word, sessions[4]))[-1]["type"] == "complete"


async def test_a_busy_session_refuses_a_second_query(scripted: Server, model: Model) -> None:
    """SESSION_BUSY comes at once, on this connection and on another; the running turn goes on; then the session is free."""
    word, session = model.on(Reply(text="uno dos tres", first_token_delay=0.5)), str(uuid.uuid4())
    async with scripted.chat() as chat, scripted.chat() as other:
        await chat.query(word, session)
        await chat.query(word, session.upper())
        refusal = (await until(chat, "error"))[-1]
        assert (code(refusal), refusal["session_id"]) == ("SESSION_BUSY", session.upper())
        assert code((await other.ask(word, session))[-1]) == "SESSION_BUSY"
        assert (await chat.turn())[-1]["type"] == "complete"
        assert (await other.ask(word, session))[-1]["type"] == "complete"


async def test_a_session_belongs_to_who_opened_it(scripted: Server) -> None:
    """Another user who names a session gets an error and nothing of it; its owner still has it."""
    session, stranger = str(uuid.uuid4()), scripted.token(sub="424242", email=None, name=None)
    async with scripted.chat() as chat, scripted.chat(stranger) as other:
        assert (await chat.ask("¿Qué alergias tiene?", session))[-1]["type"] == "complete"
        messages = await other.ask("¿Qué le pregunté?", session)
        assert code(messages[-1]) == "INVALID_REQUEST"
        assert "session_id" in messages[-1]["error"]["message"]
        assert [message["type"] for message in messages[:-1]] in ([], ["status"])
        assert (await chat.ask("¿Qué alergias tiene?", session))[-1]["type"] == "complete"


async def test_nothing_follows_the_end_of_a_turn(scripted: Server, model: Model) -> None:
    """After `complete` and after `error` no message of that session comes."""
    good, bad = model.on(Reply(text="uno dos")), model.on(Reply(text="uno dos", ending=Ending.CUT))
    async with scripted.chat() as chat:
        for word in (good, bad):
            session = await chat.query(word)
            await chat.turn()
            await chat.send(type="ping")
            assert session not in by_session(await until(chat, "pong"))


async def test_a_model_that_hangs_is_a_timeout(scripted: Server, model: Model, eventually: Eventually) -> None:
    """No token within the model's time: LLM_TIMEOUT; tokens, then silence: `stream_end` before LLM_TIMEOUT."""
    silent, stuck = model.on(Reply(ending=Ending.HANG)), model.on(Reply(text="uno dos", ending=Ending.HANG))
    async with scripted.chat() as chat, scripted.chat() as other, trio.open_nursery() as nursery:
        ends: dict[str, list[Message]] = {}

        async def ask(chat: Chat, word: str) -> None:
            ends[word] = await chat.ask(word)

        nursery.start_soon(ask, chat, silent)
        nursery.start_soon(ask, other, stuck)
    assert [message["type"] for message in ends[silent]] == ["status"] * 4 + ["error"]
    kinds = [message["type"] for message in ends[stuck]]
    assert kinds[4:5] + kinds[-2:] == ["stream_start", "stream_end", "error"]
    assert {code(messages[-1]) for messages in ends.values()} == {"LLM_TIMEOUT"}
    await eventually(lambda: all(model.asked(word)[0].disconnected_at for word in ends), 2)  # given up too


async def test_a_search_that_hangs_is_a_timeout(scripted: Server) -> None:
    """VECTOR_SEARCH_TIMEOUT when the record cannot be read in time; the next query is answered."""
    async with scripted.chat() as chat:
        with scripted.database() as database, database.transaction():
            database.execute("lock table record in access exclusive mode")
            messages = await chat.ask("¿Qué alergias tiene?")
        assert [message.get("status") for message in messages[:-1]] == ["searching_patient", "vector_search"]
        assert code(messages[-1]) == "VECTOR_SEARCH_TIMEOUT"
        assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"


async def test_a_query_that_hangs_is_a_timeout(scripted: Server) -> None:
    """REQUEST_TIMEOUT when the whole turn's time is over before a stage's; the next query is answered."""
    async with scripted.chat() as chat:
        with scripted.database() as database, database.transaction():
            database.execute("lock table patient_identifier in access exclusive mode")
            messages = await chat.ask("¿Qué alergias tiene?")
        assert [message.get("status") for message in messages[:-1]] == ["searching_patient"]
        assert code(messages[-1]) == "REQUEST_TIMEOUT"
        assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"


async def test_a_client_that_leaves_stops_its_model(scripted: Server, model: Model, eventually: Eventually) -> None:
    """When a client is gone, its model request is cut at once; what it asked is audited as cancelled."""
    word, session = model.on(Reply(text="uno", ending=Ending.HANG)), str(uuid.uuid4())
    async with scripted.chat() as chat:
        await chat.query(word, session)
        await until(chat, "token")
    await eventually(lambda: model.asked(word)[0].disconnected_at is not None, 1)
    await eventually(lambda: outcomes(scripted, session) == ["cancelled"])


def outcomes(server: Server, session: str) -> list[str]:
    """What the audit says of a session's queries."""
    with server.database() as database:
        rows = database.execute("select outcome from audit_entry where session_id = %s order by id", [session])
        return [outcome for (outcome,) in rows]


async def test_the_model_sees_the_session_s_history(scripted: Server, model: Model) -> None:
    """Earlier questions about the same patient reach the model; after another patient's they do not."""
    session, word = str(uuid.uuid4()), model.on(Reply(text="Ninguna [1]."))
    with scripted.database() as database:
        row = database.execute(
            "select document_type, document_number from patient_identifier where patient_id <>"
            " (select patient_id from patient_identifier where document_type = 8 and document_number = '30995750')"
        ).fetchone()
    assert row is not None
    async with scripted.chat() as chat:
        for document in ((8, "30995750"), (8, "30995750"), row, (8, "30995750")):
            await chat.ask(f"¿Alergias? {word}", session, document)
    seen = [[m.content for m in request.chat.messages] for request in model.asked(word) if request.chat is not None]
    earlier = [sum(word in text for text in texts[:-1]) for texts in seen]
    assert earlier == [0, 1, 0, 0]
