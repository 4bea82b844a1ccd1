"""Puts a model's answer together from its fragments."""

from __future__ import annotations

import secrets
from collections.abc import Container
from typing import Final

import attrs

from smarthealth.llm.errors import ModelProtocolError
from smarthealth.llm.port import ToolCall, ToolCallDelta

MAX_ARGUMENTS: Final = 1024 * 1024
"""Characters that the arguments of all calls of one answer may have; no output limit in use comes near."""
MAX_FRAGMENTED_CALLS: Final = 128
"""Calls that one answer may open; how many of them run is the loop's matter."""
_ID_BYTES: Final = 8


@attrs.define
class _Call:
    id: str = ""
    name: str = ""
    fragments: list[str] = attrs.field(factory=list)


class CallAssembler:
    """Collects the fragments of tool calls: they come in any order, told apart by their index."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}
        self._size = 0

    def add(self, delta: ToolCallDelta) -> None:
        """Take a fragment. The first id of a call counts; a name may come in pieces or be repeated whole.

        Raises:
            ModelProtocolError: The answer is out of all bounds.
        """
        call = self._calls.setdefault(delta.index, _Call())
        call.id = call.id or delta.id or ""
        if delta.name and delta.name != call.name:
            call.name += delta.name
        call.fragments.append(delta.arguments)
        self._size += len(delta.arguments)
        if self._size > MAX_ARGUMENTS or len(self._calls) > MAX_FRAGMENTED_CALLS:
            raise ModelProtocolError("the tool calls of one answer are too long or too many")

    def calls(self, taken: Container[str]) -> tuple[ToolCall, ...]:
        """The calls, whole, in the order of their indices.

        Args:
            taken: Ids in use: a call without an id, or with one of these, gets one of its own. Not every provider's are unique.
        """
        used: set[str] = set()
        found = []
        for _, call in sorted(self._calls.items()):
            identity = call.id
            if not identity or identity in taken or identity in used:
                identity = f"call_{secrets.token_hex(_ID_BYTES)}"
            used.add(identity)
            found.append(ToolCall(id=identity, name=call.name, arguments="".join(call.fragments)))
        return tuple(found)
