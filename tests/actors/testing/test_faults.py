"""What faults may be ordered."""

from __future__ import annotations

import pytest

from smarthealth.actors.testing.faults import CrashMessage, FailStart, SlowStart


def test_faults_are_the_first_unless_told_otherwise() -> None:
    """And fail with an error that says where it comes from."""
    assert CrashMessage(path="app/a").nth == 1
    assert FailStart(path="app/a", nth=None).nth is None
    assert "InjectedFault" in repr(CrashMessage(path="app/a").error())


def test_counting_starts_at_one() -> None:
    """There is no message number nought."""
    with pytest.raises(ValueError, match="nth"):
        SlowStart(path="app/a", seconds=1, nth=0)
