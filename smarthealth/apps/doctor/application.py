"""The doctor application, as the server mounts it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from smarthealth.conversation.application import Application, Dialogue, Endpoint, Link, Principal, TurnPolicy

from .dialogue import DoctorDialogue
from .memory import APPLICATION
from .services import DoctorServices
from .wire import CODEC, COMMANDS, EVENTS, Event, merge

CHAT: Final = "/api/v1/ws/chat"
USER_CHAT: Final = "/api/v1/ws/chat/{user_id}"
MAY_SEE_OTHERS: Final = frozenset({"clinician", "admin"})
LARGEST_USER_ID: Final = 2**63 - 1
"""What the database can hold."""


def doctor_application(services: DoctorServices) -> Application:
    """People ask about their health, with a token or without, at two paths."""

    def open_dialogue(link: Link[Event], path_parts: Mapping[str, str]) -> Dialogue:
        subject = path_parts.get("user_id")
        return DoctorDialogue(services, link, subject=int(subject) if subject is not None else None)

    endpoint = partial(
        Endpoint[Event],
        open_dialogue=open_dialogue,
        encode=CODEC.encode,
        merge=merge,
        # its events name no session, so the turns of one connection go one after the other
        turns=TurnPolicy(when_busy=services.settings.when_busy, sequential=True),
        language="en",
        application=APPLICATION,
    )
    return Application(
        name=APPLICATION,
        endpoints=(
            endpoint(path=CHAT, authentication="optional"),
            endpoint(path=USER_CHAT, authentication="required", may_enter=is_own_or_clinician),
        ),
        client_messages=COMMANDS,
        server_messages=EVENTS,
        page="doctor.html",
    )


async def is_own_or_clinician(principal: Principal | None, path_parts: Mapping[str, str]) -> bool:
    """Whose profile the path names, or somebody who treats people."""
    subject = path_parts["user_id"]
    if principal is None or not subject.isdecimal() or len(subject) > len(str(LARGEST_USER_ID)):
        return False
    if int(subject) > LARGEST_USER_ID:
        return False
    return principal.role in MAY_SEE_OTHERS or int(subject) == principal.user_id
