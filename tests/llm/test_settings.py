from typing import Any

import pytest

from smarthealth.llm.settings import ModelSettings


def test_a_key_is_never_shown() -> None:
    """Neither the settings' own text nor a complaint about them holds the key."""
    assert "secret" not in repr(ModelSettings(api_key="sk-secret"))
    with pytest.raises(ValueError, match="printable ASCII") as refused:
        ModelSettings(api_key="sk-secret\nX: y")
    assert "secret" not in str(refused.value)


def test_a_provider_is_used_when_a_key_or_an_address_is_given() -> None:
    """With neither, models need no network; local providers often take no key."""
    assert not ModelSettings().is_remote
    assert ModelSettings(api_key=" sk-1 \n").api_key == "sk-1"
    assert ModelSettings(api_key="sk-1").is_remote
    assert ModelSettings(base_url=" http://localhost:8000/v1 ").is_remote


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"base_url": "localhost:8000"}, "OPENAI_BASE_URL"),
        ({"base_url": "file:///etc/passwd"}, "OPENAI_BASE_URL"),
        ({"model": ""}, "model"),
        ({"embedding_dimensions": 0}, "embedding_dimensions"),
        ({"max_retries": -1}, "max_retries must not be below zero"),
        ({"backoff": float("nan")}, "backoff must not be below zero"),
        ({"connect_timeout": 0}, "connect_timeout must be above zero"),
        ({"embedding_concurrency": 0}, "embedding_concurrency must be above zero"),
    ],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, Any], complaint: str) -> None:
    """A wrong setting is told by its name at the start, not by a failure later."""
    with pytest.raises(ValueError, match=complaint):
        ModelSettings(**fields)
