"""The doctor application, as the server mounts it."""

from __future__ import annotations

import pytest
from trio.testing import MockClock

from smarthealth.apps.doctor.application import doctor_application, is_own_or_clinician
from smarthealth.conversation.application import Principal
from smarthealth.testing.script import Reply
from tests.apps.doctor.conftest import ANA, DOCTOR, LUIS, Connect, World, kinds


@pytest.mark.parametrize(
    ("principal", "user_id", "admitted"),
    [
        (ANA, "7", True),
        (LUIS, "7", False),
        (DOCTOR, "7", True),
        (None, "7", False),
        (ANA, "x", False),
        (DOCTOR, "9" * 30, False),
        (DOCTOR, "9" * 19, False),
    ],
)
async def test_a_user_s_path_is_the_user_s_and_clinicians(
    principal: Principal | None, user_id: str, admitted: bool
) -> None:
    """Nobody else reads a stored profile."""
    assert await is_own_or_clinician(principal, {"user_id": user_id}) is admitted


def test_both_paths_are_the_document_s(world: World) -> None:
    """One is open to all, the other asks for a token; their turns go one after the other."""
    application = doctor_application(world.services())
    assert [(endpoint.path, endpoint.authentication) for endpoint in application.endpoints] == [
        ("/api/v1/ws/chat", "optional"),
        ("/api/v1/ws/chat/{user_id}", "required"),
    ]
    assert all(endpoint.turns.sequential and endpoint.language == "en" for endpoint in application.endpoints)


async def test_a_user_s_path_reads_the_user_s_profile(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The number in the path says whose; the path without one reads nobody's."""
    world.model.script.add(*[Reply(text="x")] * 6)
    world.profiles.users[7] = '{"age_months": 2}'
    for user_id, alarmed in ((7, True), (None, False)):
        async with connect(ANA, user_id=user_id) as client:
            await client.settled()
            assert ("emergency" in kinds(await client.heard({"message": "a fever"}, seconds=1))) is alarmed
