"""What every command does first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smarthealth.settings import Settings


def prepare(overrides: Mapping[str, str] | None = None, *, log_level: str = "WARNING") -> Settings:
    """Send logs to standard error, so that standard output holds the command's own words, and read the settings.

    Args:
        overrides: Variables from the command line, which win over the environment.
        log_level: Name of the least level that is logged.

    Raises:
        SettingsError: A value is malformed or out of range.
    """
    from smarthealth.server.logs import configure_logs
    from smarthealth.settings import load_settings, read_environment

    configure_logs(log_level)
    return load_settings(read_environment(overrides))
