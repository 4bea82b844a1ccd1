import functools
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from smarthealth.llm.port import Tool
from smarthealth.llm.tooling.registry import Toolbox, ToolSpec, make_tool


async def add(left: Annotated[int, "One number"], right: int = 1) -> int:
    """Add two numbers, or
    one to one.

    Not said.
    """  # noqa: D205 # what is tested
    return left + right


async def test_a_function_becomes_a_tool() -> None:
    """Name, description and schema come from the function; calling the tool calls it."""
    spec = make_tool(add, needs_approval=True, timeout=2.0, result_limit=9)
    assert spec.tool == Tool(
        name="add",
        description="Add two numbers, or one to one.",
        parameters={
            "type": "object",
            "properties": {
                "left": {"type": "integer", "description": "One number"},
                "right": {"type": "integer", "default": 1},
            },
            "required": ["left"],
            "additionalProperties": False,
        },
    )
    assert (spec.name, spec.needs_approval, spec.timeout, spec.result_limit) == ("add", True, 2.0, 9)
    assert await spec.invoke({"left": 2}) == 3


async def test_a_partial_is_named_by_its_function() -> None:
    """A partial has the name and words of what it calls; both can be given."""
    assert make_tool(functools.partial(add, right=4)).name == "add"
    spec = make_tool(functools.partial(add, right=4), name="add-four", description="Adds four.")
    assert (spec.name, spec.tool.description) == ("add-four", "Adds four.")
    assert await spec.invoke({"left": 1}) == 5


async def _silent(a: int) -> None: ...


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: make_tool(_silent), TypeError),
        (lambda: make_tool(add, name="ádd"), ValueError),
        (lambda: make_tool(add, name="a" * 65), ValueError),
        (lambda: make_tool(add, timeout=0), ValueError),
        (lambda: make_tool(add, result_limit=0), ValueError),
    ],
    ids=["words", "letters", "length", "time", "result"],
)
def test_what_no_provider_takes_is_no_tool(make: Callable[[], Any], error: type[Exception]) -> None:
    """A tool has words, a plain name, and limits above zero."""
    with pytest.raises(error):
        make()


def _named(name: str) -> ToolSpec:
    return make_tool(add, name=name)


def test_a_box_holds_tools_by_name_and_in_order() -> None:
    """What is offered to a model stands in the order given; another choice or another box makes a new one."""
    box = Toolbox([_named("a"), _named("b")])
    assert ([tool.name for tool in box.tools()], len(box)) == (["a", "b"], 2)
    assert box.find("b") in list(box)
    assert box.find("c") is None
    assert [spec.name for spec in box.only("b")] == ["b"]
    assert [spec.name for spec in box.joined([_named("c")])] == ["a", "b", "c"]
    assert len(Toolbox()) == 0


def test_two_tools_of_one_name_are_an_error() -> None:
    """Which of them would be called could not be said."""
    with pytest.raises(ValueError, match="two tools"):
        Toolbox([_named("a"), _named("a")])
