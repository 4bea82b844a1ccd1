"""One answer of one agent, over the tool loop."""

from __future__ import annotations

from smarthealth.apps.taxi.agents.answering import EXHAUSTED, MAX_ITERATIONS, SILENT, Answering, StopAfterHandoff
from smarthealth.apps.taxi.agents.offline import compose
from smarthealth.apps.taxi.state import ThreadState
from smarthealth.apps.taxi.wire import AgentChunk, AgentEnd, Event, ToolCallSent, ToolResultSent
from smarthealth.llm.opening import open_chat_model
from smarthealth.llm.port import ToolCall
from smarthealth.llm.settings import ModelSettings
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.provider import open_model_server
from smarthealth.testing.script import Reply
from tests.apps.taxi.agents.conftest import ORDER, open_desk, state_of, work_of
from tests.apps.taxi.conftest import World

HANDOFF = ToolCall(id="call_1", name="TransferToNavegante", arguments="{}")
LOOK_UP = ToolCall(id="call_2", name="LookupService", arguments="{}")


async def answer(world: World, text: str = "Hola", state: ThreadState | None = None) -> list[Event]:
    """The events of an answer."""
    events: list[Event] = []

    async def emit(event: Event) -> None:
        events.append(event)

    state = state or ThreadState()
    work = work_of(world, text, state)
    answering = Answering.of(work, state.slots, [], emit)
    await answering.run()
    assert answering.open_calls == {}
    return events


def words(events: list[Event]) -> str:
    """What was said."""
    return "".join(event.text for event in events if isinstance(event, AgentChunk))


async def test_a_handoff_is_the_end(world: World) -> None:
    """An agent that has spoken and handed over is not asked again."""
    model = world.model = ScriptedChatModel(Reply(text="Claro, ¿a dónde?", tool_calls=(HANDOFF,)))
    events = await answer(world)
    assert [type(event) for event in events[-3:]] == [ToolCallSent, ToolResultSent, AgentEnd]
    assert (words(events), len(model.requests)) == ("Claro, ¿a dónde?", 1)
    assert StopAfterHandoff(model).name == "scripted"


async def test_a_silent_handoff_is_not(world: World) -> None:
    """The model is asked for words; where it has none, there are some."""
    world.model = ScriptedChatModel(Reply(tool_calls=(HANDOFF,)), Reply(text="  ¿A dónde?"))
    assert words(await answer(world)) == "¿A dónde?"
    world.model = ScriptedChatModel(Reply(tokens=(" ", "Hola")))
    assert words(await answer(world)) == "Hola"
    world.model = ScriptedChatModel(Reply(tool_calls=(HANDOFF,)), Reply(text=" "))
    assert words(await answer(world)) == SILENT


async def test_words_around_a_tool(world: World) -> None:
    """Are parted by a space; a result that is no text is sent as JSON, an error as it is."""
    world.model = ScriptedChatModel(Reply(text="Miro.", tool_calls=(LOOK_UP,)), Reply(text="No hay."))
    assert words(await answer(world)) == "Miro. No hay."
    unknown = ToolCall(id="call_3", name="Fly", arguments="{")
    world.model = ScriptedChatModel(Reply(text="Miro. ", tool_calls=(unknown,)), Reply(text="No hay."))
    events = await answer(world)
    assert words(events) == "Miro. No hay."
    (result,) = [event for event in events if isinstance(event, ToolResultSent)]
    assert result.result.startswith("No existe esa herramienta")


async def test_a_model_that_never_ends(world: World) -> None:
    """Is stopped, and something is said."""
    model = world.model = ScriptedChatModel(rule=lambda request: Reply(tool_calls=(LOOK_UP,)))
    assert words(await answer(world)) == EXHAUSTED
    assert len(model.requests) == MAX_ITERATIONS


async def test_a_real_provider(world: World) -> None:
    """Calls that come in fragments over HTTP run in order, send a taxi, and what they said reaches the model."""
    calls = (
        ToolCall(id="call_5", name="TransferToHuman", arguments='{"reason": "quiere una llamada"}'),
        ToolCall(id="call_6", name="DispatchToBackend", arguments="{}"),
    )
    async with open_model_server() as provider, open_desk(world):
        provider.script(Reply(text="Va.", tool_calls=calls), Reply(text="Listo."))
        settings = ModelSettings(api_key="k", base_url=provider.url)
        async with open_chat_model(settings, compose) as world.model:
            events = await answer(world, "sí, confirmo", state_of(*ORDER))
    assert words(events) == "Va. Listo."
    assert [booking.status for booking in world.booked] == ["dispatched"]
    second = provider.requests[1].chat
    assert second is not None
    assert [message.content for message in second.messages[-2:]] == [
        "Transfer successful",
        "Servicio BAQ-1 enviado. Tarifa $9.500.",
    ]
