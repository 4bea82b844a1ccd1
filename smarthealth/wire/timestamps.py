"""Time as the protocols write it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_timestamp(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with milliseconds and `Z`, such as `2024-12-08T10:30:00.000Z`.

    Raises:
        ValueError: `moment` has no offset from UTC.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset from UTC names no moment")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
