from hypothesis import given
from hypothesis import strategies as st

from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.llm.tooling.history import complete_history, interrupted, open_calls
from smarthealth.llm.tooling.texts import SPANISH

CALLS = tuple(ToolCall(id=name, name="t", arguments="{}") for name in "abc")
ASKED = ChatMessage(role="user", content="q")
CALLING = ChatMessage(role="assistant", content="", tool_calls=CALLS)


def _answer(call_id: str | None, content: str = "r") -> ChatMessage:
    return ChatMessage(role="tool", content=content, tool_call_id=call_id)


def test_calls_without_an_answer_are_open() -> None:
    """Those whose result was never recorded are found, in order."""
    assert open_calls([ASKED, CALLING, _answer("b")]) == (CALLS[0], CALLS[2])


def test_answers_stand_behind_their_calls_in_the_order_of_these() -> None:
    """Results that came in another order are put in order, missing ones are answered as interrupted."""
    whole = complete_history([ASKED, CALLING, _answer("c"), _answer("a"), ASKED], SPANISH)
    assert whole == (ASKED, CALLING, _answer("a"), interrupted(CALLS[1], SPANISH), _answer("c"), ASKED)
    assert "interrumpida" in whole[3].content


def test_answers_to_nobody_and_second_answers_are_left_out() -> None:
    """What a provider would refuse does not reach it."""
    said = [_answer("x"), _answer(None), CALLING, _answer("a"), _answer("a", "again"), _answer("b"), _answer("c")]
    assert complete_history(said) == (CALLING, _answer("a"), _answer("b"), _answer("c"))


@given(st.lists(st.sampled_from([ASKED, _answer("a"), _answer("b"), _answer("c")])), st.integers(0, 9))
def test_a_completed_history_is_whole_and_stays_as_it_is(around: list[ChatMessage], at: int) -> None:
    """Wherever the process was killed, every call has exactly one answer, and completing again changes nothing."""
    whole = complete_history([*around[:at], CALLING, *around[at:]])
    assert [message.tool_call_id for message in whole if message.role == "tool"] == ["a", "b", "c"]
    assert not open_calls(whole)
    assert complete_history(whole) == whole
