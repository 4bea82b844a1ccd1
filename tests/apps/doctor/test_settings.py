"""Settings of the doctor application."""

from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.doctor.settings import DoctorSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"agent_timeout": 0},
        {"turn_timeout": -1},
        {"country": "Colombia"},
        {"country": "co"},
        {"history_length": -1},
        {"messages_per_minute": 0},
        {"message_burst": 0},
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    """At the start, not in the middle of a conversation."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DoctorSettings(**wrong)  # type: ignore[arg-type]  # that is what is tested


def test_every_setting_is_documented() -> None:
    """A variable and a sentence for each."""
    for field in attrs.fields(DoctorSettings):
        assert field.metadata["env"].startswith("SMARTHEALTH_DOCTOR_")
        assert field.metadata["help"]
