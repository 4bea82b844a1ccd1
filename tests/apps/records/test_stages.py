"""The stages that answer a query."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors import StageTimeout
from smarthealth.apps.records import texts
from smarthealth.apps.records.settings import RecordsSettings
from smarthealth.apps.records.stages import LONGEST_ANSWER, QueryRefused, QueryStages
from smarthealth.apps.records.wire import Status, StreamStarted, Token
from smarthealth.llm.errors import ModelProtocolError, ModelStreamCut
from smarthealth.llm.port import ToolCall
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Ending, Reply
from tests.apps.records.conftest import LAURA, SESSION, OpenContext, Sent, World, make_query


def make_stages(world: World, sent: Sent, **changes: object) -> QueryStages:
    """The stages of a query."""
    return QueryStages(world.services, make_query(**changes), 7, sent)


async def test_statuses_then_tokens(world: World, open_context: OpenContext, autojump_clock: MockClock) -> None:
    """Four statuses with the document's texts, the start of the stream, the tokens, in this order."""
    sent = Sent()
    stages = make_stages(world, sent)
    async with open_context() as context:
        await stages.run(context)
    assert sent.events == [
        Status(status="searching_patient", message="🔍 Buscando datos del paciente..."),
        Status(status="vector_search", message="🔍 Búsqueda vectorial..."),
        Status(status="building_context", message="🧠 Construyendo contexto clínico..."),
        Status(status="generating", message="🤖 Generando respuesta..."),
        StreamStarted(session_id=SESSION, timestamp="2024-12-08T10:30:00.000Z"),
        *(Token(token=token, session_id=SESSION) for token in ("Fue ", "6.1 ", "% ", "[1].")),
    ]
    assert stages.patient == LAURA
    assert stages.generated is not None
    assert world.telemetry.stages == ["searching_patient", "vector_search", "building_context", "generating"]
    assert set(stages.timings) == {*world.telemetry.stages, "first_token"}


async def test_the_stages_show_in_the_tree(world: World, open_context: OpenContext, autojump_clock: MockClock) -> None:
    """While a query runs its stages are tasks of its actor, by name."""
    world.grounding.trouble.delay = 5.0
    async with open_context() as context, trio.open_nursery() as nursery:
        nursery.start_soon(make_stages(world, Sent()).run, context)
        await trio.sleep(1)
        tasks = context.self_ref.snapshot().tasks
    assert [(task.name, task.state) for task in tasks] == [
        ("searching_patient", "ended"),
        ("vector_search", "working"),
        ("building_context", "waiting"),
        ("generating", "waiting"),
        ("delivering", "waiting"),
    ]


async def test_each_deadline_is_its_stage_s(world: World, open_context: OpenContext, autojump_clock: MockClock) -> None:
    """The search has its time and the model has its own, whatever the other took."""
    async with open_context() as context:
        world.grounding.trouble.delay = 11.0
        with pytest.raises(StageTimeout) as search:
            await make_stages(world, Sent()).run(context)
        world.grounding.trouble.delay = 9.0
        world.model.script.add(Reply(ending=Ending.HANG))
        began = trio.current_time()
        with pytest.raises(StageTimeout) as model:
            await make_stages(world, Sent()).run(context)
    assert search.value.stage == "vector_search"
    assert model.value.stage == "generating"
    assert trio.current_time() - began == 9.0 + 45.0
    assert world.model.open_streams == 0


async def test_a_patient_nobody_knows_is_refused(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """The refusal repeats the document as it was asked for, with the type's code."""
    async with open_context() as context:
        with pytest.raises(QueryRefused) as refused:
            await make_stages(world, Sent(), document_number="1-23").run(context)
    assert refused.value.detail.message == "No se encontró paciente con documento CD 1-23"


async def test_another_user_s_session_is_refused(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """Who names a session of somebody else, in any spelling, gets an error and not the history."""
    stages = make_stages(world, Sent(), session_id=SESSION.upper())
    world.sessions.owners[UUID(SESSION)] = 8
    async with open_context() as context:
        with pytest.raises(QueryRefused) as refused:
            await stages.run(context)
    assert refused.value.detail == texts.SESSION_OF_ANOTHER
    assert not world.model.requests


async def test_failures_come_as_themselves(world: World, open_context: OpenContext, autojump_clock: MockClock) -> None:
    """What fails in the search is what comes out, and a stream that breaks is the model's error."""
    world.grounding.trouble.error = StorageUnavailable("down")
    async with open_context() as context:
        with pytest.raises(StorageUnavailable):
            await make_stages(world, Sent()).run(context)
        world.grounding.trouble.error = None
        world.model.script.add(Reply(text="a b c", ending=Ending.CUT, after=2))
        sent = Sent()
        with pytest.raises(ModelStreamCut):
            await make_stages(world, sent).run(context)
    assert not any(event.token == "c" for event in sent.events if isinstance(event, Token))


@pytest.mark.parametrize(
    "reply",
    [Reply(text=""), Reply(tokens=("",)), Reply(tool_calls=(ToolCall(id="1", name="look", arguments="{}"),))],
    ids=["nothing", "empty", "tool"],
)
async def test_an_answer_without_text_is_the_model_s_error(
    reply: Reply, world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """No text, or a tool that was not on offer, is no answer; no stream starts."""
    world.model.script.add(reply)
    stages = make_stages(world, Sent())
    async with open_context() as context:
        with pytest.raises(ModelProtocolError):
            await stages.run(context)
    assert not stages.streaming


async def test_an_answer_without_end_is_the_model_s_error(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """A model that goes on and on is stopped before it fills the memory, and what went out is bounded."""
    world.model.script.add(Reply(tokens=("a" * (LONGEST_ANSWER // 4),) * 5))
    sent = Sent()
    async with open_context() as context:
        with pytest.raises(ModelProtocolError):
            await make_stages(world, sent).run(context)
    assert sum(len(event.token) for event in sent.events if isinstance(event, Token)) <= LONGEST_ANSWER


async def test_settings_decide_the_deadlines(open_context: OpenContext, autojump_clock: MockClock) -> None:
    """The settings' seconds are the stages' seconds."""
    world = World(settings=RecordsSettings(llm_timeout=3.0), model=ScriptedChatModel(Reply(ending=Ending.HANG)))
    async with open_context() as context:
        with pytest.raises(StageTimeout):
            await make_stages(world, Sent()).run(context)
    assert trio.current_time() == 3.0


async def test_the_model_sees_what_was_said_before(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """The session's history reaches the prompt, up to the length that is set."""
    world = attrs.evolve(world, settings=RecordsSettings(history_length=1))
    async with open_context() as context:
        for question in ("first?", "second?", "third?"):
            turn = world.turn(question=question)
            await turn.run(Sent(), context)
            await turn.settle(None)
    assert [message.content for message in world.model.requests[-1].messages] == ["second?", "third?"]
