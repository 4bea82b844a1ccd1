"""The workspace application, as the server mounts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthealth.conversation.application import Application, Dialogue, Endpoint, FollowingLink, Link, Principal
from smarthealth.conversation.rooms.rooms import Rooms

from .access import find_access
from .desk import workspace_routes
from .dialogue import WorkspaceDialogue
from .life import ConversationLife
from .services import APPLICATION, WorkspaceServices
from .wire import COMMANDS, EVENTS, Sent, encode

CHAT: Final = "/ws/chat/{conversation_id}"
INVITE: Final = "invite"
ROOMS: Final = "rooms"
"""Name of the supervisor of rooms, among the system's children."""


def make_rooms(services: WorkspaceServices) -> Rooms[Sent]:
    """The rooms of this application; their supervisor is `ROOMS`."""
    return Rooms(
        ROOMS,
        services.find_supervisor,
        lambda room: ConversationLife(room, services),
        encode=encode,
        limits=services.limits(),
        application=APPLICATION,
        telemetry=services.telemetry,
    )


def workspace_application(services: WorkspaceServices, page: str | None = None) -> Application:
    """People and an agent share conversations and files, with a token, an invite, or neither."""
    rooms = make_rooms(services)

    def open_dialogue(link: Link[Sent], parts: Mapping[str, str]) -> Dialogue:
        assert isinstance(link, FollowingLink), "links of connections are"
        return WorkspaceDialogue(services, rooms, link, parts["conversation_id"], parts.get(INVITE))

    async def may_enter(principal: Principal | None, parts: Mapping[str, str]) -> bool:
        name, invite = parts["conversation_id"], parts.get(INVITE)
        return await find_access(services.conversations, name, principal, invite) is not None

    return Application(
        name=APPLICATION,
        endpoints=(
            Endpoint[Sent](
                path=CHAT,
                authentication="optional",
                open_dialogue=open_dialogue,
                encode=encode,
                query=(INVITE,),
                may_enter=may_enter,
                language="es",
                application=APPLICATION,
            ),
        ),
        client_messages=COMMANDS,
        server_messages=EVENTS,
        page=page,
        http=workspace_routes(services, rooms),
    )
