from typing import Any

import attrs
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from smarthealth.llm.port import ToolCall
from smarthealth.llm.tooling.errors import ToolError
from smarthealth.llm.tooling.events import Approve, CutResult, KeepRest
from smarthealth.llm.tooling.registry import Toolbox, ToolSpec, make_tool
from smarthealth.llm.tooling.running import Answer, CallRunner, storable
from smarthealth.llm.tooling.texts import ENGLISH


@attrs.frozen
class Found:
    path: str
    size: int


async def work(what: str) -> object:
    """Work."""
    match what:
        case "object":
            return Found(path="a", size=1)
        case "error":
            raise ToolError("cannot\0")
        case "bug":
            raise RuntimeError("secret")
        case "odd":
            return object()
        case "long":
            return "x" * 30
        case "sleep":
            await trio.sleep_forever()
        case _:
            pass
    return what


async def _run(
    arguments: str,
    *,
    name: str = "work",
    approve: Approve | None = None,
    keep_rest: KeepRest | None = None,
    **options: Any,
) -> Answer:
    spec: ToolSpec = attrs.evolve(make_tool(work), **options)
    runner = CallRunner(
        toolbox=Toolbox([spec]),
        texts=ENGLISH,
        result_limit=25,
        approve=approve,
        keep_rest=keep_rest,
        limiter=trio.CapacityLimiter(1),
    )
    answer = await runner.run(ToolCall(id="c", name=name, arguments=arguments))
    assert (answer.message.tool_call_id, answer.returned.call_id, answer.returned.tool) == ("c", "c", name)
    return answer


async def test_a_result_is_told_as_json_and_read_as_text() -> None:
    """Text stays text; an object is told as one, and the model reads its JSON."""
    told = await _run('{"what": "hello"}')
    assert (told.returned.success, told.returned.result, told.message.content) == (True, "hello", "hello")
    told = await _run('{"what": "object"}')
    assert (told.returned.result, told.message.content) == ({"path": "a", "size": 1}, '{"path":"a","size":1}')


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ('{"what": "error"}', "cannot\ufffd"),
        ('{"what": ', "The arguments do not fit: is not JSON at character 10."),
        ("[]", "The arguments do not fit: must be a JSON object."),
        ('{"what": 1}', "The arguments do not fit: what: must be text."),
        ('{"what": "a", "why": "b"}', "The arguments do not fit: why: is no argument of this tool."),
    ],
)
async def test_what_cannot_be_done_is_answered_with_its_reason(arguments: str, reason: str) -> None:
    """The model and the clients are told the same."""
    told = await _run(arguments)
    assert (told.returned.success, told.returned.result, told.returned.error) == (False, None, reason)
    assert reason.split("\ufffd")[0] in told.message.content


@pytest.mark.parametrize("what", ["bug", "odd"])
async def test_a_bug_of_a_tool_is_logged_and_not_told(what: str) -> None:
    """Nobody outside sees the exception's text."""
    with capture_logs() as logs:
        told = await _run(f'{{"what": "{what}"}}')
    assert (told.returned.error, logs[0]["event"]) == (ENGLISH.failed, "tool_failed")


async def test_a_tool_that_does_not_exist_is_answered() -> None:
    """The answer says what there is."""
    assert (await _run("{}", name="fly")).returned.error == "There is no such tool. There are: work."


async def test_a_tool_has_its_time(autojump_clock: trio.testing.MockClock) -> None:
    """One that takes longer is stopped."""
    told = await _run('{"what": "sleep"}', timeout=3.0)
    assert told.returned.error == "The tool took longer than 3 seconds and was stopped."
    assert trio.current_time() == pytest.approx(3.0)


async def test_what_needs_approval_is_asked_for() -> None:
    """Approved, it runs; refused, or with nobody to ask, it does not."""
    answers = [True, False]

    async def approve(call: ToolCall, spec: ToolSpec) -> bool:
        return answers.pop(0)

    assert (await _run('{"what": "x"}', needs_approval=True, approve=approve)).returned.success
    refused = await _run('{"what": "x"}', needs_approval=True, approve=approve)
    alone = await _run('{"what": "x"}', needs_approval=True)
    assert refused.returned.error == alone.returned.error == ENGLISH.refused


async def test_a_long_result_is_cut_and_its_rest_is_kept() -> None:
    """The model and the clients get the beginning, the size, and where the whole is."""
    kept = []

    async def keep(call: ToolCall, text: str) -> str | None:
        kept.append(text)
        return "results/c.txt"

    told = await _run('{"what": "long"}', keep_rest=keep)
    assert told.returned.result == CutResult(excerpt="x" * 25, characters=30, kept_as="results/c.txt")
    assert told.message.content == "x" * 25 + "\n[30 characters in all; cut here: results/c.txt]"
    assert kept == ["x" * 30]


async def test_without_a_keeper_the_rest_is_lost_and_the_answer_says_so() -> None:
    """No name is told where there is none; a tool's own limit counts before the loop's."""
    told = await _run('{"what": "long"}', result_limit=5)
    assert told.message.content == "xxxxx\n[30 characters in all; cut here]"


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_stored(text: str) -> None:
    """UTF-8 takes it, there is no NUL in it, and text that was fit is left alone."""
    stored = storable(text)
    assert "\0" not in stored
    stored.encode()
    assert storable(stored) == stored
