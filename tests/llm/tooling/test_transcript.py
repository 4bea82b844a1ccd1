from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.llm.tooling.events import ToolReturned
from smarthealth.llm.tooling.texts import SPANISH
from smarthealth.llm.tooling.transcript import Transcript

ASKED = ChatMessage(role="user", content="q")
CALLS = tuple(ToolCall(id=name, name="t", arguments="{}") for name in "abc")
CALLING = ChatMessage(role="assistant", content="", tool_calls=CALLS)


def _answer(call_id: str) -> ChatMessage:
    return ChatMessage(role="tool", content="r", tool_call_id=call_id)


def _returned(call: ToolCall) -> ToolReturned:
    return ToolReturned(call_id=call.id, tool=call.name, success=True, result="r")


def test_a_transcript_tells_what_was_added() -> None:
    """Messages are in order and whole for a model; what was added stands as it happened."""
    transcript = Transcript([ASKED])
    transcript.add(CALLING, _answer("b"), _answer("a"), _answer("c"))
    assert transcript.added == (CALLING, _answer("b"), _answer("a"), _answer("c"))
    assert transcript.messages == (ASKED, CALLING, _answer("a"), _answer("b"), _answer("c"))
    assert transcript.ids() == {"a", "b", "c"}


def test_an_interruption_answers_what_is_open() -> None:
    """Every call that was told gets its answer, the real one where there was one, and every call has one in the record."""
    transcript = Transcript([ASKED])
    transcript.add(CALLING, _answer("a"), _answer("b"))
    for call in CALLS:
        transcript.opened(call)
    for call in CALLS[:2]:
        transcript.returned(call, _returned(call))
    transcript.told(CALLS[:1])
    interruption = transcript.interrupt(SPANISH)
    assert [(event.call_id, event.success) for event in interruption.returned] == [("b", True), ("c", False)]
    assert [message.tool_call_id for message in interruption.messages] == ["c"]
    again = transcript.interrupt(SPANISH)
    assert (again.returned, again.messages) == ((), ())


def test_calls_that_were_not_told_are_answered_in_the_record_alone() -> None:
    """Nobody hears the answer to a call that nobody heard of."""
    transcript = Transcript([])
    transcript.add(CALLING)
    interruption = transcript.interrupt()
    assert (len(interruption.returned), len(interruption.messages)) == (0, 3)
