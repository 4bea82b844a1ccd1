"""The sentences of the protocol itself."""

from __future__ import annotations

import pytest

from smarthealth.apps.doctor import texts
from smarthealth.apps.doctor.wire import CODEC
from smarthealth.wire.errors import WireError


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ("{", ("parse_error", "The message is not valid JSON")),
        ("[]", ("validation_error", "A message must be a JSON object")),
        ("{}", ("validation_error", texts.EMPTY)),
        ('{"message": ""}', ("validation_error", "Message cannot be empty")),
        ('{"message": "' + "a" * 4001 + '"}', ("validation_error", "Message is too long: at most 4000 characters")),
        ('{"type": "x"}', ("validation_error", "Field 'type' names no message of this protocol")),
        (
            '{"message": "a", "patient_profile": {"current_medications": [{}]}}',
            ("validation_error", "Field 'patient_profile.current_medications[0].name' is required"),
        ),
        (
            '{"message": "a", "patient_profile": {"age": 131}}',
            ("validation_error", "Field 'patient_profile.age' must be from 0 to 130"),
        ),
    ],
)
def test_a_refusal_says_what_is_wrong(frame: str, told: tuple[str, str]) -> None:
    """By the field, in the words of the document where it has some."""
    with pytest.raises(WireError) as caught:
        CODEC.decode(frame)
    assert texts.refused(caught.value) == told


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 s"), (1.2, "2 s"), (12.0, "12 s")])
def test_nobody_is_told_to_wait_too_short(seconds: float, said: str) -> None:
    """Whole seconds, rounded up."""
    assert texts.rate_limited(seconds).endswith(said)
