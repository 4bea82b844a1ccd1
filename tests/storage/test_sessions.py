from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import trio

from smarthealth.storage import sessions as sessions_module
from smarthealth.storage.errors import Conflict, SessionOwnedByAnother
from smarthealth.storage.pool import Pool
from smarthealth.storage.sessions import Exchange, Sessions

ANA, LUIS = 1, 2
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def sessions(pool: Pool) -> Sessions:
    """The sessions of a database with two patients, 1 and 2."""
    await pool.execute(
        "insert into patient (fhir_id, full_name, search_name) values ('Patient/a', 'A', 'a'), ('Patient/b', 'B', 'b')"
    )
    return Sessions(pool)


def exchange(question: str, patient_id: int | None = 1) -> Exchange:
    """A question about a patient, and its answer."""
    return Exchange(question=question, answer=f"answer to {question}", patient_id=patient_id, at=NOW)


async def fill(sessions: Sessions, *exchanges: Exchange) -> UUID:
    """A session of Ana's in which this was said."""
    session_id = uuid4()
    await sessions.open(session_id, "records", ANA)
    for one in exchanges:
        await sessions.append(session_id, one)
    return session_id


def questions(history: tuple[Exchange, ...]) -> list[str]:
    """What was asked."""
    return [one.question for one in history]


class TestOwnership:
    async def test_who_opened_it_continues_it(self, sessions: Sessions) -> None:
        """Opening a session again gives the same session."""
        session_id = uuid4()
        opened = await sessions.open(session_id, "records", ANA)
        assert await sessions.open(session_id, "records", ANA) == opened
        assert (opened.id, opened.application, opened.user_id) == (session_id, "records", ANA)

    @pytest.mark.parametrize(("owner", "other"), [(ANA, LUIS), (ANA, None), (None, ANA)])
    async def test_nobody_else_does(self, owner: int | None, other: int | None, sessions: Sessions) -> None:
        """Another user, or a client without a token, is refused; so is a user where none had signed in."""
        session_id = uuid4()
        await sessions.open(session_id, "records", owner)
        with pytest.raises(SessionOwnedByAnother):
            await sessions.open(session_id, "records", other)

    async def test_without_a_token_it_is_open_to_all_without_one(self, sessions: Sessions) -> None:
        """A session opened without a token may be continued by any client without one."""
        session_id = uuid4()
        opened = await sessions.open(session_id, "support", None)
        assert await sessions.open(session_id, "support", None) == opened

    async def test_it_belongs_to_one_application(self, sessions: Sessions) -> None:
        """Another application's session is refused to the same user."""
        session_id = uuid4()
        await sessions.open(session_id, "records", ANA)
        with pytest.raises(SessionOwnedByAnother):
            await sessions.open(session_id, "doctor", ANA)

    async def test_of_two_who_open_it_at_once_one_wins(self, sessions: Sessions) -> None:
        """When many users open one new session at the same time, it is one's and refused to the others."""
        session_id = uuid4()
        refused: list[int] = []

        async def open_it(user_id: int) -> None:
            try:
                await sessions.open(session_id, "records", user_id)
            except SessionOwnedByAnother:
                refused.append(user_id)

        async with trio.open_nursery() as nursery:
            for user_id in range(8):
                nursery.start_soon(open_it, user_id)
        assert len(refused) == 7


class TestMemory:
    async def test_what_was_said_comes_back_in_order(self, sessions: Sessions) -> None:
        """The history is the latest exchanges, oldest first, whole."""
        session_id = await fill(sessions, exchange("one"), exchange("two"), exchange("three"))
        assert await sessions.history(session_id, 2) == (exchange("two"), exchange("three"))

    async def test_a_new_session_has_none(self, sessions: Sessions) -> None:
        """Nothing was said in a session that was just opened, nor in one that is not known."""
        assert await sessions.history(await fill(sessions), 10) == ()
        assert await sessions.history(uuid4(), 10) == ()

    async def test_another_patient_starts_afresh(self, sessions: Sessions) -> None:
        """Only what was said about a patient since another was spoken of is remembered."""
        session_id = await fill(sessions, exchange("a", 1), exchange("b", 2), exchange("c", 2))
        assert questions(await sessions.history(session_id, 10, patient_id=2)) == ["b", "c"]
        assert questions(await sessions.history(session_id, 10)) == ["b", "c"]
        assert await sessions.history(session_id, 10, patient_id=1) == ()
        await sessions.append(session_id, exchange("d", 1))
        assert questions(await sessions.history(session_id, 10, patient_id=1)) == ["d"]

    async def test_talk_about_nobody_is_remembered_too(self, sessions: Sessions) -> None:
        """Exchanges about no patient are a conversation of their own."""
        session_id = await fill(sessions, exchange("a", 1), exchange("b", None), exchange("c", None))
        assert questions(await sessions.history(session_id, 10)) == ["b", "c"]

    async def test_it_is_bounded(self, sessions: Sessions, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of many exchanges the latest stay."""
        monkeypatch.setattr(sessions_module, "EXCHANGES_KEPT", 3)
        other = await fill(sessions, exchange("other"))
        session_id = await fill(sessions, *(exchange(str(number)) for number in range(10)))
        assert questions(await sessions.history(session_id, 10)) == ["7", "8", "9"]
        assert await pool.fetch("select count(*) from chat_exchange") == [(4,)]
        assert questions(await sessions.history(other, 10)) == ["other"]

    async def test_any_text_is_kept(self, sessions: Sessions) -> None:
        """Characters that PostgreSQL cannot hold are replaced, all others are kept."""
        odd = Exchange(question="a\0b\ud800c\ud83d\ude00", answer="ñ😀\r\n'\"%s", patient_id=None, at=NOW)
        (kept,) = await sessions.history(await fill(sessions, odd), 10)
        assert (kept.question, kept.answer) == ("a\ufffdb\ufffdc😀", odd.answer)

    async def test_an_unknown_session_takes_nothing(self, sessions: Sessions) -> None:
        """An exchange needs a session that was opened, and a patient that is known."""
        with pytest.raises(Conflict):
            await sessions.append(uuid4(), exchange("lost"))
        session_id = await fill(sessions)
        with pytest.raises(Conflict):
            await sessions.append(session_id, exchange("lost", 99))

    async def test_texts_are_in_no_representation(self) -> None:
        """What was said does not slip into a log by way of `repr`."""
        assert "asthma" not in repr(exchange("asthma"))


async def test_unused_sessions_are_forgotten(sessions: Sessions, pool: Pool) -> None:
    """Sessions not used since a moment are deleted with all that was said in them; the others stay."""
    old, new = await fill(sessions, exchange("old")), await fill(sessions, exchange("new"))
    await pool.execute("update chat_session set used_at = now() - interval '90 days' where id = %s", [old])
    assert await sessions.forget_unused(datetime.now(UTC) - timedelta(days=30)) == 1
    assert await sessions.history(old, 10) == ()
    assert questions(await sessions.history(new, 10)) == ["new"]
