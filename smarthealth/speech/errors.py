"""How speech fails.

```
Exception
└── SpeechError
    ├── SpeechUnavailable     not reached, overloaded, hung, or failed before anything came
    ├── SpeechCut             broke off in the middle of an utterance or of a text
    ├── SpeechRefused         took the request and refused it: key, quota, voice, language, length
    └── SpeechProtocolError   answered what the protocol does not allow
```

Messages hold status and error codes only: what a provider writes in words may quote what was said.
"""

from __future__ import annotations

import re
from typing import ClassVar

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


class SpeechError(Exception):
    """A provider of speech did not do its work.

    Args:
        message: What happened, for logs.
        status: HTTP status or WebSocket close code, None when there was none.
        code: The provider's error code; anything that does not look like one is dropped.
    """

    retryable: ClassVar[bool] = False
    """Whether the same request may work later."""

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code if code is not None and _CODE.fullmatch(code) else None

    def __str__(self) -> str:
        known = {"status": self.status, "code": self.code}
        notes = ", ".join(f"{name} {value}" for name, value in known.items() if value is not None)
        message: str = self.args[0]
        return f"{message} ({notes})" if notes else message


class SpeechUnavailable(SpeechError):
    """The provider could not be reached, or failed before its first word."""

    retryable = True


class SpeechCut(SpeechError):
    """The provider broke off; what came before is not the whole."""

    retryable = True


class SpeechRefused(SpeechError):
    """The provider refused the request, and would again."""


class SpeechProtocolError(SpeechError):
    """The provider sent what this program cannot read."""
