import json

import pytest
import trio

from smarthealth.llm.opening import open_chat_model
from smarthealth.llm.port import ToolCall
from smarthealth.llm.settings import ModelSettings
from smarthealth.storage.conversations import Conversations, Entry, StoredEntry
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.storage.pool import Pool
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.provider import open_model_server
from smarthealth.testing.script import Ending, Refusal, Reply
from tests.apps.workspace.conftest import ANA, Files, OpenOffice, call, kinds


async def test_a_turn_is_told_event_by_event(open_office: OpenOffice) -> None:
    """Each event has just the fields that the document gives it, and what is added."""
    replies = (Reply(tool_calls=(call("write_file", path="test.txt", content="Hello"),)), Reply(text="Archivo creado"))
    async with open_office(*replies) as office:
        client = await office.visit()
        turn = await client.ask("Crea un archivo test.txt")
        message = turn[4]
        assert turn == [
            {"type": "thinking", "iteration": 1},
            {
                "type": "tool_call",
                "tool": "write_file",
                "arguments": {"path": "test.txt", "content": "Hello"},
                "tool_call_id": "call_1",
            },
            {
                "type": "tool_result",
                "success": True,
                "result": {"path": "test.txt", "size": 5},
                "tool_call_id": "call_1",
            },
            {"type": "thinking", "iteration": 2},
            {"type": "message", "content": "Archivo creado", "message_id": message["message_id"]},
            {"type": "done", "iterations": 2},
        ]
        assert office.files.contents == {"test.txt": "Hello"}


async def test_a_real_model_s_fragments_are_put_together(open_office: OpenOffice) -> None:
    """Over HTTP, as a provider streams them: calls in pieces, arguments that are no JSON, and the instructions before all."""
    calls = (
        call("write_file", "a", path="ñ.txt", content='di "hola"\n'),
        ToolCall(id="b", name="read_file", arguments="{"),
    )
    async with open_model_server() as server:
        server.script(Reply(text="Veamos. ", tool_calls=calls), Reply(text="Hecho."))
        settings = ModelSettings(api_key="k", base_url=server.url)
        async with open_chat_model(settings, lambda request: []) as model, open_office(model=model) as office:
            turn = await (await office.visit()).ask("escribe ñ.txt y lee algo")
            assert office.files.contents == {"ñ.txt": 'di "hola"\n'}
            assert sorted(message["success"] for message in turn if message["type"] == "tool_result") == [False, True]
            assert turn[-2]["content"] == "Hecho."
        asked = [request.body for request in server.requests]
        assert [message["role"] for message in asked[1]["messages"]] == ["system", "user", "assistant", "tool", "tool"]
        assert {tool["function"]["name"] for tool in asked[0]["tools"]} >= {"write_file", "read_file", "delete_file"}


async def test_calls_of_one_answer_are_each_answered(open_office: OpenOffice) -> None:
    """A tool that fails says why; arguments that are no JSON are an error of the call, and the turn goes on."""
    calls = (
        call("read_file", "a", path="no.txt"),
        ToolCall(id="b", name="read_file", arguments='{"path": '),
        call("fly", "c"),
        call("list_directory", "d"),
    )
    async with open_office(Reply(tool_calls=calls), Reply(text="fin")) as office:
        turn = await (await office.visit()).ask("haz todo")
        results = {message["tool_call_id"]: message for message in turn if message["type"] == "tool_result"}
        assert {name: message["success"] for name, message in results.items()} == {
            "a": False, "b": False, "c": False, "d": True,
        }  # fmt: skip
        assert results["a"]["error"] == "no existe no.txt"
        assert "no es JSON" in results["b"]["error"]
        assert "No existe esa herramienta" in results["c"]["error"]
        assert "result" not in results["a"]
        assert "error" not in results["d"]


async def test_at_most_so_many_iterations(open_office: OpenOffice) -> None:
    """After the last one the message says that it was too much."""
    model = ScriptedChatModel(rule=lambda request: Reply(tool_calls=(call("list_directory"),)))
    async with open_office(model=model) as office:
        turn = await (await office.visit()).ask("sigue")
        assert kinds(turn)[-2:] == ["message", "done"]
        assert "10 iteraciones" in turn[-2]["content"]
        assert turn[-1] == {"type": "done", "iterations": 10}
        assert kinds(turn).count("thinking") == kinds(turn).count("tool_result") == 10


@pytest.mark.parametrize("approved", [True, False])
async def test_what_needs_approval_waits_for_it(open_office: OpenOffice, approved: bool) -> None:
    """It runs when somebody approves, and not when somebody refuses; the model hears which."""
    replies = (Reply(tool_calls=(call("delete_file", path="a.txt"),)), Reply(text="hecho"))
    async with open_office(*replies, files=Files({"a.txt": "x"})) as office:
        client = await office.visit()
        client.say(message="borra a.txt")
        asked = (await client.until("approval_required"))[-1]
        assert asked == {
            "type": "approval_required",
            "tool": "delete_file",
            "arguments": {"path": "a.txt"},
            "tool_call_id": "call_1",
        }
        assert office.files.contents == {"a.txt": "x"}
        client.say(type="approval_response", tool_call_id="call_1", approved=approved)
        result = (await client.until("done"))[0]
        assert (result["type"], result["success"]) == ("tool_result", approved)
        assert office.files.contents == ({} if approved else {"a.txt": "x"})


async def test_nobody_s_approval_in_time_is_a_refusal(open_office: OpenOffice) -> None:
    """The turn does not wait for ever; an answer that comes later finds nothing to approve."""
    replies = (Reply(tool_calls=(call("delete_file", path="a.txt"),)), Reply(text="no se borró"))
    async with open_office(*replies, approval_timeout=0.05) as office:
        client = await office.visit()
        turn = await client.ask("borra a.txt")
        assert next(message for message in turn if message["type"] == "tool_result")["success"] is False
        client.say(type="approval_response", tool_call_id="call_1", approved=True)
        assert (await client.receive())["code"] == "NOTHING_TO_APPROVE"


async def test_cancel_answers_open_calls_and_ends(open_office: OpenOffice, pool: Pool) -> None:
    """Each open call gets its result, then done follows; the record says the same, and the next turn goes on from it."""
    model = ScriptedChatModel(
        Reply(tool_calls=(call("wait", "a"), call("list_directory", "b"))), Reply(text="seguimos")
    )
    async with open_office(model=model) as office:
        client = await office.visit()
        client.say(message="espera")
        await client.until("tool_result")
        await office.files.began.wait()
        client.say(type="cancel")
        rest = await client.until("done")
        assert kinds(rest) == ["tool_result", "done"]
        assert (rest[0]["tool_call_id"], rest[0]["success"]) == ("a", False)
        assert "interrumpida" in rest[0]["error"]
        client.say(type="cancel")  # nothing to cancel, nothing to say
        assert (await client.ask("¿y ahora?"))[-2]["content"] == "seguimos"
        told = model.requests[-1].messages
        assert [message.tool_call_id for message in told if message.role == "tool"] == ["a", "b"]
        stored = await Conversations(pool).latest(1, 99)
        assert [entry.role for entry in stored] == ["user", "assistant", "tool", "tool", "user", "assistant"]


async def test_a_model_that_fails_is_an_error_then_done(open_office: OpenOffice) -> None:
    """Nothing of the provider's words reaches the client, and the conversation stays usable."""
    replies = (
        Refusal(status=500, code="secret_code"),
        Reply(text="uno dos", after=1, ending=Ending.CUT),
        Reply(text=" "),
    )
    async with open_office(model=ScriptedChatModel(*replies)) as office:
        client = await office.visit()
        for _ in range(2):
            turn = await client.ask("hola")
            assert kinds(turn) == ["thinking", "error", "done"]
            assert (turn[1]["code"], turn[2]["iterations"]) == ("MODEL_FAILED", 1)
            assert "secret" not in json.dumps(turn)
        assert (await client.ask("hola"))[1]["content"] == "No tengo nada que añadir."


async def test_a_turn_has_its_time(open_office: OpenOffice) -> None:
    """What takes longer is ended with an error, its open calls answered."""
    async with open_office(Reply(tool_calls=(call("wait"),)), turn_timeout=0.2) as office:
        turn = await (await office.visit()).ask("espera")
        assert kinds(turn) == ["thinking", "tool_call", "tool_result", "error", "done"]
        assert turn[3]["code"] == "TURN_TIMEOUT"


async def test_a_long_result_is_cut_and_kept(open_office: OpenOffice) -> None:
    """Clients get the beginning, the size and the name of the rest."""
    files = Files({"big.txt": "x" * 50_000})
    async with open_office(
        Reply(tool_calls=(call("read_file", path="big.txt"),)), Reply(text="ok"), files=files
    ) as office:
        turn = await (await office.visit()).ask("lee big.txt")
        result = turn[2]["result"]
        assert (result["truncated"], result["characters"], result["kept_as"]) == (True, 50_000, "resultados/1.txt")
        assert files.kept == ["x" * 50_000]


class _Failing(Conversations):
    """A database that fails once so many messages are kept."""

    def __init__(self, pool: Pool, good: int) -> None:
        super().__init__(pool)
        self.good = good

    async def append(self, conversation_id: int, entry: Entry) -> StoredEntry:
        if self.good <= 0:
            raise StorageUnavailable("the wire was cut")
        self.good -= 1
        return await super().append(conversation_id, entry)


@pytest.mark.parametrize("good", range(4))
async def test_without_a_database_there_is_an_error_and_an_end(open_office: OpenOffice, pool: Pool, good: int) -> None:
    """Whichever message cannot be kept, every call that was told is answered, then comes the error, then done."""
    replies = (Reply(tool_calls=(call("list_directory"),)), Reply(text="ok"))
    async with open_office(*replies, conversations=_Failing(pool, good)) as office:
        turn = await (await office.visit()).ask("lista")
        assert kinds(turn)[-2:] == ["error", "done"]
        assert turn[-2]["code"] == "UNAVAILABLE"
        assert kinds(turn).count("tool_call") == kinds(turn).count("tool_result")


async def test_cancelling_without_a_database_still_ends(open_office: OpenOffice, pool: Pool) -> None:
    """What could not be written is read as interrupted when the conversation is opened again."""
    store = _Failing(pool, 2)
    async with open_office(Reply(tool_calls=(call("wait"),)), conversations=store) as office:
        client = await office.visit()
        client.say(message="espera")
        await client.until("tool_call")
        client.say(type="cancel")
        assert kinds(await client.until("done")) == ["tool_result", "done"]


async def test_two_at_once_one_is_refused(open_office: OpenOffice) -> None:
    """The refusal goes to who asked, the turn to both."""
    files = Files(hold=trio.Event())
    async with open_office(Reply(tool_calls=(call("wait"),)), Reply(text="ok"), files=files) as office:
        first, second = await office.visit(), await office.visit()
        await office.settled(second)
        first.say(message="uno")
        await second.until("tool_call")
        second.say(message="dos")
        assert (await second.receive())["code"] == "SESSION_BUSY"
        assert files.hold is not None
        files.hold.set()
        assert kinds(await first.until("done")) == [
            "thinking",
            "tool_call",
            "tool_result",
            "thinking",
            "message",
            "done",
        ]
        assert kinds(await second.until("done")) == ["tool_result", "thinking", "message", "done"]


async def test_who_said_it_is_kept(open_office: OpenOffice, pool: Pool) -> None:
    """A message has its author's name, where there is one."""
    async with open_office() as office:
        await (await office.visit("mine", ANA)).ask("hola")
        entry = (await Conversations(pool).latest(1, 9))[0]
        assert (entry.author, entry.content) == ("Ana", "hola")
