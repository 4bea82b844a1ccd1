"""Tools made from typed async functions, and the box of them that an agent is given."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs
from attrs.validators import ge, gt, optional

from smarthealth.llm.port import Tool

from .arguments import Parameters

DEFAULT_TIMEOUT: Final = 30.0
"""Seconds."""
DEFAULT_RESULT_LIMIT: Final = 16_000
"""Characters of a result that go to the model and to clients."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

Invoke = Callable[[Mapping[str, object]], Awaitable[object]]


@attrs.frozen(kw_only=True)
class ToolSpec:
    """One tool: what the model is told of it, and how it is called.

    Made by `make_tool` from a function; made directly where the schema comes from elsewhere, as with MCP.
    """

    tool: Tool
    """Name, description and JSON schema of the arguments."""
    invoke: Invoke
    """Reads the arguments and does the work. What it returns is text, or anything that JSON can hold, attrs objects included.

    It raises `ToolError` for what could not be done and `WireError` for arguments that do not fit.
    """
    needs_approval: bool = False
    """Whether a person is asked before it runs."""
    timeout: float = attrs.field(default=DEFAULT_TIMEOUT, validator=gt(0))
    """Seconds for one call, approval not counted."""
    result_limit: int | None = attrs.field(default=None, validator=optional(ge(1)))
    """Characters of its result, None for the loop's."""

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.tool.name


def make_tool(
    function: Callable[..., Awaitable[object]],
    *,
    name: str | None = None,
    description: str | None = None,
    needs_approval: bool = False,
    timeout: float = DEFAULT_TIMEOUT,  # noqa: ASYNC109 # kept in the specification, not a limit on this call
    result_limit: int | None = None,
) -> ToolSpec:
    """Make a tool from an async function, bound method or partial.

    Its parameters are the tool's arguments: the types decide the schema and are held exactly; `Annotated[str, "what it is"]`
    describes one, validators of `wire.fields` in there bound it; what has a default is optional.

    Args:
        function: Does the work; see `ToolSpec.invoke` for what it returns and raises.
        name: None for the function's name.
        description: None for the first paragraph of its docstring.
        needs_approval: Whether a person is asked first.
        timeout: Seconds for one call.
        result_limit: Characters of its result, None for the loop's.

    Raises:
        TypeError: A parameter has a type without an exact form, or there is no name or description to be had.
        ValueError: The name is none that providers take.
    """
    inner = _named(function)
    name = name or inner.__name__
    description = description or inspect.cleandoc(inner.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    if not description:
        raise TypeError(f"tool {name} has no description")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a tool: letters, digits, _ and -, at most 64")
    parameters = Parameters.of(function)

    async def invoke(arguments: Mapping[str, object]) -> object:
        return await function(**parameters.read(arguments))

    return ToolSpec(
        tool=Tool(name=name, description=description, parameters=parameters.schema),
        invoke=invoke,
        needs_approval=needs_approval,
        timeout=timeout,
        result_limit=result_limit,
    )


def _named(function: Any) -> Any:
    while hasattr(function, "func"):  # a partial has neither name nor docstring of its own
        function = function.func
    return function


class Toolbox:
    """The tools that an agent may call, by name and in order.

    Args:
        tools: No two of one name.

    Raises:
        ValueError: Two tools have one name.
    """

    __slots__ = ("_specs",)

    def __init__(self, tools: Iterable[ToolSpec] = ()) -> None:
        self._specs: dict[str, ToolSpec] = {}
        for spec in tools:
            if spec.name in self._specs:
                raise ValueError(f"two tools are named {spec.name}")
            self._specs[spec.name] = spec

    def __iter__(self) -> Iterator[ToolSpec]:
        return iter(self._specs.values())

    def __len__(self) -> int:
        return len(self._specs)

    def find(self, name: str) -> ToolSpec | None:
        """The tool of that name, None when there is none."""
        return self._specs.get(name)

    def tools(self) -> tuple[Tool, ...]:
        """As a model is told of them."""
        return tuple(spec.tool for spec in self)

    def only(self, *names: str) -> Toolbox:
        """Those of these names, in this order.

        Raises:
            KeyError: There is none of such a name.
        """
        return Toolbox(self._specs[name] for name in names)

    def joined(self, other: Iterable[ToolSpec]) -> Toolbox:
        """These and those.

        Raises:
            ValueError: Two tools have one name.
        """
        return Toolbox((*self, *other))
