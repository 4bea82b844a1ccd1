from smarthealth.llm.port import ChatMessage, ChatRequest, ToolCall, Usage
from smarthealth.testing.script import Refusal, Reply, Script, echo

REQUEST = ChatRequest(
    messages=(
        ChatMessage(role="system", content="be brief"),
        ChatMessage(role="user", content="uno dos"),
        ChatMessage(role="assistant", content="tres"),
    )
)
CALL = ToolCall(id="c", name="f", arguments="{}")


def test_text_is_cut_into_words() -> None:
    """Words keep the space after them, and the first the space before it."""
    assert Reply(text=" El paciente\n\ntiene").pieces() == (" El ", "paciente\n\n", "tiene")
    assert Reply(text="unused", tokens=("a b", "")).pieces() == ("a b", "")


def test_finish_reason_and_usage_follow_from_the_answer() -> None:
    """What a script does not say is reckoned."""
    assert (Reply().reason(), Reply(tool_calls=(CALL,)).reason()) == ("stop", "tool_calls")
    assert Reply(finish_reason="length").reason() == "length"
    assert Reply(text="uno dos").count(REQUEST) == Usage(prompt_tokens=6, completion_tokens=2)
    said = Usage(prompt_tokens=1, completion_tokens=1)
    assert Reply(usage=said).count(REQUEST) == said


def test_queued_answers_come_before_the_rule() -> None:
    """Each queued answer serves one request; then the rule decides, an echo by default."""
    script = Script([Reply(text="first")])
    script.add(Refusal(status=500))
    assert script.left == 2
    assert [script.answer(REQUEST) for _ in range(3)] == [
        Reply(text="first"),
        Refusal(status=500),
        Reply(text="uno dos"),
    ]
    assert script.left == 0
    script.rule = lambda request: Reply(text="ruled")
    assert script.answer(REQUEST) == Reply(text="ruled")


def test_an_echo_of_nothing_is_empty() -> None:
    """A request without a message of the user is answered all the same."""
    assert echo(ChatRequest(messages=())) == Reply(text="")
