import pytest

from smarthealth.apps.doctor.emergency.tongue import language_of


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("no puede respirar", "es"),
        ("cant breathe", "en"),
        ("¡Auxilio!", "es"),
        ("", "en"),
        ("my mamá no responde, she's on the floor", "en"),
    ],
)
def test_language(message: str, language: str) -> None:
    """By common words and letters; English where nothing tells."""
    assert language_of(message) == language
