"""An agent with tools, on a scripted model."""

from typing import Annotated, Literal

import trio

from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.llm.tooling import (
    LoopEvent,
    Toolbox,
    ToolError,
    ToolLoop,
    Transcript,
    complete_history,
    make_tool,
)
from smarthealth.testing import Reply, ScriptedChatModel
from smarthealth.wire.fields import length

STOCK = {"bandages": 12, "gloves": 3}


async def stock_of(
    product: Annotated[str, "Name of the product", length(1, 80)],
    unit: Literal["piece", "box"] = "piece",
) -> dict[str, object]:
    """Tell how much of a product there is."""
    if product not in STOCK:
        raise ToolError(f"there is no product {product}")
    return {"product": product, "amount": STOCK[product], "unit": unit}


async def order(product: str, amount: int) -> str:
    """Order more of a product."""
    return f"ordered {amount} of {product}"


TOOLBOX = Toolbox([make_tool(stock_of), make_tool(order, needs_approval=True, timeout=10.0)])


async def main() -> None:
    """Ask once: two calls side by side, one of them after approval, then the answer."""
    calls = (
        ToolCall(id="a", name="stock_of", arguments='{"product": "gloves"}'),
        ToolCall(id="b", name="order", arguments='{"product": "gloves", "amount": 10}'),
    )
    model = ScriptedChatModel(Reply(tool_calls=calls), Reply(text="There were 3; 10 more are on their way."))

    async def show(event: LoopEvent) -> None:
        print(event)

    async def approve(call: ToolCall, spec: object) -> bool:
        return call.name == "order"

    loop = ToolLoop(model=model, toolbox=TOOLBOX, exhausted="I could not finish this.", approve=approve)
    transcript = Transcript([ChatMessage(role="user", content="Are there gloves? Order some if not.")])
    done = await loop.run(transcript, show)
    assert done.iterations == 2
    assert len(complete_history(transcript.added)) == len(transcript.added)  # every call has its answer


trio.run(main)
