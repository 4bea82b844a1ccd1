from __future__ import annotations

from smarthealth.apps.taxi.agents.brief import make_brief, read_brief
from smarthealth.apps.taxi.agents.prompts import from_stored, messages_for, write_calls
from smarthealth.apps.taxi.slots import Slots
from smarthealth.apps.taxi.state import ThreadState
from smarthealth.apps.taxi.wire import AgentName
from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.storage.threads import ThreadMessage
from tests.apps.taxi.agents.conftest import ORDER, state_of, work_of
from tests.apps.taxi.conftest import NOW, World

CALL = ToolCall(id="call_1", name="LookupService", arguments="{}")


def test_what_a_model_is_asked(world: World) -> None:
    """Persona, part and note; then the conversation, in which every call is answered; then the message."""
    work = work_of(world, "Hola", ThreadState())
    brief = make_brief(work, Slots())
    history = [
        ThreadMessage(role="tool", content="nobody asked", tool_call_id="call_0", at=NOW),
        ThreadMessage(role="user", content="¿Mi taxi?", at=NOW),
        ThreadMessage(role="assistant", content="", tool_calls=write_calls([CALL]), agent="RECEPCIONISTA", at=NOW),
    ]
    system, *said = messages_for(brief, history, work.text)
    assert system.role == "system"
    assert "Marisol" in system.content
    assert read_brief(system.content) == brief
    assert [message.role for message in said] == ["user", "assistant", "tool", "user"]
    assert (said[1].tool_calls, said[2].tool_call_id, said[-1].content) == ((CALL,), "call_1", "Hola")


def test_the_instructions_are_short(world: World) -> None:
    """A model reads them before each answer, and none speaks of another agent's tools."""
    agents: tuple[AgentName, ...] = ("RECEPCIONISTA", "NAVEGANTE", "OPERADOR", "CONFIRMADOR")
    for agent in agents:
        work = work_of(world, "sí", state_of(*ORDER))
        work.agent = agent
        (system, _) = messages_for(make_brief(work, work.slots), [], "sí")
        assert len(system.content) < 3500


def test_stored_messages_are_read() -> None:
    """With their calls."""
    stored = ThreadMessage(role="assistant", content="Hola", tool_calls=write_calls([CALL]), at=NOW)
    assert from_stored(stored) == ChatMessage(role="assistant", content="Hola", tool_calls=(CALL,))
