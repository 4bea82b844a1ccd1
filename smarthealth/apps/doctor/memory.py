"""What the doctor remembers of a person: the conversation of a session, and the profile told in it or stored before."""

from __future__ import annotations

from typing import Final

import attrs
import msgspec
import structlog

from smarthealth.wire.converter import make_wire_converter
from smarthealth.wire.errors import WireError
from smarthealth.wire.strict_json import parse

from .caller import Caller
from .case import Said
from .profile import PatientProfile, merge_profiles
from .services import ProfileStore, SessionStore

APPLICATION: Final = "doctor"

_structure: Final = make_wire_converter().get_structure_hook(PatientProfile)

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen(kw_only=True)
class Remembered:
    """What is known before a message is answered."""

    profile: PatientProfile
    history: tuple[Said, ...]
    """Oldest first."""


@attrs.frozen
class Memory:
    """Reads and keeps what people tell."""

    sessions: SessionStore
    profiles: ProfileStore
    history_length: int
    """Exchanges."""

    async def recall(self, caller: Caller, told: PatientProfile | None) -> Remembered:
        """Open the session, and join what is told now with what was told before.

        Raises:
            SessionOwnedByAnother: The session is somebody else's.
            StorageError: The database failed.
        """
        history = await self.conversation(caller)
        profile = await self._stored(caller)
        if told is not None and not told.is_empty:
            profile = merge_profiles(profile, told)
            await self._keep(caller, profile)
        return Remembered(profile=profile, history=history)

    async def conversation(self, caller: Caller) -> tuple[Said, ...]:
        """What was said in the session, which is opened if it is new.

        Raises:
            SessionOwnedByAnother: The session is somebody else's.
            StorageError: The database failed.
        """
        await self.sessions.open(caller.session_id, APPLICATION, caller.user_id)
        exchanges = await self.sessions.history(caller.session_id, self.history_length)
        return tuple(Said(message=one.question, answer=one.answer, at=one.at) for one in exchanges)

    async def _stored(self, caller: Caller) -> PatientProfile:
        profile = PatientProfile()
        if caller.subject is not None:
            profile = _read(await self.profiles.of_user(caller.subject))
        return merge_profiles(profile, _read(await self.profiles.of_session(caller.session_id)))

    async def _keep(self, caller: Caller, profile: PatientProfile) -> None:
        text = write_profile(profile)
        await self.profiles.save_of_session(caller.session_id, text)
        # what a clinician tells of a patient stays in the clinician's session
        if caller.subject is not None and caller.subject == caller.user_id:
            await self.profiles.save_of_user(caller.subject, text)


def write_profile(profile: PatientProfile) -> str:
    """A profile as JSON text, without what was not told."""
    told = attrs.asdict(profile, filter=lambda field, value: value is not None and value != field.default)
    return msgspec.json.encode(told).decode()


def _read(text: str | None) -> PatientProfile:
    """A stored profile; one that an other version of this program wrote and this one cannot read counts as none."""
    if text is None:
        return PatientProfile()
    try:
        profile = _structure(parse(text), PatientProfile)
    except WireError as error:
        log.error("profile_unreadable", field=error.path)
        return PatientProfile()
    assert isinstance(profile, PatientProfile)
    return profile
