"""Whether the parts of the server do their work.

Each part is asked within a deadline, all at once, and not more often than once a second however many ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import attrs
import structlog
import trio

log = structlog.get_logger()

FRESH = 1.0
"""Seconds that an answer is good for."""

Check = Callable[[], Awaitable[None]]
"""Returns when its part works, raises anything when it does not."""


@attrs.frozen(kw_only=True)
class PartHealth:
    """How one part is."""

    status: str
    """`ok`, `failed` or `timeout`."""
    milliseconds: float
    """That it took to find out."""


@attrs.frozen(kw_only=True)
class Health:
    """How the server is."""

    status: str
    """`ok`, `draining` or `failed`."""
    parts: dict[str, PartHealth]

    @property
    def good(self) -> bool:
        """Whether it should be sent clients."""
        return self.status == "ok"


class HealthChecks:
    """Asks the parts.

    Args:
        checks: By name of the part.
        timeout: Seconds for each.
        draining: Whether the server is going away.
    """

    def __init__(self, checks: Mapping[str, Check], timeout: float, draining: Callable[[], bool]) -> None:
        self._checks = checks
        self._timeout = timeout
        self._draining = draining
        self._lock = trio.Lock()
        self._known: dict[str, PartHealth] = {}
        self._known_at = -FRESH

    async def look(self) -> Health:
        """How everything is, as of a second ago at most."""
        async with self._lock:
            await self._refresh()
        failed = any(part.status != "ok" for part in self._known.values())
        status = "draining" if self._draining() else "failed" if failed else "ok"
        return Health(status=status, parts=self._known)

    async def _refresh(self) -> None:
        if trio.current_time() - self._known_at < FRESH:
            return
        self._known = await self._ask()
        self._known_at = trio.current_time()

    async def _ask(self) -> dict[str, PartHealth]:
        found: dict[str, PartHealth] = {}
        async with trio.open_nursery() as nursery:
            for name, check in self._checks.items():
                nursery.start_soon(self._ask_one, name, check, found)
        return {name: found[name] for name in self._checks}

    async def _ask_one(self, name: str, check: Check, found: dict[str, PartHealth]) -> None:
        started, status = trio.current_time(), "ok"
        try:
            with trio.fail_after(self._timeout):
                await check()
        except trio.TooSlowError:
            status = "timeout"
        except Exception as error:  # whatever a part fails with, the others are still asked
            status = "failed"
            log.warning("health_check_failed", part=name, error=type(error).__name__)
        found[name] = PartHealth(status=status, milliseconds=round((trio.current_time() - started) * 1000, 1))
