from __future__ import annotations

from uuid import uuid4

import msgspec
import pytest

from smarthealth.storage.errors import Conflict, InvalidData
from smarthealth.storage.pool import Pool
from smarthealth.storage.profiles import Profiles
from smarthealth.storage.sessions import Sessions


async def test_a_profile_is_kept_as_it_was_last_saved(pool: Pool) -> None:
    """A user's profile is replaced as a whole; of whom nothing was told there is none."""
    profiles = Profiles(pool)
    assert await profiles.of_user(1) is None
    for profile in ('{"age": 30}', '{"allergies": {"drug": ["penicilina"]}}'):
        await profiles.save_of_user(1, profile)
    found = await profiles.of_user(1)
    assert found is not None
    assert msgspec.json.decode(found) == {"allergies": {"drug": ["penicilina"]}}
    assert await profiles.of_user(2) is None


async def test_a_session_s_profile_ends_with_its_session(pool: Pool) -> None:
    """What somebody tells without signing in belongs to the session, which must be there."""
    profiles, sessions, session_id = Profiles(pool), Sessions(pool), uuid4()
    with pytest.raises(Conflict):
        await profiles.save_of_session(session_id, "{}")
    await sessions.open(session_id, "doctor", None)
    await profiles.save_of_session(session_id, '{"age": 1}')
    await profiles.save_of_session(session_id, '{"age": 2}')
    assert msgspec.json.decode(await profiles.of_session(session_id) or "") == {"age": 2}
    await pool.execute("delete from chat_session")
    assert await profiles.of_session(session_id) is None


@pytest.mark.parametrize("text", ["[]", "no json", '"text"'])
async def test_only_objects_are_profiles(text: str, pool: Pool) -> None:
    """What is no JSON object is refused."""
    with pytest.raises(InvalidData):
        await Profiles(pool).save_of_user(1, text)
