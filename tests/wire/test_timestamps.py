from datetime import UTC, datetime, timedelta, timezone

import pytest

from smarthealth.wire.timestamps import utc_timestamp


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    """Three digits, always, and Z; other offsets are brought to UTC."""
    assert utc_timestamp(datetime(2024, 12, 8, 10, 30, tzinfo=UTC)) == "2024-12-08T10:30:00.000Z"
    bogota = timezone(timedelta(hours=-5))
    assert utc_timestamp(datetime(2024, 12, 8, 23, 30, 1, 999_999, bogota)) == "2024-12-09T04:30:01.999Z"


def test_a_moment_without_offset_is_refused() -> None:
    """What clock a naive time was read from is never guessed."""
    with pytest.raises(ValueError, match="offset"):
        utc_timestamp(datetime(2024, 12, 8))
