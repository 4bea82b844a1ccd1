"""What the doctor remembers of a person."""

from __future__ import annotations

import msgspec
import pytest

from smarthealth.apps.doctor.caller import Caller
from smarthealth.apps.doctor.memory import APPLICATION, Memory, write_profile
from smarthealth.apps.doctor.profile import Allergies, Medication, PatientProfile
from smarthealth.storage.errors import SessionOwnedByAnother, StorageUnavailable
from smarthealth.storage.sessions import Exchange
from tests.apps.doctor.conftest import NOW, World

PENICILLIN = PatientProfile(age=30, allergies=Allergies(drug=("penicillin",)))


def caller(user_id: int | None = 7, subject: int | None = None, session: str = "s") -> Caller:
    """Somebody in a session."""
    return Caller(user_id=user_id, subject=subject, address=None, connection_id="c", session_name=session)


@pytest.fixture
def memory(world: World) -> Memory:
    """A memory of two exchanges."""
    return Memory(world.sessions, world.profiles, 2)


async def test_a_profile_is_kept_for_the_session(memory: Memory, world: World) -> None:
    """And for the user on the user's own path alone."""
    first = await memory.recall(caller(), PENICILLIN)
    assert first.profile == PENICILLIN
    assert (await memory.recall(caller(), None)).profile == PENICILLIN
    assert world.profiles.users == {}
    await memory.recall(caller(subject=7, session="t"), PENICILLIN)
    assert (await memory.recall(caller(subject=7, session="u"), None)).profile == PENICILLIN


async def test_what_a_clinician_tells_stays_in_the_clinician_s_session(memory: Memory, world: World) -> None:
    """The patient's own profile is read there and not changed."""
    world.profiles.users[7] = write_profile(PENICILLIN)
    told = await memory.recall(caller(user_id=9, subject=7), PatientProfile(age=31))
    assert (told.profile.age, told.profile.drug_allergies) == (31, ("penicillin",))
    assert world.profiles.users[7] == write_profile(PENICILLIN)


async def test_an_empty_profile_writes_nothing(memory: Memory, world: World) -> None:
    """Nothing told is nothing to keep."""
    await memory.recall(caller(), PatientProfile())
    assert world.profiles.sessions == {}


@pytest.mark.parametrize("text", ["{", '{"age": "old"}', '{"unknown": 1, "age": -4}', "[]"])
async def test_a_profile_that_cannot_be_read_counts_as_none(text: str, memory: Memory, world: World) -> None:
    """What another version wrote ends no turn."""
    world.profiles.sessions[caller().session_id] = text
    assert (await memory.recall(caller(), None)).profile.is_empty


async def test_the_latest_exchanges_come_back(memory: Memory, world: World) -> None:
    """Oldest first, both sides, as many as are set."""
    await memory.conversation(caller())
    for number in range(3):
        exchange = Exchange(question=f"q{number}", answer=f"a{number}", patient_id=None, at=NOW)
        await world.sessions.append(caller().session_id, exchange)
    said = await memory.conversation(caller())
    assert [(one.message, one.answer) for one in said] == [("q1", "a1"), ("q2", "a2")]


async def test_a_session_of_another_and_a_database_that_fails_are_told(memory: Memory, world: World) -> None:
    """Neither is swallowed here."""
    await world.sessions.open(caller().session_id, APPLICATION, 8)
    with pytest.raises(SessionOwnedByAnother):
        await memory.recall(caller(), None)
    world.profiles.trouble.error = StorageUnavailable("gone")
    with pytest.raises(StorageUnavailable):
        await memory.recall(caller(session="mine"), None)


def test_only_what_was_told_is_written() -> None:
    """No nulls, no empty lists."""
    profile = PatientProfile(age=0.5, current_medications=(Medication(name="iron"),), pregnant=False)
    assert msgspec.json.decode(write_profile(profile)) == {
        "age": 0.5,
        "pregnant": False,
        "current_medications": [{"name": "iron"}],
    }
