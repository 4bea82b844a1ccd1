from __future__ import annotations

import pytest

from smarthealth.apps.taxi.settings import TaxiSettings


def test_defaults() -> None:
    """A new message interrupts, and services are rows here."""
    settings = TaxiSettings()
    assert (settings.when_busy, settings.backend_url) == ("interrupt", None)
    assert TaxiSettings(backend_url="http://10.0.0.1:8080/api").backend_url is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"agent_timeout": 0},
        {"backend_url": "ftp://x"},
        {"backend_retries": 11},
        {"history_length": -1},
        {"message_burst": 0},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    """By its range."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TaxiSettings(**wrong)  # type: ignore[arg-type]  # wrong on purpose
