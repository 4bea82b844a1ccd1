"""One call from what the model wrote to its answer; whatever the tool does, there is one."""

from __future__ import annotations

from typing import Final

import attrs
import msgspec
import structlog
import trio

from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.wire.errors import WireError

from .arguments import parse_arguments
from .errors import ToolError
from .events import Approve, CutResult, KeepRest, ToolReturned
from .registry import Toolbox, ToolSpec
from .texts import ToolingTexts

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_encode: Final = msgspec.json.Encoder().encode


@attrs.frozen(kw_only=True)
class Answer:
    """The answer to one call: what is told, and what the model reads."""

    returned: ToolReturned
    message: ChatMessage


@attrs.frozen(kw_only=True)
class CallRunner:
    """Runs calls of one toolbox."""

    toolbox: Toolbox
    texts: ToolingTexts
    result_limit: int
    approve: Approve | None
    keep_rest: KeepRest | None
    limiter: trio.CapacityLimiter
    """Holds how many tools work at once; nobody holds it while a person is asked."""

    async def run(self, call: ToolCall) -> Answer:
        """Call the tool.

        Raises:
            Exception: What `approve` raises; a tool's own failures are answers.

        Cancellation:
            Ends the tool; there is no answer then.
        """
        spec = self.toolbox.find(call.name)
        if spec is None:
            return self.failure(call, self.texts.unknown_tool.format(", ".join(spec.name for spec in self.toolbox)))
        try:
            arguments = parse_arguments(call.arguments)
        except WireError as error:
            return self.failure(call, self.texts.describe(error))
        if spec.needs_approval and not (self.approve and await self.approve(call, spec)):
            return self.failure(call, self.texts.refused)
        async with self.limiter:
            return await self._invoke(call, spec, arguments)

    async def _invoke(self, call: ToolCall, spec: ToolSpec, arguments: dict[str, object]) -> Answer:
        with trio.move_on_after(spec.timeout):
            try:
                return await self._success(call, spec, await spec.invoke(arguments))
            except WireError as error:
                return self.failure(call, self.texts.describe(error))
            except ToolError as error:
                return self.failure(call, storable(error.reason))
            except Exception as error:
                log.error("tool_failed", tool=spec.name, error=type(error).__name__, exc_info=error)
                return self.failure(call, self.texts.failed)
        return self.failure(call, self.texts.timed_out.format(spec.timeout))

    def failure(self, call: ToolCall, reason: str) -> Answer:
        """The answer that says why there is no result."""
        return Answer(
            returned=ToolReturned(call_id=call.id, tool=call.name, success=False, error=reason),
            message=ChatMessage(role="tool", content=_encode({"error": reason}).decode(), tool_call_id=call.id),
        )

    async def _success(self, call: ToolCall, spec: ToolSpec, value: object) -> Answer:
        result = storable(value) if isinstance(value, str) else msgspec.to_builtins(value, str_keys=True)
        text = result if isinstance(result, str) else _encode(result).decode()
        limit = spec.result_limit or self.result_limit
        if len(text) > limit:
            kept_as = await self.keep_rest(call, text) if self.keep_rest is not None else None
            excerpt = text[:limit]
            result = CutResult(excerpt=excerpt, characters=len(text), kept_as=kept_as)
            text = f"{excerpt}\n{self.texts.cut.format(len(text), f': {kept_as}' if kept_as else '')}"
        return Answer(
            returned=ToolReturned(call_id=call.id, tool=call.name, success=True, result=result),
            message=ChatMessage(role="tool", content=text, tool_call_id=call.id),
        )


def storable(text: str) -> str:
    """Text as UTF-8 and PostgreSQL take it: a NUL or half of a surrogate pair becomes the replacement character."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
