"""From the environment to frozen settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthealth.settings import (
    MASK,
    Environment,
    SettingsError,
    explain_settings,
    load_settings,
    read_environment,
)

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "settings.md"


def environment(**process: str) -> Environment:
    """An environment of these variables alone."""
    return Environment(process=process, file={})


def test_the_environment_wins_over_the_file_and_the_file_over_the_default() -> None:
    """A value comes from the process first, then from `.env`, then from the default."""
    both = Environment(process={"LLM_TIMEOUT": "5"}, file={"LLM_TIMEOUT": "6", "VECTOR_SEARCH_TIMEOUT": "7"})
    records = load_settings(both).records
    assert (records.llm_timeout, records.vector_search_timeout, records.total_request_timeout) == (5, 7, 60)


def test_an_empty_variable_is_unset() -> None:
    """`NAME=` in an environment or a file means that the default holds."""
    assert load_settings(environment(LLM_TIMEOUT="")).records.llm_timeout == 45


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("LLM_TIMEOUT", "soon", "LLM_TIMEOUT: 'soon' is not a number"),
        ("DB_PORT", "five", "DB_PORT: 'five' is not a whole number"),
        ("SMARTHEALTH_WEBSOCKET_COMPRESSION", "perhaps", "is not true or false"),
        ("SMARTHEALTH_RECORDS_WHEN_BUSY", "explode", "is not one of reject, enqueue, interrupt"),
        ("LLM_TIMEOUT", "-1", "llm_timeout"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(name: str, value: str, complaint: str) -> None:
    """Whoever set it wrongly is told which setting, and what it should be."""
    with pytest.raises(SettingsError, match=complaint):
        load_settings(environment(**{name: value}))


def test_values_become_what_their_fields_hold() -> None:
    """Lists are split at commas, paths expanded, booleans read, optional ones left out."""
    settings = load_settings(
        environment(
            ALLOWED_ORIGINS="https://a.example, https://b.example",
            SMARTHEALTH_DATA="~/elsewhere",
            SMARTHEALTH_WEBSOCKET_COMPRESSION="On",
            DB_PORT="5433",
            SMARTHEALTH_TOKEN_ALGORITHM="EdDSA",
        )
    )
    assert settings.server.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.general.data == Path.home() / "elsewhere"
    assert settings.server.compression is True
    assert settings.database.port == 5433
    assert settings.server.token_algorithm == "EdDSA"
    assert settings.server.tls_cert is None


def test_secrets_are_masked() -> None:
    """No listing shows a secret, nor does a complaint."""
    found = explain_settings(environment(OPENAI_API_KEY="sk-secret", DATABASE_URL="postgresql://u:secret@h/d"))
    shown = {setting.name: setting for setting in found}
    assert shown["OPENAI_API_KEY"].value == shown["DATABASE_URL"].value == MASK
    assert shown["OPENAI_API_KEY"].source == "environment"
    assert "secret" not in "".join(setting.value for setting in found)


def test_unset_settings_say_so() -> None:
    """A setting without value or default reads as not set."""
    shown = {setting.name: setting for setting in explain_settings(environment())}
    assert shown["DATABASE_URL"].value == shown["ALLOWED_ORIGINS"].value == "not set"
    assert shown["LLM_TIMEOUT"].source == "default"
    assert shown["LLM_TIMEOUT"].value == shown["LLM_TIMEOUT"].default == "45.0"


def test_lists_are_shown_as_they_are_written() -> None:
    """A list reads as it would be set."""
    shown = {setting.name: setting for setting in explain_settings(environment(ALLOWED_ORIGINS="https://a.example"))}
    assert shown["ALLOWED_ORIGINS"].value == "https://a.example"


def test_the_file_is_read_where_the_program_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.env` of the current folder counts, and what the command line says wins over everything."""
    (tmp_path / ".env").write_text("LLM_MODEL=from-file\nLLM_TIMEOUT=\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LLM_MODEL", raising=False)
    assert load_settings(read_environment()).model.model == "from-file"
    assert load_settings(read_environment({"LLM_MODEL": "from-line"})).model.model == "from-line"


def test_a_folder_without_a_file_is_fine(tmp_path: Path) -> None:
    """Nobody needs a `.env`."""
    assert read_environment(folder=tmp_path).file == {}


def test_the_reference_lists_every_setting() -> None:
    """docs/reference/settings.md says of each setting what the program says."""
    page = PAGE.read_text()
    for setting in explain_settings(environment()):
        assert f"| `{setting.name}` | {setting.default} | {setting.meaning} |" in page
