from smarthealth.apps.taxi.voice import texts


def test_who_is_recorded_is_told_for_how_long() -> None:
    """In whole days where they are whole, and how it is stopped."""
    assert "30 días" in texts.recorded(30.0)
    assert "dejar de grabar" in texts.recorded(0.5)
