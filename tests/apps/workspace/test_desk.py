import json
from typing import Any

import pytest

from smarthealth.conversation.application import HttpAnswer, HttpRequest, Principal
from smarthealth.storage import conversations as storage
from smarthealth.storage.pool import Pool
from tests.apps.workspace.conftest import ANA, BEN, Files, OpenOffice


def _body(answer: HttpAnswer) -> Any:
    return json.loads(answer.body)


async def test_an_invite_lets_in_until_it_is_taken_back(open_office: OpenOffice, pool: Pool) -> None:
    """Its token is told once; who came by it has to leave when it is revoked, the others stay."""
    async with open_office() as office:
        owner = await office.visit("mine", ANA)
        assert not await office.may_enter("mine", BEN)
        made = await office.request("POST", "mine/invites", body=b'{"role": "editor", "ttl_s": 60}')
        invite = _body(made)
        assert (made.status, invite["role"]) == (201, "editor")
        assert invite["path"] == f"/ws/chat/mine?invite={invite['token']}"
        listed = _body(await office.request("GET", "mine/invites"))["invites"]
        assert [one["id"] for one in listed] == [invite["id"]]
        assert invite["token"] not in json.dumps(listed)
        guest = await office.visit("mine", BEN, invite["token"])
        other = _body(await office.request("POST", "mine/invites"))
        assert other["role"] == "viewer"
        stays = await office.visit("mine", None, other["token"])
        revoked = await office.request("DELETE", f"mine/invites/{invite['id']}")
        assert _body(revoked) == {"id": invite["id"]}
        assert await guest.wait_closed() == 4401
        assert not await office.may_enter("mine", BEN, invite["token"])
        await office.settled(owner, stays)


async def test_only_the_owner_manages_invites(open_office: OpenOffice) -> None:
    """Nobody else, and nobody in a conversation without an owner."""
    async with open_office() as office:
        await office.visit("mine", ANA)
        await office.visit("open")
        for method, path in (("POST", "mine/invites"), ("GET", "mine/invites"), ("DELETE", "mine/invites/1")):
            assert (await office.request(method, path, BEN)).status == 403
            assert (await office.request(method, path.replace("mine", "open"), ANA)).status == 403
            assert (await office.request(method, path.replace("mine", "none"), ANA)).status == 403
            assert (await office.request(method, path, None)).status == 403


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"role": "owner"}', b'{"ttl_s": 0}', b'{"ttl_s": "1"}', b"\xff", b'{"ttl_s": 99999999999}'],
    ids=str,
)
async def test_a_malformed_invite_is_refused(open_office: OpenOffice, body: bytes) -> None:
    """What is wrong is said."""
    async with open_office() as office:
        await office.visit("mine", ANA)
        answer = await office.request("POST", "mine/invites", body=body)
        assert (answer.status, _body(answer)["error"]["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("number", ["7", "x", "-1", "9" * 30, "٣"])
async def test_an_invite_that_is_not_there_is_not_found(open_office: OpenOffice, number: str) -> None:
    """Whatever stands in its place."""
    async with open_office() as office:
        await office.visit("mine", ANA)
        assert (await office.request("DELETE", f"mine/invites/{number}")).status == 404


async def test_an_invite_of_an_empty_room_can_be_revoked(open_office: OpenOffice, pool: Pool) -> None:
    """There is nobody to be sent away."""
    async with open_office() as office:
        await storage.Conversations(pool).open("mine", ANA.user_id)
        made = _body(await office.request("POST", "mine/invites"))
        assert (await office.request("DELETE", f"mine/invites/{made['id']}")).status == 200


async def test_invites_are_so_many_at_most(open_office: OpenOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused."""
    monkeypatch.setattr(storage, "INVITES_KEPT", 1)
    async with open_office() as office:
        await office.visit("mine", ANA)
        assert (await office.request("POST", "mine/invites")).status == 201
        assert (await office.request("POST", "mine/invites")).status == 409


async def test_files_are_listed_to_those_who_may_enter(open_office: OpenOffice) -> None:
    """To nobody else, and asking opens no conversation."""
    async with open_office(files=Files({"a.txt": "xyz"})) as office:
        await office.visit("mine", ANA)
        invite = _body(await office.request("POST", "mine/invites"))["token"]
        for who, query in ((ANA, {}), (None, {"invite": invite})):
            answer = await office.request("GET", "mine/files", who, **query)
            assert _body(answer) == {"files": [{"path": "a.txt", "size": 3, "modified": ""}]}
        assert (await office.request("GET", "mine/files", BEN)).status == 403
        assert (await office.request("GET", "new/files", ANA)).status == 403
        assert await office.conversations.find("new") is None


async def test_a_file_is_downloaded_by_those_who_may_enter(open_office: OpenOffice) -> None:
    """Whole, to be saved; what is not there, or no path of a file, is not found."""
    async with open_office(files=Files({"a/ñ;.txt": "<b>"})) as office:
        await office.visit("mine", ANA)
        route = next(route for route in office.application.http if route.path.endswith("/file"))

        async def get(path: str, who: Principal | None = ANA) -> HttpAnswer:
            parts = {"conversation_id": "mine"}
            return await route.answer(
                HttpRequest(principal=who, address="192.0.2.7", path_parts=parts, query={"path": path}, body=b"")
            )

        answer = await get("a/ñ;.txt")
        assert (answer.status, answer.body, answer.content_type) == (200, b"<b>", "application/octet-stream")
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%B1%3B.txt"
        assert (await get("none")).status == 404
        assert (await get("a/ñ;.txt", BEN)).status == 403
