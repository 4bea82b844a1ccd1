"""The shell's bounds."""

from __future__ import annotations

from smarthealth.server.hypercorn.limits import KIBIBYTE, ShellLimits


def test_worst_case_memory_is_stated_and_bounded() -> None:
    """A hostile WebSocket costs less than a mebibyte by default, and compression adds its window."""
    plain = ShellLimits().worst_case_memory()
    assert plain < 1024 * KIBIBYTE
    assert ShellLimits(compression=True).worst_case_memory() > plain
