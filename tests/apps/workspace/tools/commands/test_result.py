from __future__ import annotations

from smarthealth.apps.workspace.tools.commands.result import Ended, NotIsolatedError, NotStartedError


def test_a_command_that_ended_by_itself_was_not_stopped() -> None:
    """A bound is named only where one stopped it; the two failures are told apart."""
    assert Ended(exit_code=0, stdout=b"", stderr=b"").stopped is None
    assert not issubclass(NotIsolatedError, NotStartedError)
