import pytest

from smarthealth.apps.workspace import life
from smarthealth.storage.conversations import Conversation, Conversations
from smarthealth.storage.pool import Pool
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply
from tests.apps.workspace.conftest import ANA, Files, OpenOffice, call, kinds


async def test_the_model_sees_so_much_of_a_conversation(open_office: OpenOffice) -> None:
    """The latest messages, as many as the setting says, and the instructions before them."""
    model = ScriptedChatModel(*[Reply(text=str(number)) for number in range(4)])
    async with open_office(model=model, context_messages=3) as office:
        client = await office.visit()
        for number in range(4):
            await client.ask(f"q{number}")
        assert [message.content for message in model.requests[-1].messages[1:]] == ["q2", "2", "q3"]
        assert model.requests[-1].messages[0].role == "system"


async def test_what_the_model_sees_is_bounded_in_length(
    open_office: OpenOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long calls count, and the newest message is told however long it is."""
    monkeypatch.setattr(life, "LONGEST_CONTEXT", 100)
    long = call("write_file", path="a", content="x" * 90)
    model = ScriptedChatModel(Reply(tool_calls=(long,)), Reply(text="y" * 80), Reply(text="ok"))
    async with open_office(model=model) as office:
        client = await office.visit()
        await client.ask("escribe")
        await client.ask("q" * 150)
        assert [message.content for message in model.requests[-1].messages[1:]] == ["q" * 150]


async def test_people_have_names_where_they_signed_in(open_office: OpenOffice) -> None:
    """Who is there is told to who asks, with a name or without."""
    async with open_office() as office:
        client = await office.visit("open")
        client.say(type="attend")
        presence = (await client.until("presence"))[-1]
        assert "name" not in presence["viewers"][0]
        named = await office.visit("mine", ANA)
        named.say(type="attend")
        assert (await named.until("presence"))[-1]["viewers"][0]["name"] == "Ana"


async def test_a_call_waits_for_one_decision(open_office: OpenOffice) -> None:
    """It is told to who comes meanwhile; the first word counts, and when nobody speaks in time it is a refusal."""
    calls = Reply(tool_calls=(call("delete_file", "a", path="x"), call("delete_file", "b", path="y")))
    async with open_office(calls, Reply(text="ok"), approval_timeout=1.0, files=Files({"x": "", "y": ""})) as office:
        client = await office.visit()
        client.say(message="borra x e y")
        await client.until("approval_required")
        await client.until("approval_required")
        late = await office.visit()
        assert kinds([await late.receive() for _ in range(3)]) == ["history", "approval_required", "approval_required"]
        late.say(type="approval_response", tool_call_id="a", approved=True)
        late.say(type="approval_response", tool_call_id="a", approved=False)
        results = {m["tool_call_id"]: m["success"] for m in await client.until("done") if m["type"] == "tool_result"}
        assert results == {"a": True, "b": False}


async def test_a_conversation_that_was_forgotten_is_not_entered(open_office: OpenOffice, pool: Pool) -> None:
    """Between the door and the room it may have been deleted."""

    class Forgetful(Conversations):
        asked = 0

        async def find(self, name: str) -> Conversation | None:
            self.asked += 1
            return await super().find(name) if self.asked < 4 else None

    async with open_office(conversations=Forgetful(pool)) as office:
        client = await office.visit()
        assert (await client.receive())["code"] == "UNAVAILABLE"
