"""What came of a command."""

from __future__ import annotations

from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class Ended:
    """A command that ran.

    Attributes are bytes as the command wrote them, up to the bound on output.
    """

    exit_code: int | None
    """Negative when a signal ended it; None when it was stopped."""
    stdout: bytes
    stderr: bytes
    stopped: Literal["time", "output", "quota"] | None = None
    """At which bound it was stopped."""


class NotIsolatedError(Exception):
    """The machine does not allow what a command must be run in; nothing was run."""


class NotStartedError(Exception):
    """The program could not be started."""
