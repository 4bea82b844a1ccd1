"""What the workspace application answers by HTTP: invites to a conversation, and the list of its files."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, Literal, cast
from urllib.parse import quote

import attrs
import msgspec

from smarthealth.conversation.application import HttpAnswer, HttpRequest, HttpRoute
from smarthealth.conversation.rooms.rooms import Rooms
from smarthealth.llm.tooling import ToolError
from smarthealth.storage.conversations import Conversation, Invite, InviteRole
from smarthealth.wire.codec import Codec
from smarthealth.wire.errors import WireError
from smarthealth.wire.fields import between
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .access import digest, find_access, new_token
from .life import Participant
from .services import WorkspaceServices
from .wire import Sent
from .workbench import KeptFile, Workbench

LONGEST_INVITE: Final = 365 * 24 * 3600
"""Seconds."""
_BASE: Final = "/api/v1/conversations/{conversation_id}"
_REVOKED: Final = (4401, "invite taken back")
_HIGHEST_ID: Final = 2**63 - 1


@attrs.frozen(kw_only=True)
class NewInvite:
    """An invite that is wanted."""

    role: Literal["viewer", "editor"] = "viewer"
    ttl_s: int | None = attrs.field(default=None, validator=between(1, LONGEST_INVITE))
    """Seconds that it is good for."""


@attrs.frozen(kw_only=True)
class InviteRow:
    """An invite that there is."""

    id: int
    role: InviteRole
    created_at: str
    expires_at: str


@attrs.frozen(kw_only=True)
class MadeInvite(InviteRow):
    """An invite that was made: the one time that its token is told."""

    token: str
    path: str
    """Of the WebSocket, with the token in its query."""


@attrs.frozen(kw_only=True)
class InviteRows:
    """The invites of a conversation."""

    invites: tuple[InviteRow, ...]


@attrs.frozen(kw_only=True)
class FileRows:
    """The files of a conversation."""

    files: tuple[KeptFile, ...]


@attrs.frozen(kw_only=True)
class Revoked:
    """An invite was taken back."""

    id: int


_CODEC: Final[Codec[NewInvite, Any]] = Codec(commands={"invite": NewInvite}, events={}, default_command="invite")


def workspace_routes(services: WorkspaceServices, rooms: Rooms[Sent]) -> tuple[HttpRoute, ...]:
    """The routes."""
    desk = _Desk(services, rooms)
    owners = partial(HttpRoute, authentication="required")
    everybodys = partial(HttpRoute, method="GET", authentication="optional")
    return (
        owners(
            path=f"{_BASE}/invites",
            method="POST",
            answer=desk.make_invite,
            summary="Invite to a conversation by a link",
            request=NewInvite,
            response=MadeInvite,
        ),
        owners(
            path=f"{_BASE}/invites",
            method="GET",
            answer=desk.list_invites,
            summary="The invites to a conversation that are good",
            response=InviteRows,
        ),
        owners(
            path=f"{_BASE}/invites/{{invite_id}}",
            method="DELETE",
            answer=desk.revoke_invite,
            summary="Take an invite back; who came by it has to leave",
            response=Revoked,
        ),
        everybodys(
            path=f"{_BASE}/files", answer=desk.list_files, summary="The files of a conversation", response=FileRows
        ),
        everybodys(
            path=f"{_BASE}/file",
            answer=desk.download_file,
            summary="One file of a conversation, whole; its path is the parameter path",
        ),
    )


@attrs.frozen
class _Desk:
    """Answers requests."""

    services: WorkspaceServices
    rooms: Rooms[Sent]

    async def make_invite(self, request: HttpRequest) -> HttpAnswer:
        """Make an invite."""
        owned = await self._owned(request)
        if owned is None:
            return _refusal(403, "FORBIDDEN", texts.NOT_OWNER)
        try:
            wanted = _CODEC.decode(request.body.decode("utf-8", "replace") or "{}")
        except WireError as error:
            return _refusal(400, "INVALID_REQUEST", texts.refused(error)[0])
        token, ttl = new_token(), wanted.ttl_s or self.services.settings.invite_lifetime
        invite = await self.services.conversations.invite(owned.id, digest(token), wanted.role, ttl)
        if invite is None:
            return _refusal(409, "TOO_MANY_INVITES", texts.TOO_MANY_INVITES)
        path = f"/ws/chat/{quote(owned.name, safe='')}?invite={token}"
        return _answer(MadeInvite(**_row(invite), token=token, path=path), 201)

    async def list_invites(self, request: HttpRequest) -> HttpAnswer:
        """List the invites that are good."""
        owned = await self._owned(request)
        if owned is None:
            return _refusal(403, "FORBIDDEN", texts.NOT_OWNER)
        invites = await self.services.conversations.invites(owned.id)
        return _answer(InviteRows(invites=tuple(InviteRow(**_row(invite)) for invite in invites)))

    async def revoke_invite(self, request: HttpRequest) -> HttpAnswer:
        """Take an invite back, and close the connections that came by one that is no longer good."""
        owned = await self._owned(request)
        if owned is None:
            return _refusal(403, "FORBIDDEN", texts.NOT_OWNER)
        number = request.path_parts["invite_id"]
        known = number.isascii() and number.isdecimal() and int(number[:19]) <= _HIGHEST_ID
        if not known or not await self.services.conversations.revoke(owned.id, int(number)):
            return _refusal(404, "NOT_FOUND", texts.NO_INVITE)
        await self._close_uninvited(owned)
        return _answer(Revoked(id=int(number)))

    async def list_files(self, request: HttpRequest) -> HttpAnswer:
        """List the files, for everybody who may enter."""
        if not await self._may_enter(request):
            return _refusal(403, "FORBIDDEN", texts.NO_ENTRY)
        return _answer(FileRows(files=tuple(await self._workbench(request).files())))

    async def download_file(self, request: HttpRequest) -> HttpAnswer:
        """Give a file, for everybody who may enter; a browser saves it rather than show it."""
        if not await self._may_enter(request):
            return _refusal(403, "FORBIDDEN", texts.NO_ENTRY)
        path = request.query.get("path", "")
        try:
            body = await self._workbench(request).download(path)
        except ToolError as error:
            return _refusal(404, "NOT_FOUND", error.reason)
        name = quote(path.rpartition("/")[2].encode("utf-8", "replace"), safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
        return HttpAnswer(body=body, content_type="application/octet-stream", headers=headers)

    async def _may_enter(self, request: HttpRequest) -> bool:
        name, invite = request.path_parts["conversation_id"], request.query.get("invite")
        door = self.services.conversations
        return (
            await door.find(name) is not None and await find_access(door, name, request.principal, invite) is not None
        )

    def _workbench(self, request: HttpRequest) -> Workbench:
        return self.services.open_workbench(request.path_parts["conversation_id"])

    async def _owned(self, request: HttpRequest) -> Conversation | None:
        """The conversation, if it is the caller's."""
        found = await self.services.conversations.find(request.path_parts["conversation_id"])
        caller = request.principal
        return found if found is not None and caller is not None and found.owner_id == caller.user_id else None

    async def _close_uninvited(self, conversation: Conversation) -> None:
        room = self.rooms.find(conversation.name)
        for viewer in room.viewers if room is not None else ():
            token = cast("Participant", viewer).invite
            if token is not None and await self.services.conversations.invited(conversation.id, digest(token)) is None:
                viewer.link.close(*_REVOKED)


def _row(invite: Invite) -> dict[str, Any]:
    return {
        "id": invite.id,
        "role": invite.role,
        "created_at": utc_timestamp(invite.created_at),
        "expires_at": utc_timestamp(invite.expires_at),
    }


def _answer(value: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(body=msgspec.json.encode(value), status=status)


def _refusal(status: int, code: str, message: str) -> HttpAnswer:
    return HttpAnswer(body=msgspec.json.encode({"error": {"code": code, "message": message}}), status=status)
