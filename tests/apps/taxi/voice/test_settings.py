import pytest

from smarthealth.apps.taxi.voice.settings import VoiceSettings


def test_silences_are_in_order() -> None:
    """The shortest is not above the longest, and what an open microphone begins with lies between."""
    with pytest.raises(ValueError, match="SHORTEST_SILENCE"):
        VoiceSettings(shortest_silence=2.0)
    for settings in (VoiceSettings(), VoiceSettings(longest_silence=0.5), VoiceSettings(shortest_silence=1.0)):
        limits = settings.activity()
        assert limits.shortest_silence <= limits.usual_silence <= limits.longest_silence
