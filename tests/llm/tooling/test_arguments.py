import contextlib
import functools
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.llm.tooling.arguments import Parameters, parse_arguments
from smarthealth.wire.errors import WireError
from smarthealth.wire.fields import length


async def look(
    path: Annotated[str, "Where to look", length(1, 5)],
    depth: int = 1,
    *,
    mode: Literal["fast", "slow"] = "fast",
    _private: bool = False,
) -> None:
    """Look."""


class Eyes:
    async def look(self, path: str, far: bool = False) -> None:
        """Look."""


def test_arguments_are_read_as_the_function_takes_them() -> None:
    """Defaults are filled in, null means absent, and names stay as they are written."""
    read = Parameters.of(look).read({"path": "a", "depth": None, "_private": True})
    assert read == {"path": "a", "depth": 1, "mode": "fast", "_private": True}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "path: is missing"),
        ({"path": 3}, "path: must be text"),
        ({"path": "toolong"}, "path: must have at most 5 characters"),
        ({"path": "a", "depth": "3"}, "depth: must be an integer"),
        ({"path": "a", "depth": True}, "depth: must be an integer"),
        ({"path": "a", "mode": "warp"}, "mode: must be one of: fast, slow"),
        ({"path": "a", "colour": 1}, "colour: is no argument of this tool"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments: dict[str, object], message: str) -> None:
    """Types are exact, and a name that the function does not have is an error."""
    with pytest.raises(WireError) as raised:
        Parameters.of(look).read(arguments)
    assert str(raised.value) == message


def test_a_method_is_asked_for_what_a_caller_gives() -> None:
    """Neither the object of a bound method is an argument, nor what a partial gives."""
    assert list(Parameters.of(Eyes().look).schema["properties"]) == ["path", "far"]
    given_far = functools.partial(functools.partial(Eyes().look, far=True))
    assert list(Parameters.of(given_far).schema["properties"]) == ["path"]
    assert list(Parameters.of(functools.partial(look, "a")).schema["properties"]) == ["depth", "mode", "_private"]


def test_a_parameter_needs_a_type_and_a_name() -> None:
    """What has no annotation, or collects what is left, is no argument of a tool."""

    async def untyped(path) -> None:  # type: ignore[no-untyped-def] # what is tested
        """Look."""

    async def greedy(*paths: str) -> None:
        """Look."""

    for function in (untyped, greedy):
        with pytest.raises(TypeError, match="has no annotation"):
            Parameters.of(function)


@pytest.mark.parametrize(("text", "arguments"), [("", {}), ("  ", {}), ("{}", {}), ('{"a": [1]}', {"a": [1]})])
def test_arguments_are_an_object(text: str, arguments: dict[str, object]) -> None:
    """Nothing at all is an empty object."""
    assert parse_arguments(text) == arguments


@given(st.text() | st.recursive(st.none() | st.integers(), st.lists).map(repr))
def test_any_text_is_an_object_or_an_error(text: str) -> None:
    """Whatever a model writes, nothing but a wire error comes of it."""
    with contextlib.suppress(WireError):
        assert isinstance(parse_arguments(text), dict)
