"""How a tool fails.

```
Exception
└── ToolError    the tool says that it could not do what was asked; its text goes to the model and to clients
```

Anything else that a tool raises is a bug of the tool: it is logged, and the model is told no more than that it failed.
"""

from __future__ import annotations


class ToolError(Exception):
    """A tool could not do what it was asked.

    Args:
        reason: One sentence for the model and for people, without paths of this machine, SQL or secrets.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
