"""Tools for agents: made from typed functions, offered to a model, called by it side by side, always answered.

```python
async def price_of(product: Annotated[str, "Name of the product"], amount: int = 1) -> str:
    \"\"\"Tell what a product costs.\"\"\"
    ...

loop = ToolLoop(model=model, toolbox=Toolbox([make_tool(price_of)]), exhausted="I could not finish this.")
transcript = Transcript([ChatMessage(role="system", content="…"), ChatMessage(role="user", content="…")])
await loop.run(transcript, emit, record)
```

`emit` takes `Thinking`, `TextDelta` (the port's), `ToolCalled`, `ToolReturned`, `Message` and `Done`. When the loop was broken
off (cancelled, or a `ModelError` came out), `transcript.interrupt()` answers the calls that are still open, and when the
process was killed, `complete_history()` does that for the messages that had been recorded.
"""

from smarthealth.llm.tooling.errors import ToolError
from smarthealth.llm.tooling.events import (
    Approve,
    CutResult,
    Done,
    Emit,
    KeepRest,
    LoopEvent,
    Message,
    Record,
    Thinking,
    ToolCalled,
    ToolReturned,
)
from smarthealth.llm.tooling.history import complete_history
from smarthealth.llm.tooling.loop import ToolLoop
from smarthealth.llm.tooling.registry import Toolbox, ToolSpec, make_tool
from smarthealth.llm.tooling.texts import ENGLISH, SPANISH, ToolingTexts
from smarthealth.llm.tooling.transcript import Interruption, Transcript

__all__ = [
    "ENGLISH",
    "SPANISH",
    "Approve",
    "CutResult",
    "Done",
    "Emit",
    "Interruption",
    "KeepRest",
    "LoopEvent",
    "Message",
    "Record",
    "Thinking",
    "ToolCalled",
    "ToolError",
    "ToolLoop",
    "ToolReturned",
    "ToolSpec",
    "Toolbox",
    "ToolingTexts",
    "Transcript",
    "complete_history",
    "make_tool",
]
