import pytest
import trio

from smarthealth.apps.workspace import texts
from smarthealth.apps.workspace.dialogue import _reason
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.storage.conversations import Conversation, Conversations
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.storage.pool import Pool
from smarthealth.testing.script import Reply
from tests.apps.workspace.conftest import ANA, BEN, Files, OpenOffice, call, kinds


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", "INVALID_REQUEST"),
        ("[]", "INVALID_REQUEST"),
        ("{}", "INVALID_REQUEST"),
        ('{"message": 3}', "INVALID_REQUEST"),
        ('{"message": " "}', "INVALID_REQUEST"),
        ('{"message": "' + "x" * 16_001 + '"}', "INVALID_REQUEST"),
        ('{"type": "dance"}', "UNKNOWN_MESSAGE_TYPE"),
        ('{"type": "approval_response", "tool_call_id": "x", "approved": "yes"}', "INVALID_REQUEST"),
        ('{"type": "approval_response", "tool_call_id": "x", "approved": true}', "NOTHING_TO_APPROVE"),
        ('{"type": "read", "message_id": 0}', "INVALID_REQUEST"),
    ],
    ids=str,
)
async def test_bad_input_is_answered_and_does_no_harm(open_office: OpenOffice, frame: str, code: str) -> None:
    """Who sent it hears what is wrong, in Spanish, and the connection stays usable; nobody else hears anything."""
    async with open_office(Reply(text="sí")) as office:
        client, other = await office.visit(), await office.visit()
        await office.settled(other)
        client.say_text(frame)
        refused = await client.receive()
        assert (refused["type"], refused["code"]) == ("error", code)
        assert kinds(await client.ask("hola")) == ["thinking", "message", "done"]
        assert kinds(await other.until("done")) == ["thinking", "message", "done"]  # no more than the turn


async def test_all_see_the_same_and_who_comes_late_gets_history(open_office: OpenOffice) -> None:
    """Right after `connected`, what was said and done; then what follows, each thing once."""
    files = Files(hold=trio.Event())
    replies = (Reply(text="uno"), Reply(tool_calls=(call("wait"),)), Reply(text="dos"))
    async with open_office(*replies, files=files) as office:
        first, second = await office.visit(), await office.visit()
        await office.settled(first, second)
        await first.ask("hola")
        assert [message["type"] for message in second.frames[1:]] == [message["type"] for message in first.frames[1:]]
        first.say(message="espera")
        await first.until("tool_call")
        late = await office.visit()
        history = (await late.receive())["messages"]
        assert [(item["role"], item.get("content"), item.get("success")) for item in history] == [
            ("user", "hola", None),
            ("assistant", "uno", None),
            ("user", "espera", None),
            ("tool", None, None),
        ]
        assert files.hold is not None
        files.hold.set()
        assert kinds(await late.until("done")) == ["tool_result", "thinking", "message", "done"]
        await first.until("done")
        await second.until("done")
        await second.until("done")
        assert first.frames[2:] == second.frames[2:]


async def test_an_empty_conversation_has_no_history(open_office: OpenOffice) -> None:
    """Where nothing was said the greeting is followed by nothing."""
    async with open_office(Reply(text="sí")) as office:
        client = await office.visit()
        assert kinds(await client.ask("hola")) == ["thinking", "message", "done"]


async def test_history_survives_a_restart(open_office: OpenOffice) -> None:
    """It comes back from the database, and the model remembers."""
    async with open_office(Reply(tool_calls=(call("list_directory"),)), Reply(text="uno")) as office:
        await (await office.visit()).ask("lista")
    async with open_office(Reply(text="dos")) as office:
        client = await office.visit()
        history = (await client.receive())["messages"]
        assert [item["role"] for item in history] == ["user", "tool", "assistant"]
        assert (history[1]["tool"], history[1]["success"], history[1]["result"]) == (
            "list_directory",
            True,
            {"entries": []},
        )
        assert (await client.ask("sigue"))[1]["content"] == "dos"


async def test_what_waits_for_approval_is_told_to_who_comes(open_office: OpenOffice) -> None:
    """Anybody who may write may approve; the first word counts."""
    replies = (Reply(tool_calls=(call("delete_file", path="a.txt"),)), Reply(text="hecho"))
    async with open_office(*replies, files=Files({"a.txt": "x"})) as office:
        first = await office.visit()
        first.say(message="borra a.txt")
        await first.until("approval_required")
        late = await office.visit()
        assert kinds([await late.receive(), await late.receive()]) == ["history", "approval_required"]
        late.say(type="approval_response", tool_call_id="call_1", approved=True)
        late.say(type="approval_response", tool_call_id="call_1", approved=False)
        assert (await first.until("done"))[0]["success"] is True
        assert "NOTHING_TO_APPROVE" in [message.get("code") for message in await late.until("done")]


async def test_viewers_may_look_and_no_more(open_office: OpenOffice, pool: Pool) -> None:
    """Who was invited as a viewer sees everything and says nothing; an editor is as good as the owner."""
    async with open_office(Reply(text="sí"), Reply(text="sí")) as office:
        owner = await office.visit("mine", ANA)
        tokens = {}
        for role in ("viewer", "editor"):
            made = await office.request("POST", "mine/invites", body=b'{"role": "%s"}' % role.encode())
            tokens[role] = made.body.decode().split('"token":"')[1].split('"')[0]
        viewer = await office.visit("mine", BEN, tokens["viewer"])
        editor = await office.visit("mine", None, tokens["editor"])
        for fields in ({"message": "hola"}, {"type": "cancel"}, {"type": "typing"}):
            viewer.say(**fields)
            assert (await viewer.receive())["error"] == texts.NOT_ALLOWED
        await editor.ask("hola")
        assert kinds(await viewer.until("done")) == ["thinking", "message", "done"]
        assert kinds(await owner.until("done")) == ["thinking", "message", "done"]


async def test_presence_typing_and_reading_are_for_those_who_ask(open_office: OpenOffice) -> None:
    """Who attends is told who is there, then who comes, writes, reads, says and goes; the others are not."""
    async with open_office(Reply(text="sí")) as office:
        plain = await office.visit("mine", ANA)
        await office.settled(plain)
        curious = await office.visit("mine", ANA)
        curious.say(type="attend")
        here = await curious.receive()
        assert (here["event"], here["count"]) == ("here", 2)
        assert [(person["access"], person["name"]) for person in here["viewers"]] == [("owner", "Ana")] * 2
        third = await office.visit("mine", ANA)
        await office.settled(third)
        joined = await curious.receive()
        assert (joined["event"], joined["count"], len(joined["viewers"])) == ("joined", 3, 1)
        third.say(type="typing")
        third.say(type="typing", active=False)
        assert [(await curious.receive())["active"] for _ in range(2)] == [True, False]
        await third.ask("hola")
        told = await curious.until("done")
        assert kinds(told) == ["user_message", "thinking", "message", "done"]
        assert (told[0]["content"], told[0]["author"]) == ("hola", "Ana")
        third.say(type="read", message_id=told[2]["message_id"])
        assert (await curious.receive())["message_id"] == told[2]["message_id"]
        third.leave()
        assert (await curious.receive())["event"] == "left"
        await office.settled(plain)
        assert kinds(plain.frames) == ["connected", "pong", "thinking", "message", "done", "pong"]


async def test_too_many_messages_are_refused(open_office: OpenOffice) -> None:
    """By connection and by user; typing and reading count, and are passed over in silence."""
    async with open_office(Reply(text="sí"), burst=1) as office:
        client = await office.visit()
        await client.ask("hola")
        client.say(message="otra vez")
        refused = await client.receive()
        assert (refused["code"], refused["error"]) == ("RATE_LIMITED", "Demasiados mensajes; espera 1 s")
        curious = await office.visit()
        curious.say(type="attend")
        await curious.until("presence")
        client.say(type="typing")
        client.say(type="read", message_id=1)
        await office.settled(client)
        assert kinds(curious.frames[-1:]) == ["presence"]


async def test_a_busy_conversation_refuses_and_can_be_cancelled(open_office: OpenOffice) -> None:
    """By anybody who may write, whoever asked."""
    async with open_office(Reply(tool_calls=(call("wait"),))) as office:
        first, second = await office.visit(), await office.visit()
        await office.settled(second)
        first.say(message="espera")
        await second.until("tool_call")
        second.say(message="yo también")
        assert (await second.receive())["error"] == texts.BUSY
        second.say(type="cancel")
        assert kinds(await first.until("done"))[-2:] == ["tool_result", "done"]


async def test_a_conversation_that_cannot_be_read_is_not_entered(open_office: OpenOffice, pool: Pool) -> None:
    """The client hears it and is asked to come again."""

    class Down(Conversations):
        async def latest(self, conversation_id: int, limit: int) -> tuple[object, ...]:  # type: ignore[override] # it fails
            raise StorageUnavailable("down")

    async with open_office(conversations=Down(pool)) as office:
        client = await office.visit()
        assert (await client.receive())["code"] == "UNAVAILABLE"
        assert await client.wait_closed() == 1013


async def test_a_room_that_is_full_says_so(open_office: OpenOffice) -> None:
    """One more than may be there is turned away."""
    async with open_office(max_viewers=1) as office:
        await office.settled(await office.visit())
        second = await office.visit()
        second.say(message="hola")  # heard by nobody: it has no room to be heard in
        assert (await second.receive())["error"] == texts.FULL
        assert await second.wait_closed() == 1013


async def test_who_lost_access_between_door_and_room_is_turned_away(open_office: OpenOffice) -> None:
    """The door has the first word and the room the last."""
    async with open_office() as office:
        await office.visit("mine", ANA)
        client = await office.enter("mine", BEN)
        assert (await client.receive())["error"] == texts.NO_ENTRY
        assert await client.wait_closed() == 4401


async def test_a_conversation_forgotten_in_this_moment_is_not_entered(open_office: OpenOffice, pool: Pool) -> None:
    """There is nothing to read any more."""

    class Forgetful(Conversations):
        seen = 0

        async def find(self, name: str) -> Conversation | None:
            self.seen += 1
            return await super().find(name) if self.seen < 4 else None

    async with open_office(conversations=Forgetful(pool)) as office:
        client = await office.visit()
        assert (await client.receive())["code"] == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (TurnBusy(), "SESSION_BUSY"),
        (TooManyTurns(), "TOO_MANY_REQUESTS"),
        (ServerDraining(), "GOING_AWAY"),
        (TurnRefused(), "INTERNAL_ERROR"),
    ],
    ids=["busy", "many", "draining", "other"],
)
def test_each_refusal_has_its_words(refused: TurnRefused, code: str) -> None:
    """The client is told why its message starts no turn."""
    assert _reason(refused)[1] == code
