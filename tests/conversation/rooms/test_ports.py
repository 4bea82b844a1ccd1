import pytest

from smarthealth.conversation.rooms.ports import RoomLimits


@pytest.mark.parametrize("name", ["max_rooms", "max_viewers", "log_bytes", "linger", "max_turns", "settle_timeout"])
def test_limits_are_above_zero(name: str) -> None:
    """A room without room is no room."""
    with pytest.raises(ValueError, match=name):
        RoomLimits(**{name: 0})  # type: ignore[arg-type] # only numbers are given
