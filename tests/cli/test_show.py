"""`smarthealth settings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smarthealth.settings import explain_settings, read_environment

if TYPE_CHECKING:
    import pytest

    from tests.cli.conftest import Run


def test_every_setting_is_shown_with_its_source(run: Run, environment: pytest.MonkeyPatch) -> None:
    """Each setting is a line with value, source, default and meaning."""
    environment.setenv("LLM_TIMEOUT", "12.5")
    ran = run("settings")
    lines = {line.split()[0]: line.split()[1:] for line in ran.output.splitlines() if line[:1].isupper()}
    assert ran.code == 0
    assert set(lines) == {setting.name for setting in explain_settings(read_environment())}
    assert lines["LLM_TIMEOUT"][:3] == ["12.5", "environment", "45.0"]
    assert lines["TOTAL_REQUEST_TIMEOUT"][:3] == ["60.0", "default", "60.0"]


def test_secrets_are_masked(run: Run, environment: pytest.MonkeyPatch) -> None:
    """What is secret is shown as set, and never as what it is, nor what is like markup as markup."""
    secrets = {
        "SECRET_KEY": "s3cret-0123456789abcdef0123456789abcdef",
        "OPENAI_API_KEY": "s3cret-key",
        "DATABASE_URL": "postgresql://ana:s3cret@db/records",
        "DB_PASSWORD": "s3cret",
        "SMARTHEALTH_REDIS_URL": "redis://:s3cret@redis",
        "LLM_MODEL": "[bold]model",
    }
    for name, value in secrets.items():
        environment.setenv(name, value)
    output = run("settings").output
    assert "s3cret" not in output
    assert output.count("********") == 5
    assert "[bold]model" in output
