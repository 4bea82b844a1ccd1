"""What every command does first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog

from smarthealth.cli.preparing import prepare
from smarthealth.settings import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_come_from_options_environment_and_file(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    """An option wins over the environment, which wins over the `.env` file of the current folder."""
    (tmp_path / ".env").write_text("SMARTHEALTH_PORT=1\nLLM_TIMEOUT=2\nTOTAL_REQUEST_TIMEOUT=3\n")
    environment.setenv("SMARTHEALTH_PORT", "4")
    environment.setenv("LLM_TIMEOUT", "5")
    settings = prepare({"SMARTHEALTH_PORT": "6"})
    records = settings.records
    assert (settings.server.port, records.llm_timeout, records.total_request_timeout) == (6, 5, 3)


def test_logs_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is the command's own; below the level nothing is logged."""
    prepare()
    structlog.get_logger().info("unheard")
    structlog.get_logger().warning("heard")
    output, errors = capsys.readouterr()
    assert output == ""
    assert "heard" in errors
    assert "unheard" not in errors
    prepare(log_level="INFO")
    structlog.get_logger().info("heard as well")
    assert "heard as well" in capsys.readouterr().err


def test_a_bad_value_is_refused(environment: pytest.MonkeyPatch) -> None:
    """A value that cannot be used is named."""
    environment.setenv("SMARTHEALTH_PORT", "http")
    with pytest.raises(SettingsError, match="SMARTHEALTH_PORT"):
        prepare()
