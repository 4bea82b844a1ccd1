import pytest

from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable


def test_messages_hold_status_and_code() -> None:
    """A log line says what is known and nothing else."""
    assert str(SpeechRefused("refused", status=401, code="bad_key")) == "refused (status 401, code bad_key)"
    assert str(SpeechError("gone")) == "gone"


def test_words_of_a_provider_are_dropped() -> None:
    """What does not look like a code may quote what was said."""
    assert SpeechError("refused", code="cannot say: Calle 72").code is None


@pytest.mark.parametrize(
    ("kind", "retryable"),
    [(SpeechUnavailable, True), (SpeechCut, True), (SpeechRefused, False), (SpeechProtocolError, False)],
)
def test_only_outages_are_worth_another_attempt(kind: type[SpeechError], retryable: bool) -> None:
    """A refusal or a strange answer would come again."""
    assert kind("x").retryable is retryable
