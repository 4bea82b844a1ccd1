"""Settings of the support application."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.settings import SupportSettings


def test_the_defaults_hold() -> None:
    """And a time zone must be one."""
    assert SupportSettings().bays == 3
    assert SupportSettings(time_zone="Europe/Madrid").time_zone == "Europe/Madrid"
    for zone in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="SMARTHEALTH_SUPPORT_TIME_ZONE"):
            SupportSettings(time_zone=zone)
