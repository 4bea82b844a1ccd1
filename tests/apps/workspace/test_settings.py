import pytest

from smarthealth.apps.workspace.settings import WorkspaceSettings


@pytest.mark.parametrize(
    "name", ["turn_timeout", "approval_timeout", "linger", "invite_lifetime", "messages_per_minute"]
)
def test_times_and_rates_are_above_zero(name: str) -> None:
    """Nothing could be done in no time."""
    with pytest.raises(ValueError, match=name):
        WorkspaceSettings(**{name: 0})  # type: ignore[arg-type] # only numbers are given


def test_iterations_are_bounded() -> None:
    """At least one, and not for ever."""
    for number in (0, 101):
        with pytest.raises(ValueError, match="max_iterations"):
            WorkspaceSettings(max_iterations=number)
