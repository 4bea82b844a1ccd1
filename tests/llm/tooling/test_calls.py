import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.llm.errors import ModelProtocolError
from smarthealth.llm.port import ToolCall, ToolCallDelta
from smarthealth.llm.tooling.calls import MAX_ARGUMENTS, MAX_FRAGMENTED_CALLS, CallAssembler


def _assembled(*deltas: ToolCallDelta, taken: frozenset[str] = frozenset()) -> tuple[ToolCall, ...]:
    assembler = CallAssembler()
    for delta in deltas:
        assembler.add(delta)
    return assembler.calls(taken)


@given(st.lists(st.text(max_size=20), max_size=4), st.data())
def test_fragments_make_the_calls_whole_however_they_are_cut(arguments: list[str], data: st.DataObject) -> None:
    """Calls whose fragments come mixed are put together by index, each character in its place."""
    queues = [
        [ToolCallDelta(index=i, id=f"c{i}", name=f"t{i}"), *(ToolCallDelta(index=i, arguments=one) for one in text)]
        for i, text in enumerate(arguments)
    ]
    mixed = []
    while left := [queue for queue in queues if queue]:
        mixed.append(data.draw(st.sampled_from(left)).pop(0))
    expected = tuple(ToolCall(id=f"c{i}", name=f"t{i}", arguments=text) for i, text in enumerate(arguments))
    assert _assembled(*mixed) == expected


def test_a_name_in_pieces_or_repeated_is_one_name() -> None:
    """Some providers cut names, others say them with every fragment."""
    pieces = _assembled(ToolCallDelta(index=0, id="a", name="read_"), ToolCallDelta(index=0, name="file"))
    again = _assembled(ToolCallDelta(index=0, id="a", name="look"), ToolCallDelta(index=0, id="b", name="look"))
    assert [(call.id, call.name) for call in (*pieces, *again)] == [("a", "read_file"), ("a", "look")]


def test_every_call_has_an_id_of_its_own() -> None:
    """A missing, repeated or used id is replaced by a new one."""
    deltas = [ToolCallDelta(index=i, id=name, name="t") for i, name in enumerate([None, "a", "a", "used"])]
    ids = [call.id for call in _assembled(*deltas, taken=frozenset({"used"}))]
    assert ids[1] == "a"
    assert len({*ids, "used"}) == 5


def test_an_answer_out_of_bounds_is_refused() -> None:
    """A stream that never ends its calls, or never stops opening new ones, does not fill the memory."""
    with pytest.raises(ModelProtocolError):
        _assembled(*[ToolCallDelta(index=0, arguments="x" * (MAX_ARGUMENTS // 2)) for _ in range(3)])
    with pytest.raises(ModelProtocolError):
        _assembled(*[ToolCallDelta(index=i) for i in range(MAX_FRAGMENTED_CALLS + 1)])
