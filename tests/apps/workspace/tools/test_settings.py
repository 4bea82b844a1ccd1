import pytest

from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings


def test_nothing_dangerous_is_on_by_default() -> None:
    """Neither commands nor the shell nor any host."""
    settings = WorkspaceToolSettings()
    assert (settings.commands, settings.shell, settings.http_hosts) == (False, False, ())
    assert not {"sh", "bash", "python3", "env", "xargs", "find"} & set(settings.programs)


@pytest.mark.parametrize("name", ["quota_bytes", "file_bytes", "search_time", "command_time", "command_memory"])
def test_bounds_are_above_zero(name: str) -> None:
    """Nothing could be done in none of it."""
    with pytest.raises(ValueError, match=name):
        WorkspaceToolSettings(**{name: 0})  # type: ignore[arg-type] # only numbers are given
