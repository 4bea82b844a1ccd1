"""How a model fails.

```
Exception
└── ModelError
    ├── ModelUnavailable     not reached, overloaded, or failed before the first token, retries included
    ├── ModelStreamCut       broke off in the middle of an answer
    ├── ModelRefused         took the request and refused it: key, quota, model name, length, policy
    └── ModelProtocolError   answered what the protocol does not allow
```

Messages hold status and error codes only. What a provider writes in words may quote the prompt, which is health data, so it
is never kept.
"""

from __future__ import annotations

import re
from typing import ClassVar

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


class ModelError(Exception):
    """A model gave no whole answer.

    Args:
        message: What happened, for logs.
        status: HTTP status, None when there was none.
        code: The provider's error code; anything that does not look like one is dropped.
        retry_after: Seconds after which the provider wants to be asked again, None when it did not say.
    """

    retryable: ClassVar[bool] = False
    """Whether the same request may work later."""

    def __init__(
        self, message: str, *, status: int | None = None, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code if code is not None and _CODE.fullmatch(code) else None
        self.retry_after = retry_after

    def __str__(self) -> str:
        known = {"status": self.status, "code": self.code}
        notes = ", ".join(f"{name} {value}" for name, value in known.items() if value is not None)
        message: str = self.args[0]
        return f"{message} ({notes})" if notes else message


class ModelUnavailable(ModelError):
    """The model could not be reached, or failed before its first token."""

    retryable = True


class ModelStreamCut(ModelError):
    """The answer broke off; what came before it is no whole answer."""

    retryable = True


class ModelRefused(ModelError):
    """The provider refused the request, and would again."""


class ModelProtocolError(ModelError):
    """The provider sent what this program cannot read."""
