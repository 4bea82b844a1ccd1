import pytest

from smarthealth.llm.errors import ModelError, ModelProtocolError, ModelRefused, ModelStreamCut, ModelUnavailable


@pytest.mark.parametrize(
    ("kind", "retryable"),
    [(ModelUnavailable, True), (ModelStreamCut, True), (ModelRefused, False), (ModelProtocolError, False)],
)
def test_an_error_says_whether_asking_again_may_help(kind: type[ModelError], retryable: bool) -> None:
    """Outages pass; refusals and nonsense stay."""
    assert kind("it failed").retryable is retryable


def test_an_error_shows_status_and_code() -> None:
    """Logs hold what is needed to look a failure up."""
    assert str(ModelUnavailable("it failed")) == "it failed"
    assert (
        str(ModelUnavailable("it failed", status=429, code="rate_limit")) == "it failed (status 429, code rate_limit)"
    )


@pytest.mark.parametrize("code", ["Laura Morales has asthma", "", "x" * 65, "a\nb"])
def test_words_of_the_provider_are_dropped(code: str) -> None:
    """What does not look like a code might quote a prompt, and goes nowhere."""
    error = ModelRefused("it was refused", status=400, code=code)
    assert error.code is None
    assert str(error) == "it was refused (status 400)"
